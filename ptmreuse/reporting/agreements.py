"""How far two runs agree, stage by stage, on the papers that both answered."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from program.answers import STAGES
from ptmreuse.evaluation.estimates import estimate, proportion
from ptmreuse.evaluation.intervals import Numbers, Z, unseen
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.paired import mcnemar, tango
from ptmreuse.evaluation.scores import f1, kappa, moved_f1, moved_kappa
from ptmreuse.reporting.changes import both_name
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reporting.record import NAMES, YES_NO

RESAMPLED = 2_000  # papers up to which the interval of kappa is the bootstrap's; above, the jackknife's, for memory
_NO_WIDTH = 1e-9
_NONE = Measure(None, None, None, 0)

Answered = tuple[object, object]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two runs agree in one stage.

    `cases` are papers that both answered in stages 1 to 3, models that both answered in stages 4 and 5, in `same` those
    with one and the same answer. `kappa` is Cohen's (Cohen 1960), of sets of patterns in stage 4; not of names, which
    are no fixed kinds: `f1` is theirs, one run's against the other's, the same either way.
    """

    stage: str
    cases: int
    same: Measure
    kappa: Measure
    f1: Measure


@dataclass(frozen=True, slots=True)
class YesNo:
    """A yes/no stage on the papers that both answered yes or no.

    `difference` is B's share of yes minus A's with its 95 % interval (Tango 1998), `p` that of McNemar's exact test;
    None where no paper was answered by both.
    """

    stage: str
    papers: int
    yes_a: int
    yes_b: int
    only_a: int
    only_b: int
    difference: tuple[float, float, float] | None
    p: float | None


def agreements(pairs: Sequence[Pair]) -> list[Agreement]:
    """Every stage's agreement."""
    return [_agreement(stage, [told for pair in pairs if (told := _answered(stage, pair))]) for stage in STAGES]


def yes_no(pairs: Sequence[Pair]) -> list[YesNo]:
    """The two yes/no stages."""
    return [_yes_no(stage, [told[0] for pair in pairs if (told := _answered(stage, pair))]) for stage in YES_NO]


def _answered(stage: str, pair: Pair) -> list[Answered]:
    """What both runs answered about a paper: one for the paper, or one for each model that both name."""
    if stage in YES_NO:
        values = (pair.a.value(stage), pair.b.value(stage))
        return [values] if set(values) <= {"yes", "no"} else []
    if stage == NAMES:
        both = pair.a.value(stage) == pair.b.value(stage) == "yes"
        return [(frozenset(pair.a.models), frozenset(pair.b.models))] if both else []
    of = [(pair.a.values_of(stage, model), pair.b.values_of(stage, model)) for model in both_name(pair)]
    return [(a, b) for a, b in of if a and b]


def _agreement(stage: str, papers: Sequence[Sequence[Answered]]) -> Agreement:
    hits = [[sum(a == b for a, b in told), len(told)] for told in papers]
    same = proportion(np.array(hits, dtype=np.float64).reshape(-1, 2))
    cases = sum(len(told) for told in papers)
    if stage == NAMES:
        return Agreement(stage, cases, same, _NONE, _f1([told[0] for told in papers]))
    return Agreement(stage, cases, same, _kappa(papers), _NONE)


def _f1(names: Sequence[Answered]) -> Measure:
    counts = [[len(a & b), len(a), len(b)] for a, b in names if isinstance(a, frozenset) and isinstance(b, frozenset)]
    return _measure(np.array(counts, dtype=np.float64).reshape(-1, 3), f1, moved_f1)


def _kappa(papers: Sequence[Sequence[Answered]]) -> Measure:
    kinds = {kind: n for n, kind in enumerate(dict.fromkeys(k for told in papers for pair in told for k in pair))}
    counts = np.zeros((len(papers), len(kinds) ** 2))
    for row, told in enumerate(papers):
        for a, b in told:
            counts[row, kinds[a] * len(kinds) + kinds[b]] += 1
    return _measure(counts, kappa, moved_kappa)


def _measure(
    counts: Numbers,
    score: Callable[[Numbers], Numbers],
    moved: Callable[[Numbers, float, float], tuple[float, float]],
) -> Measure:
    """A score with its interval; without one where a single kind of answer leaves it without a meaning."""
    if not len(counts) or len(counts) <= RESAMPLED:
        return estimate(counts, score, moved) if counts.size else _NONE
    sums = counts.sum(axis=0)
    value = float(score(sums[np.newaxis])[0])
    without = score(sums - counts)
    if np.isnan(value) or np.isnan(without).any():
        return Measure(None, None, None, len(counts))
    away = Z * sqrt(float(((without - without.mean()) ** 2).sum()) * (len(counts) - 1) / len(counts))
    if away < _NO_WIDTH:
        return Measure(value, *moved(sums, value, unseen(len(counts))), len(counts))
    return Measure(value, max(value - away, -1.0), min(value + away, 1.0), len(counts))


def _yes_no(stage: str, answered: Sequence[Answered]) -> YesNo:
    number = Counter(answered)
    both, only_a, only_b = number["yes", "yes"], number["yes", "no"], number["no", "yes"]
    papers = len(answered)
    if not papers:
        return YesNo(stage, 0, 0, 0, 0, 0, None, None)
    difference = ((only_b - only_a) / papers, *tango(only_b, only_a, papers))
    return YesNo(stage, papers, both + only_a, both + only_b, only_a, only_b, difference, mcnemar(only_a, only_b))
