"""Figures of shares of papers: by year with their interval, and by field."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ptmreuse.evaluation.drawing import BLUE, INK, PAPER, QUIET, RULE, literal, plain
from ptmreuse.evaluation.measure import Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.3  # inches per group


class Share(NamedTuple):
    """A group of papers with its share; `measure.n` is how many of its papers have an answer."""

    name: str
    measure: Measure


def by_year(shares: Sequence[Share], what: str) -> "Figure":
    """Above the share of each year with its 95 % interval as a band, below how many papers have an answer."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 3.9), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    known = [(int(name), m.value, m.low, m.high, m.small) for name, m in shares if m.value is not None]
    years = [year for year, *_ in known]
    lows, highs = [low or 0.0 for _, _, low, _, _ in known], [high or 0.0 for _, _, _, high, _ in known]
    above.fill_between(years, lows, highs, color=BLUE, alpha=0.16, linewidth=0, zorder=1)
    above.plot(years, [value for _, value, *_ in known], color=BLUE, linewidth=1.6, zorder=2)
    for year, value, _, _, small in known:
        above.plot([year], [value], "o", color=BLUE, markerfacecolor=PAPER if small else BLUE, markersize=5, zorder=3)
    _percent(above, "y")
    above.set_ylim(bottom=0)
    above.set_ylabel(f"share that {what}", fontsize=8, color=INK)
    bars = [(int(name), m.n) for name, m in shares]
    below.bar([year for year, _ in bars], [n for _, n in bars], width=0.7, color=QUIET, linewidth=0)
    below.set_ylabel("papers", fontsize=8, color=INK)
    for axis in (above, below):
        plain(axis)
        axis.grid(axis="y", color=RULE, linewidth=0.8)
    whole_years(below, [year for year, _ in bars])
    if any(small for *_, small in known):
        figure.supxlabel("open mark: fewer than 30 papers", fontsize=7.5, color=QUIET, x=0.99, ha="right")
    return figure


def whole_years(axis: "Axes", years: Sequence[int]) -> None:
    """Ticks at years, never between them; at most ten."""
    from matplotlib.ticker import MaxNLocator

    axis.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    axis.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axis.set_xlim(min(years) - 0.6, max(years) + 0.6)


def by_group(shares: Sequence[Share], what: str) -> "Figure":
    """One row per group, the highest share first: a dot with its 95 % interval, and how many papers have an answer."""
    from matplotlib.figure import Figure

    ordered = sorted(shares, key=lambda each: (-(each.measure.value or 0.0), each.name))
    figure = Figure(figsize=(7.0, _ROW * len(ordered) + 0.9), layout="constrained")
    axis = figure.subplots()
    for row, (_, measure) in enumerate(ordered):
        _dot(axis, row, measure)
    plain(axis)
    axis.set_yticks(range(len(ordered)), [literal(each.name) for each in ordered])
    axis.set_ylim(len(ordered) - 0.5, -0.5)
    _percent(axis, "x")
    axis.set_xlim(left=0)
    axis.grid(axis="x", color=RULE, linewidth=0.8)
    axis.set_xlabel(f"share of papers that {what}, with its 95 % interval", fontsize=8, color=INK)
    beside = axis.twinx()
    beside.spines[:].set_visible(False)
    beside.set_ylim(axis.get_ylim())
    beside.set_yticks(range(len(ordered)), [f"{each.measure.n:,} papers" for each in ordered])
    beside.tick_params(labelsize=7.5, colors=QUIET, length=0)
    return figure


def _dot(axis: "Axes", row: int, measure: Measure) -> None:
    if measure.value is None or measure.low is None or measure.high is None:
        return
    axis.plot([measure.low, measure.high], [row] * 2, color=BLUE, linewidth=1.5, zorder=2)
    face = PAPER if measure.small else BLUE
    axis.plot([measure.value], [row], "o", color=BLUE, markerfacecolor=face, markersize=5.5, zorder=3)


def _percent(axis: "Axes", along: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    one = axis.xaxis if along == "x" else axis.yaxis
    one.set_major_locator(MaxNLocator(5))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value * 100, 1):g} %"))
