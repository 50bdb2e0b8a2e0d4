"""A measure from counts per paper: its value, and the interval that suits it.

A proportion with at most one case per paper has Wilson's interval; any other score has the bootstrap over the papers
that have a case. Where every draw gives the same value (all right, all wrong) the bootstrap has no width, which would
be a lie: there the interval is what the score would be if as many papers were otherwise as Wilson's interval allows.
"""

from collections.abc import Callable, Sequence
from math import hypot
from typing import TypeAlias

import numpy as np

from ptmreuse.evaluation.intervals import DRAWS, Interval, Numbers, Statistic, bootstrap, unseen, wilson
from ptmreuse.evaluation.judged import Judged
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.scores import moved_share, ratio

Moved: TypeAlias = Callable[[Numbers, float, float], Interval]
"""The lowest and highest that a score would be, from sums and value, with a share of the papers otherwise."""

_NO_WIDTH = 1e-9


def per_paper(items: Sequence[Judged], rows: Sequence[Sequence[float]] | Numbers) -> Numbers:
    """The rows of the items summed by paper: papers × columns, papers in order of appearance."""
    places = {paper: place for place, paper in enumerate(dict.fromkeys(item.paper for item in items))}
    numbers = np.asarray(rows, dtype=np.float64)
    sums = np.zeros((len(places), *numbers.shape[1:]))
    np.add.at(sums, [places[item.paper] for item in items], numbers)
    return sums


def proportion(counts: Numbers) -> Measure:
    """A proportion from (hits, cases) per paper."""
    counts = counts[counts[:, 1] > 0]
    if not len(counts):
        return Measure(None, None, None, 0)
    if counts[:, 1].max() > 1:
        return estimate(counts, ratio, moved_share)
    hits, cases = counts.sum(axis=0).tolist()
    return Measure(hits / cases, *wilson(hits, cases), len(counts))


def estimate(counts: Numbers, score: Statistic, moved: Moved, over_kinds: bool = False, draws: int = DRAWS) -> Measure:
    """A score of counts per paper (papers × columns); papers without any count are left out."""
    counts = counts[counts.any(axis=1)]
    interval = bootstrap(counts, score, draws, over_kinds=over_kinds) if len(counts) else None
    if interval is None:
        return Measure(None, None, None, len(counts))
    sums = counts.sum(axis=0)
    value = float(score(sums[np.newaxis])[0])
    low, high = interval
    if high - low < _NO_WIDTH:
        low, high = moved(sums, value, unseen(len(counts)))
    return Measure(value, min(low, value), max(high, value), len(counts))


def mean_of_two(one: Measure, other: Measure) -> Measure:
    """The mean of two proportions that are made from different papers; not defined where one of them is not.

    The distances to the limits are added as squares (Newcombe 1998, Statistics in Medicine 17, 873: method 10).
    """
    papers = one.n + other.n
    if one.value is None or other.value is None:
        return Measure(None, None, None, papers)
    value = (one.value + other.value) / 2
    below = hypot(one.value - (one.low or 0.0), other.value - (other.low or 0.0)) / 2
    above = hypot((one.high or 0.0) - one.value, (other.high or 0.0) - other.value) / 2
    return Measure(value, value - below, value + above, papers)
