"""How sure a gain is, by the paired bootstrap over papers (Efron and Tibshirani, An Introduction to the Bootstrap)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_RESAMPLES = 10_000
_BETWEEN = (2.5, 97.5)  # percent


@dataclass(frozen=True, slots=True)
class Gain:
    """A mean gain in score and its 95 % interval."""

    mean: float
    low: float
    high: float


def gains(
    before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]], seed: int = 0
) -> dict[str, Gain]:
    """The gain of each stage, and of the mean over the stages as `mean`, from scores {stage: {paper: score}}.

    Papers are drawn, not answers: a paper that five stages are asked about comes with all five. A draw without any
    paper of a stage leaves that stage out of its mean.
    """
    papers = sorted({paper for scores in before.values() for paper in scores})
    differences = np.array([[after[s][p] - before[s][p] if p in before[s] else np.nan for s in before] for p in papers])
    drawn = np.random.default_rng(seed).integers(len(papers), size=(_RESAMPLES, len(papers)))
    known = ~np.isnan(differences)
    sums = np.nan_to_num(differences)[drawn].sum(axis=1)
    means = sums / np.where((number := known[drawn].sum(axis=1)) > 0, number, np.nan)  # draws × stages
    observed = np.nanmean(differences, axis=0)
    each = {stage: _gain(observed[at], means[:, at]) for at, stage in enumerate(before)}
    return {**each, "mean": _gain(observed.mean(), np.nanmean(means, axis=1))}


def _gain(observed: float, drawn: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Gain:
    low, high = np.nanpercentile(drawn, _BETWEEN)
    return Gain(float(observed), float(low), float(high))
