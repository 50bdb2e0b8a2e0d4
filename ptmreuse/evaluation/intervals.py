"""95 % intervals: of a proportion, and of any statistic of counts by the bootstrap over papers.

Papers are drawn, never answers: what one paper says about its three models is not three independent cases.
"""

from collections.abc import Callable
from functools import lru_cache
from math import sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, ndtr, ndtri

Numbers: TypeAlias = npt.NDArray[np.float64]
Interval: TypeAlias = tuple[float, float]
Statistic: TypeAlias = Callable[[Numbers], Numbers]
"""From counts summed over papers (draws × columns) to one value per draw; NaN where it is not defined."""

CONFIDENCE = 0.95
DRAWS = 2_000
Z = float(ndtri((1 + CONFIDENCE) / 2))
_TINY = 1e-12  # two sums of the same counts may differ by their order
_TAILS = np.array([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])


def wilson(hits: float, cases: float) -> Interval:
    """Wilson's score interval of a proportion (Wilson 1927, JASA 22). `cases` is above 0."""
    share, squared = hits / cases, Z**2 / cases
    middle = (share + squared / 2) / (1 + squared)
    half = Z / (1 + squared) * sqrt(share * (1 - share) / cases + squared / (4 * cases))
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == cases else middle + half)


def exact(hits: int, cases: int) -> Interval:
    """The exact interval of a proportion (Clopper and Pearson 1934, Biometrika 26). `cases` is above 0."""
    low, high = _TAILS
    return (
        float(betaincinv(hits, cases - hits + 1, low)) if hits else 0.0,
        float(betaincinv(hits + 1, cases - hits, high)) if hits < cases else 1.0,
    )


def unseen(cases: float) -> float:
    """The share of cases that Wilson's interval still allows for what was seen in none of them."""
    return Z**2 / (cases + Z**2)


def bootstrap(
    counts: Numbers, statistic: Statistic, draws: int = DRAWS, seed: int = 0, over_kinds: bool = False
) -> Interval | None:
    """The BCa interval of a statistic of counts per paper (papers × columns), papers drawn with replacement.

    Bias-corrected and accelerated (Efron 1987, JASA 82), ties with the value counting half. Draws in which the
    statistic is not defined are left out; None where that is all of them. For F1 and kappa of 20 to 80 simulated papers
    it covers 95 to 99 %, plain percentiles 91 to 99 % (both with `estimates` for draws without width).

    A mean `over_kinds` that are rare is off centre in the draws, which lose the rarest: its draws are moved to its
    value, and its limits, within 0 and 1, are at least the jackknife's standard error times 1.96 away.
    """
    total = counts.sum(axis=0)
    drawn = statistic(weights(len(counts), draws, seed) @ counts)
    drawn = drawn[~np.isnan(drawn)]
    value = float(statistic(total[np.newaxis])[0])
    if not len(drawn) or np.isnan(value):
        return None
    pull = _pull(statistic(total - counts))
    if not over_kinds:
        return _bca(drawn, value, pull)
    low, high = _bca(drawn - np.median(drawn) + value, value, pull)
    away = Z * sqrt((pull**2).sum() * (len(pull) - 1) / len(pull))
    return max(0.0, min(low, value - away)), min(1.0, max(high, value + away))


def _bca(drawn: Numbers, value: float, pull: Numbers) -> Interval:
    below = np.mean(drawn < value - _TINY) + np.mean(np.abs(drawn - value) <= _TINY) / 2
    bias = ndtri(np.clip(below, 1 / len(drawn), 1 - 1 / len(drawn)))
    spread = float((pull**2).sum()) ** 1.5
    acceleration = float((pull**3).sum()) / (6 * spread) if spread > _TINY else 0.0
    shifted = bias + ndtri(_TAILS)
    low, high = np.quantile(drawn, ndtr(bias + shifted / (1 - acceleration * shifted)))
    return float(low), float(high)


def _pull(without: Numbers) -> Numbers:
    """How far each paper pulls, from the values without it; one without which it is not defined pulls nothing."""
    known = without[~np.isnan(without)]
    return np.nan_to_num(known.mean() - without) if len(known) else np.zeros(1)


@lru_cache(maxsize=8)  # the same draws for every statistic of as many papers
def weights(papers: int, draws: int = DRAWS, seed: int = 0) -> Numbers:
    """How often each paper comes up in each draw: draws × papers, rows adding up to the number of papers."""
    rng = np.random.default_rng(seed)
    times = rng.multinomial(papers, np.full(papers, 1 / papers), size=draws).astype(np.float64)
    times.flags.writeable = False
    return times
