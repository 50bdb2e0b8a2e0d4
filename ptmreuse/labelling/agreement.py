"""How far annotators agree, stage by stage, with 95 % intervals by the bootstrap over papers.

Cohen's kappa (Cohen 1960, Educational and Psychological Measurement 20) of two annotators, Krippendorff's alpha
(Krippendorff 2011, Computing Krippendorff's alpha-reliability) of two or more, who need not all have labelled all
papers. Two sets of names, or of patterns, are as far apart as MASI says (Passonneau 2006, LREC) for alpha; for kappa
they are the same or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import krippendorff
import numpy as np

from ptmreuse.evaluation.estimates import estimate
from ptmreuse.evaluation.intervals import Interval, Numbers
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.scores import divided, f1, moved_f1
from ptmreuse.labelling.units import NAMES, Unit, Value, units
from ptmreuse.rows import PaperRow

UNDEFINED = Measure(None, None, None, 0)


@dataclass(frozen=True, slots=True)
class StageAgreement:
    """The agreement on one stage: `n` papers, or in the last two stages models, that two or more annotators answered.

    A measure's own `n` is papers; it is not defined without a case, or where all answers are one and the same, and
    kappa not for more than two annotators. `f1` is that of two annotators' names, not defined in other stages.
    """

    stage: str
    n: int
    kappa: Measure
    alpha: Measure
    f1: Measure


def stage_agreement(by_annotator: Mapping[str, Sequence[PaperRow]]) -> list[StageAgreement]:
    """The agreement on each stage, in order."""
    return [
        StageAgreement(stage, len(asked), kappa(asked), alpha(asked), _f1(asked) if stage == NAMES else UNDEFINED)
        for stage, asked in units(by_annotator).items()
    ]


def kappa(asked: Sequence[Unit]) -> Measure:
    """Cohen's kappa, -1 to 1; not defined for other than two annotators."""
    if len({who for unit in asked for who in unit.answers}) != 2:
        return UNDEFINED
    known = _known(asked)
    first, second = sorted({who for unit in asked for who in unit.answers})
    rows = np.zeros((len(asked), 1 + 2 * len(known)))
    for row, unit in zip(rows, asked, strict=True):
        one, other = (known.index(unit.answers[who]) for who in (first, second))
        row[0] = one == other
        row[1 + one] += 1
        row[1 + len(known) + other] += 1
    return estimate(_per_paper(asked, rows), _kappa, _moved_kappa)


def alpha(asked: Sequence[Unit]) -> Measure:
    """Krippendorff's alpha, at most 1, through the package `krippendorff`."""
    known = _known(asked)
    if len(known) < 2:
        return UNDEFINED
    apart = np.array([[masi(one, other) for other in known] for one in known])
    counts = np.zeros((len(asked), len(known)))
    for row, unit in zip(counts, asked, strict=True):
        for value in unit.answers.values():
            row[known.index(value)] += 1
    times = counts.sum(axis=1)
    differing = np.einsum("ui,ij,uj->u", counts, apart, counts) / (times - 1)

    def by_chance(sums: Numbers) -> Numbers:
        """What values drawn by chance would differ, times the number of values: the sums are theirs."""
        return np.asarray(((sums @ apart) * sums).sum(axis=-1) / np.maximum(sums.sum(axis=-1) - 1, 1))

    def statistic(sums: Numbers) -> Numbers:
        return 1 - divided(sums[:, 0], by_chance(sums[:, 1:]))

    def moved(sums: Numbers, value: float, share: float) -> Interval:
        step = share * float(sums[1:].sum() / by_chance(sums[1:]))
        return value - step, min(value + step, 1.0)

    found = estimate(_per_paper(asked, np.column_stack([differing, counts])), statistic, moved)
    return found if found.value is None else replace(found, value=_package(counts, apart))


def masi(one: Value, other: Value) -> float:
    """How far two sets are apart, 0 to 1: one less their Jaccard index times 1, 2/3, 1/3 or 0 by how they overlap."""
    if one == other:
        return 0.0
    both = len(one & other)
    overlap = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - overlap * both / len(one | other) if both else 1.0


def _package(counts: Numbers, apart: Numbers) -> float:
    metric: Any = lambda one, other, **_: apart[one, other]  # noqa: E731 - its protocol has no name that can be given
    return float(krippendorff.alpha(value_counts=counts.astype(np.int64), level_of_measurement=metric))


def _f1(asked: Sequence[Unit]) -> Measure:
    """F1 of the names, of every two annotators: what one of them names is what the other's are measured by."""
    rows = np.zeros((len(asked), 3))
    for row, unit in zip(rows, asked, strict=True):
        for one, other in combinations(unit.answers.values(), 2):
            row += len(one & other), len(one), len(other)
    return estimate(_per_paper(asked, rows), f1, moved_f1) if asked else UNDEFINED


def _kappa(sums: Numbers) -> Numbers:
    right, number, chance = _chance(sums)
    return divided(right * number - chance, number**2 - chance)


def _moved_kappa(sums: Numbers, value: float, share: float) -> Interval:
    _, number, chance = (float(each[0]) for each in _chance(sums[np.newaxis]))
    step = share / (1 - chance / number**2)
    return max(value - step, -1.0), min(value + step, 1.0)


def _chance(sums: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The same answers, the cases, and the same answers by chance times the cases."""
    ones, others = np.split(sums[:, 1:], 2, axis=1)
    return sums[:, 0], ones.sum(axis=1), (ones * others).sum(axis=1)


def _known(asked: Sequence[Unit]) -> list[Value]:
    return sorted({value for unit in asked for value in unit.answers.values()}, key=sorted)


def _per_paper(asked: Sequence[Unit], rows: Numbers) -> Numbers:
    """The rows of the units summed by paper: papers × columns."""
    places = {key: place for place, key in enumerate(dict.fromkeys(unit.key for unit in asked))}
    sums = np.zeros((len(places), rows.shape[1]))
    np.add.at(sums, [places[unit.key] for unit in asked], rows)
    return sums
