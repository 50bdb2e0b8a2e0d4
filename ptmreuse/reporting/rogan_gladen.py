"""The share of truly yes from the share of yes and the error rates: a cross-check.

Rogan and Gladen 1978, American Journal of Epidemiology 107, 71, with the delta method for what is unsure about
sensitivity and specificity; the share of yes among the run's papers is known exactly.
"""

from math import sqrt

from ptmreuse.evaluation.intervals import Interval, Z


def rogan_gladen(raw: float, sensitivity: float, specificity: float) -> float | None:
    """(raw + specificity - 1) / (sensitivity + specificity - 1), within 0 and 1.

    All are 0 to 1; specificity is the share of truly no that is not yes. None where the answers tell nothing apart.
    """
    told = sensitivity + specificity - 1
    return min(1.0, max(0.0, (raw + specificity - 1) / told)) if told > 0 else None


def delta_interval(
    raw: float, sensitivity: float, specificity: float, positives: float, negatives: float
) -> Interval | None:
    """95 % limits, from so many truly yes and truly no labels; None where `rogan_gladen` has no value."""
    value = rogan_gladen(raw, sensitivity, specificity)
    if value is None or positives <= 0 or negatives <= 0:
        return None
    spread = value**2 * sensitivity * (1 - sensitivity) / positives
    spread += (1 - value) ** 2 * specificity * (1 - specificity) / negatives
    away = Z * sqrt(spread) / (sensitivity + specificity - 1)
    return max(0.0, value - away), min(1.0, value + away)
