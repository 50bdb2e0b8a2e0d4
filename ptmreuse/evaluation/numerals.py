"""How a number is written: without a leading zero, with its interval, and marked where it is made from few cases."""

from ptmreuse.evaluation.measure import SMALL, Measure

NOTHING = "–"
UNKNOWN = "unknown"
DAGGER = "†"
SMALL_NOTE = f"{DAGGER} fewer than {SMALL} papers: too few to rely on."


def decimal(value: float | None, digits: int = 3) -> str:
    """A share or a coefficient: .938, -.120, 1.000; a dash where there is none."""
    if value is None:
        return NOTHING
    text = f"{value + 0.0:.{digits}f}"
    if float(text) == 0:
        text = text.removeprefix("-")
    return text.replace("0.", ".", 1) if abs(float(text)) < 1 else text


def signed(value: float | None) -> str:
    """A difference: +.120, -.120."""
    text = decimal(value)
    return text if value is None or text.startswith("-") else f"+{text}"


def interval(low: float | None, high: float | None, difference: bool = False) -> str:
    """An interval in words: .871 to .972; "" where there is none."""
    write = signed if difference else decimal
    return "" if low is None or high is None else f"{write(low)} to {write(high)}"


def mark(value: Measure) -> str:
    """The dagger of a small number."""
    return DAGGER if value.small and value.value is not None else ""


def probability(value: float | None) -> str:
    """A p-value."""
    if value is None:
        return NOTHING
    return "<.001" if value < 0.001 else decimal(value)


def count(value: int | None) -> str:
    """A number of things: 12,345."""
    return UNKNOWN if value is None else f"{value:,}"


def money(value: float | None) -> str:
    """US dollars; what is not known is not nothing."""
    if value is None:
        return UNKNOWN
    return f"{value:,.2f}" if value == 0 or value >= 0.01 else f"{value:.1g}"


def seconds(value: float | None) -> str:
    """Seconds with two digits that count."""
    if value is None:
        return UNKNOWN
    if 0 < value < 0.001:
        return "<0.001"
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"
