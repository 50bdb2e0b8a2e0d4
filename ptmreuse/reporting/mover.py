"""Intervals of sums and shares from intervals of their parts: the method of variance estimates recovery (MOVER).

Zou and Donner 2008, Statistics in Medicine 27, 1693. The distance of a part's limit from its value stands for its
standard error on that side, so the result is as lopsided as its parts are.
"""

import numpy as np

from ptmreuse.evaluation.intervals import Numbers
from ptmreuse.reporting.shares import Estimate


def total(parts: Estimate) -> Estimate:
    """The sum over the last axis of parts that were estimated independently of each other."""
    value = parts.value.sum(axis=-1)
    below = np.sqrt(((parts.value - parts.low) ** 2).sum(axis=-1))
    above = np.sqrt(((parts.high - parts.value) ** 2).sum(axis=-1))
    return Estimate(value, value - below, value + above)


def share(first: Estimate, other: Estimate, correlation: Numbers | float = 0.0) -> Estimate:
    """`first` as a share of `first` and `other` together; neither is negative, their correlation is at most 0.

    The lower limit is the share s at which the lower limit of (1 - s) first - s other is 0, the upper one likewise:
    the way in which Donner and Zou 2012 (Statistical Methods in Medical Research 21, 347) bound a ratio. NaN where
    there is nothing to share.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        value = first.value / (first.value + other.value)
        worst = _odds(first.value, first.value - first.low, other.value, other.high - other.value, correlation)
        best = _odds(other.value, other.value - other.low, first.value, first.high - first.value, correlation)
        low, high = 1 / (1 + worst), 1 - 1 / (1 + best)
    undefined = 0 * value  # NaN where the value is
    return Estimate(value, low + undefined, high + undefined)


def _odds(a: Numbers, under: Numbers, b: Numbers, over: Numbers, correlation: Numbers | float) -> Numbers:
    """The largest odds b/a that the limits allow: the root r of r·a - b = √((r·under)² + over² - 2ρ·r·under·over)."""
    square = a**2 - under**2
    middle = a * b - correlation * under * over
    root = np.sqrt(np.maximum(0.0, middle**2 - square * (b**2 - over**2)))
    return np.where(square > 0, (middle + root) / square, np.inf)
