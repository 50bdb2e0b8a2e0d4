"""Whether an LM answers otherwise than it did: paired by paper, exact, Holm over all that is tested on one call.

accuracy   McNemar's exact test on the papers that only one of two runs has right: this one against the last one, and
           against a reference.
answers    the odd one out of this run and the two before it. Where two of them agree and one does not, an LM that is
           the same but for chance makes each the odd one equally often; so the papers on which it is this one are
           binomial with a third. It needs no labels, and no guess how much an LM wavers by itself.

A paper whose call failed in one of the runs is left out of their comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy.special import bdtrc

from program.answers import STAGES
from ptmreuse.evaluation.intervals import Interval
from ptmreuse.evaluation.paired import holm, mcnemar, tango
from ptmreuse.sentinel.answers import FAILED, RIGHT, Answers, Said

LEVEL = 0.01


@dataclass(frozen=True, slots=True)
class Change:
    """One stage against an earlier run, by its number: papers compared, changed in their answer, lost, gained."""

    stage: str
    against: int
    papers: int
    changed: int
    lost: int
    gained: int
    p: float
    adjusted: float = 1.0

    @property
    def share(self) -> float | None:
        """Of answers that changed, 0 to 1; None where no paper can be compared."""
        return self.changed / self.papers if self.papers else None

    @property
    def interval(self) -> Interval:
        """Of the change of accuracy, 95 %; needs a paper."""
        return tango(self.gained, self.lost, self.papers)


@dataclass(frozen=True, slots=True)
class Odd:
    """One stage and the two runs before: papers on which two of three agree, and those on which this run does not."""

    stage: str
    papers: int
    now: int
    p: float
    adjusted: float = 1.0


@dataclass(frozen=True)
class Drift:
    """All tests of one call."""

    changes: tuple[Change, ...] = ()
    odd: tuple[Odd, ...] = ()
    level: float = LEVEL

    @property
    def worse(self) -> tuple[Change, ...]:
        """Where accuracy fell for sure."""
        return tuple(each for each in self.changes if each.adjusted < self.level and each.lost > each.gained)

    @property
    def better(self) -> tuple[Change, ...]:
        """Where it rose for sure."""
        return tuple(each for each in self.changes if each.adjusted < self.level and each.lost < each.gained)

    @property
    def otherwise(self) -> tuple[Odd, ...]:
        """Where answers changed more than they do by chance."""
        return tuple(each for each in self.odd if each.adjusted < self.level)


def drift(now: Answers, earlier: Sequence[tuple[int, Answers]], pinned: int = 0, level: float = LEVEL) -> Drift:
    """This run beside earlier ones, each with its number, in their order; `pinned` is the reference, 0 for none."""
    known = dict(earlier)
    numbers = dict.fromkeys([number for number, _ in earlier[-1:]] + ([pinned] if pinned else []))
    changes = [_change(stage, number, now, known[number]) for number in numbers for stage in STAGES if stage in now]
    two = [each for _, each in earlier[-2:]]
    odd = [_odd(stage, now, *two) for stage in STAGES if stage in now] if len(two) == 2 else []
    adjusted = iter(holm([each.p for each in changes] + [each.p for each in odd]))
    return Drift(
        tuple(replace(each, adjusted=next(adjusted)) for each in changes),
        tuple(replace(each, adjusted=next(adjusted)) for each in odd),
        level,
    )


def _change(stage: str, against: int, now: Answers, before: Answers) -> Change:
    pairs = _together(stage, now, before)
    lost = sum(old.state == RIGHT != new.state for new, old in pairs)
    gained = sum(new.state == RIGHT != old.state for new, old in pairs)
    changed = sum(new.given != old.given for new, old in pairs)
    return Change(stage, against, len(pairs), changed, lost, gained, mcnemar(gained, lost))


def _odd(stage: str, now: Answers, one: Answers, other: Answers) -> Odd:
    several = [[said.given for said in each] for each in _together(stage, now, one, other)]
    apart = [each for each in several if len(set(each)) == 2]
    odd = sum(each.count(each[0]) == 1 for each in apart)
    # the chance of so many or more
    p = float(bdtrc(odd - 1, len(apart), 1 / 3)) if odd else 1.0
    return Odd(stage, len(apart), odd, p)


def _together(stage: str, *runs: Answers) -> list[tuple[Said, ...]]:
    """The papers of which every run has an answer."""
    first = runs[0].get(stage, {})
    both = [tuple(run[stage][paper] for run in runs) for paper in first if all(paper in r.get(stage, {}) for r in runs)]
    return [each for each in both if all(said.state != FAILED for said in each)]
