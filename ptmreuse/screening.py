"""Which papers a screen may keep from an LM: the highest threshold that still promises a recall, by labelled papers.

Of n labelled papers whose answer is yes, k have a chance (the embedded LM's, 0 to 1) that reaches a threshold. Its
recall is at least the lower end of the exact one-sided interval of k of n (Clopper and Pearson 1934, Biometrika 26).
Thresholds are tried from the lowest upwards, and the first that can't keep the promise ends the search: with a fixed
order no correction for their number is needed (fixed-sequence testing: Maurer, Hothorn and Lehmacher 1995; for
thresholds of a classifier Angelopoulos, Bates, Candès, Jordan and Lei 2021, "Learn then Test", arXiv 2110.01052).
Recall only falls as thresholds rise, so that the order may be that of the chances themselves, with ties or without: it
is then the distribution-free tolerance limit of Wilks (1941, Annals of Mathematical Statistics 12).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context
from math import ceil, log

from scipy.special import betaincinv

_SHORT = Context(prec=4, rounding=ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class Promise:
    """What a screen is to keep: recall of at least `recall`, with `confidence`; both between 0 and 1."""

    recall: float = 0.95
    confidence: float = 0.95

    @property
    def needed(self) -> int:
        """Labelled yes-papers below which it can't be made, though none of them were missed."""
        return max(1, ceil(log(1 - self.confidence) / log(self.recall) - 1e-9))

    def is_kept(self, hits: int, cases: int) -> bool:
        """Whether so many hits of so many cases show it."""
        return cases > 0 and lower_bound(hits, cases, self.confidence) >= self.recall

    def misses(self, cases: int) -> int | None:
        """How many of the cases may be missed; None when they are too few."""
        if not self.is_kept(cases, cases):
            return None
        missed = 0
        while self.is_kept(cases - missed - 1, cases):
            missed += 1
        return missed


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold, how many of the labelled yes-papers reach it, and the lower bound of its recall; both 0 to 1."""

    value: float
    above: int
    yes: int
    bound: float


def lower_bound(hits: int, cases: int, confidence: float) -> float:
    """The exact one-sided lower bound of a proportion, 0 to 1 (Clopper and Pearson 1934); 0 without cases."""
    return float(betaincinv(hits, cases - hits + 1, 1 - confidence)) if hits else 0.0


def highest(chances: Sequence[float], promise: Promise) -> Threshold | None:
    """The highest threshold that keeps a promise, by the chances of labelled yes-papers; None when they are too few."""
    misses = promise.misses(len(chances))
    return None if misses is None else judged(_rounded(sorted(chances)[misses]), chances, promise.confidence)


def judged(value: float, chances: Sequence[float], confidence: float) -> Threshold:
    """A threshold that was set without a look at these chances of labelled yes-papers, and what they show of it."""
    above = sum(chance >= value for chance in chances)
    return Threshold(value, above, len(chances), lower_bound(above, len(chances), confidence))


def most(cases: int, promise: Promise) -> Promise:
    """With the confidence of a promise, the highest recall that so many cases can show."""
    return Promise((1 - promise.confidence) ** (1 / cases), promise.confidence)


def surest(cases: int, promise: Promise) -> Promise:
    """With the recall of a promise, the highest confidence that so many cases can give."""
    return Promise(promise.recall, 1 - promise.recall**cases)


def _rounded(value: float) -> float:
    """Rounded down, which only keeps more papers, to digits that are short enough to be given by hand."""
    return float(_SHORT.create_decimal_from_float(value))
