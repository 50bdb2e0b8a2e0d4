"""Figures of shares of papers: by year with their interval, and by field."""

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, NamedTuple

from ptmreuse.evaluation.drawing import BLUE, INK, PAPER, QUIET, RULE, literal, plain
from ptmreuse.evaluation.measure import Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROUND = (1, 2, 5, 10)  # steps between ticks
WHOLE = "{x:,.0f}"  # how a number of things stands at a tick
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
    by_year = {int(name): measure for name, measure in shares}
    years = range(min(by_year), max(by_year) + 1)
    values, lows, highs = ([_or_gap(by_year.get(year), part) for year in years] for part in ("value", "low", "high"))
    above.fill_between(years, lows, highs, color=BLUE, alpha=0.16, linewidth=0, zorder=1)
    above.plot(years, values, color=BLUE, linewidth=1.6, zorder=2)
    known = [(year, m.value, m.small) for year, m in by_year.items() if m.value is not None]
    for year, value, small in known:
        above.plot([year], [value], "o", color=BLUE, markerfacecolor=PAPER if small else BLUE, markersize=5, zorder=3,
                   clip_on=False)  # fmt: skip
    _percent(above, "y")
    above.set_ylim(bottom=0)
    above.set_ylabel(f"share that {what}", fontsize=8, color=INK)
    below.bar(list(by_year), [measure.n for measure in by_year.values()], width=0.7, color=QUIET, linewidth=0)
    below.set_ylabel("papers", fontsize=8, color=INK)
    for axis in (above, below):
        plain(axis)
        axis.grid(axis="y", color=RULE, linewidth=0.8)
    whole_years(below, years)
    if any(small for *_, small in known):
        figure.supxlabel("open mark: fewer than 30 papers", fontsize=7.5, color=QUIET, x=0.99, ha="right")
    return figure


def _or_gap(measure: Measure | None, part: str) -> float:
    """A year without an answer breaks the line."""
    value = getattr(measure, part) if measure else None
    return nan if value is None else float(value)


def whole_years(axis: "Axes", years: Sequence[int], most: int = 10) -> None:
    """Ticks at years, never between them, and at whole numbers of papers."""
    from matplotlib.ticker import MaxNLocator

    axis.xaxis.set_major_locator(MaxNLocator(most, integer=True, steps=ROUND))
    axis.yaxis.set_major_locator(MaxNLocator(4, integer=True, steps=ROUND))
    axis.yaxis.set_major_formatter(WHOLE)
    axis.set_xlim(min(years) - 0.6, max(years) + 0.6)


def by_group(shares: Sequence[Share], what: str) -> "Figure":
    """One row per group, the highest share first, the unknown last: a dot, its 95 % interval, papers with an answer."""
    from matplotlib.figure import Figure

    unknown = [each for each in shares if each.name.endswith(" unknown")]
    known = sorted(set(shares) - set(unknown), key=lambda each: (-(each.measure.value or 0.0), each.name))
    ordered = [*known, *unknown]
    figure = Figure(figsize=(7.2, _ROW * len(ordered) + 0.9), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.14)  # type: ignore[union-attr, call-arg]
    axis = figure.subplots()
    for row, (_, measure) in enumerate(ordered):
        _dot(axis, row, measure)
    plain(axis)
    axis.set_yticks(range(len(ordered)), [literal(each.name) for each in ordered])
    axis.tick_params(axis="y", pad=7)  # a dot at 0 stands free
    axis.set_ylim(len(ordered) - 0.5, -0.5)
    _percent(axis, "x")
    axis.set_xlim(left=0)
    axis.grid(axis="x", color=RULE, linewidth=0.8)
    axis.set_xlabel(f"share of papers that {what}, with its 95 % interval", fontsize=8, color=INK)
    for row, each in enumerate(ordered):
        axis.annotate(f"{each.measure.n:,} papers", (1, row), (6, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", va="center", fontsize=7.5, color=QUIET)  # fmt: skip
    return figure


def _dot(axis: "Axes", row: int, measure: Measure) -> None:
    if measure.value is None or measure.low is None or measure.high is None:
        return
    axis.plot([measure.low, measure.high], [row] * 2, color=BLUE, linewidth=1.5, zorder=2)
    face = PAPER if measure.small else BLUE
    axis.plot([measure.value], [row], "o", color=BLUE, markerfacecolor=face, markersize=5.5, zorder=3,
              clip_on=False)  # fmt: skip


def _percent(axis: "Axes", along: str) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    one = axis.xaxis if along == "x" else axis.yaxis
    one.set_major_locator(MaxNLocator(5, steps=ROUND))
    one.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value * 100, 1):g} %"))
