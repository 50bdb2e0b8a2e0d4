"""A share with its 95 % limits, from hand labels: arrays, so that a thousand simulated studies are one call."""

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from ptmreuse.evaluation.intervals import CONFIDENCE, Numbers

_TAIL = (1 - CONFIDENCE) / 2
_TINY = 1e-9  # weighted hits add up to whole numbers only nearly


class Estimate(NamedTuple):
    """Values with their 95 % limits; arrays of one shape, 0 to 1."""

    value: Numbers
    low: Numbers
    high: Numbers

    def scaled(self, factor: Numbers | float) -> "Estimate":
        """All three times a factor that is not negative."""
        return Estimate(self.value * factor, self.low * factor, self.high * factor)

    def plus(self, constant: float) -> "Estimate":
        """All three and what is known for certain."""
        return Estimate(self.value + constant, self.low + constant, self.high + constant)


def jeffreys(hits: Numbers, labels: Numbers) -> Estimate:
    """Jeffreys' interval of a share: the 0.025 and 0.975 quantiles of Beta(hits + ½, labels - hits + ½).

    The limit beside no hits is 0, beside nothing but hits 1 (Brown, Cai and DasGupta 2001, Statistical Science 16).
    `labels` is above 0; both may be fractions.
    """
    low = np.where(hits < _TINY, 0.0, betaincinv(hits + 0.5, labels - hits + 0.5, _TAIL))
    high = np.where(hits > labels - _TINY, 1.0, betaincinv(hits + 0.5, labels - hits + 0.5, 1 - _TAIL))
    return Estimate(hits / labels, low, high)


def within(estimate: Estimate, hits: Numbers, labels: Numbers, papers: Numbers) -> Estimate:
    """An estimate that says nothing against the labels: with all papers labelled there is no interval left."""
    least, most = hits / papers, 1 - (labels - hits) / papers
    return Estimate(*(np.clip(each, least, most) for each in estimate))
