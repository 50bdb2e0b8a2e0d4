"""Two cells on the same papers: how far apart, how sure, and how sure when many pairs are looked at."""

from collections.abc import Sequence
from math import inf, sqrt

import numpy as np
from scipy.special import bdtr

from ptmreuse.evaluation.intervals import CONFIDENCE, Interval, Numbers, Z, unseen

_TAILS = (100 * (1 - CONFIDENCE) / 2, 100 * (1 + CONFIDENCE) / 2)  # percent
_NO_WIDTH = 1e-9


def mcnemar(only_one: int, only_other: int) -> float:
    """The two-sided p of McNemar's exact test (McNemar 1947, Psychometrika 12), from the cases that only one got."""
    differing = only_one + only_other
    return min(1.0, 2 * float(bdtr(min(only_one, only_other), differing, 0.5))) if differing else 1.0


def tango(only_one: int, only_other: int, cases: int) -> Interval:
    """The score interval of a difference of paired proportions (Tango 1998, Statistics in Medicine 17, 891).

    It is of (`only_one` - `only_other`) / `cases`; `cases` is above 0.
    """

    value = (only_one - only_other) / cases
    return _limit(-1.0, value, only_one, only_other, cases), _limit(1.0, value, only_one, only_other, cases)


def _limit(outside: float, inside: float, only_one: int, only_other: int, cases: int) -> float:
    """Where the observed difference is `Z` standard errors away, by halving."""
    for _ in range(60):
        middle = (outside + inside) / 2
        if abs(_errors_away(middle, only_one, only_other, cases)) > Z:
            outside = middle
        else:
            inside = middle
    return inside


def _errors_away(difference: float, only_one: int, only_other: int, cases: int) -> float:
    """How many standard errors the observed difference is from this one, under which they are taken."""
    b = (2 * cases - only_one + only_other) * difference - only_one - only_other
    root = sqrt(max(b**2 + 8 * cases * only_other * difference * (1 - difference), 0.0))
    variance = (root - b) / 2 + cases * difference * (1 - difference)
    apart = only_one - only_other - cases * difference
    return apart / sqrt(variance) if variance > 0 else inf if apart else 0.0


def holm(chances: Sequence[float]) -> list[float]:
    """The p-values adjusted for all of them being looked at (Holm 1979, Scandinavian Journal of Statistics 6)."""
    adjusted, largest = [0.0] * len(chances), 0.0
    for rank, place in enumerate(sorted(range(len(chances)), key=chances.__getitem__)):
        largest = max(largest, min(1.0, (len(chances) - rank) * chances[place]))
        adjusted[place] = largest
    return adjusted


def drawn_interval(value: float, drawn: Numbers, papers: int) -> Interval:
    """The percentile interval of a difference from its bootstrap draws; a draw without it (NaN) is left out.

    Percentiles, not BCa: most differences are 0 in many draws, and there BCa covers 90 to 95 % in simulations of 20 to
    80 papers, percentiles 93 to 99 %. Draws that are all equal allow the share of papers that Wilson's interval does.
    """
    low, high = np.nanpercentile(drawn, _TAILS).tolist()
    if high - low < _NO_WIDTH:
        low, high = max(value - unseen(papers), -1.0), min(value + unseen(papers), 1.0)
    return min(low, value), max(high, value)


def drawn_p(drawn: Numbers, differing: int) -> float:
    """The two-sided p of no difference, from bootstrap draws of it and the number of papers on which two cells differ.

    Twice the share of draws on the other side of 0, those at 0 and those without a difference (NaN) among them. Never
    below what an exact sign test says at most of so few papers, where the bootstrap would be too sure.
    """
    unknown = np.isnan(drawn)
    against = min(int(np.sum((drawn <= 0) | unknown)), int(np.sum((drawn >= 0) | unknown)))
    return min(1.0, max(2 * (against + 1) / (len(drawn) + 1), 2 * 0.5**differing))
