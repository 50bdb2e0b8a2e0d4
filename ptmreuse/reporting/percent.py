"""Shares as a person reads them: per cent, with two digits where they are small, for there they matter."""

from ptmreuse.evaluation.numerals import NOTHING


def percent(share: float | None) -> str:
    """A share of 0 to 1: 3.60 %, 25.1 %; a dash where there is none."""
    return NOTHING if share is None else f"{_number(share)} %"


def between(low: float | None, high: float | None) -> str:
    """Two limits: 3.34 to 3.89 %; "" where there are none."""
    return "" if low is None or high is None else f"{_number(low)} to {_number(high)} %"


def points(difference: float | None) -> str:
    """A difference of two shares in percentage points: +1.20, -0.35."""
    return NOTHING if difference is None else f"{100 * difference + 0.0:+.2f}"


def _number(share: float) -> str:
    value = 100 * share
    return f"{value:.0f}" if share in (0, 1) else f"{value:.2f}" if value < 9.995 else f"{value:.1f}"
