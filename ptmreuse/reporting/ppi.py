"""The prediction-powered estimate of a mean, PPI++: a cross-check.

Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453, in its closed form for a mean with the variance-minimising weight
of the predictions. The package `ppi-python` gives the same to rounding; it needs 190 MB of compilers for it.
The interval is a normal one, which is too narrow where few labels are yes.
"""

import numpy as np

from ptmreuse.evaluation.intervals import Numbers, Z
from ptmreuse.reporting.shares import Estimate


def ppi_mean(labels: Numbers, predicted: Numbers, others: Numbers, weights: Numbers | None = None) -> Estimate:
    """The mean over all papers, from labels (0 or 1) with predictions for the same papers and for other papers.

    `weights` of the labelled papers, with mean 1, make up for papers drawn with unequal chances.
    """
    w = np.ones(len(labels)) if weights is None else weights
    plain = others.mean() + (w * (labels - predicted)).mean()
    trust = _trust(w * (labels - plain), w * (predicted - plain), others - plain)
    value = trust * others.mean() + (w * (labels - trust * predicted)).mean()
    variance = (trust * others).var() / len(others) + (w * (labels - trust * predicted)).var() / len(labels)
    away = Z * np.sqrt(variance)
    return Estimate(value, value - away, value + away)


def _trust(true: Numbers, predicted: Numbers, others: Numbers) -> float:
    """How far to follow the predictions, 0 (not at all) to 1: the lambda of the smallest variance."""
    n, m = len(true), len(others)
    together = float(((true - true.mean()) * (predicted - predicted.mean())).mean())
    spread = float(np.concatenate([predicted, others]).var(ddof=1))
    return min(1.0, max(0.0, together / ((1 + n / m) * spread))) if spread > 0 else 0.0
