"""Figures of models: which are reused most, how their reuse grew, and how long after their publication it came."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from ptmreuse.evaluation.drawing import BLUE, INK, ORANGE, PAPER, QUIET, RULE, literal, plain
from ptmreuse.reporting.share_figures import ROUND, WHOLE, whole_years

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ROW = 0.25  # inches per model
_LOOKS: Sequence[Mapping[str, Any]] = (
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": ORANGE, "linestyle": "-", "marker": "s"},
    {"color": INK, "linestyle": "--", "marker": "^"},
    {"color": "#4a90bd", "linestyle": "-.", "marker": "D"},
    {"color": "#a65e10", "linestyle": ":", "marker": "v"},
    {"color": QUIET, "linestyle": (0, (5, 1)), "marker": "P"},
)  # apart by mark and line as well as by colour
MOST_CURVES = len(_LOOKS)


class Reused(NamedTuple):
    """A model with how many papers reuse it and how many instances (paper, model, pattern) that makes."""

    model: str
    papers: int
    instances: int


def top(models: Sequence[Reused]) -> "Figure":
    """A bar per model, as long as its papers are many; its instances stand behind it."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(6.4, _ROW * len(models) + 0.8), layout="constrained")
    axis = figure.subplots()
    rows = range(len(models))
    axis.barh(rows, [each.papers for each in models], height=0.7, color=BLUE, linewidth=0)
    for row, each in zip(rows, models, strict=True):
        axis.annotate(f"{each.papers:,}", (each.papers, row), (4, 0), textcoords="offset points", va="center",
                      fontsize=8, color=INK, fontweight="bold")  # fmt: skip
        axis.annotate(f"{each.instances:,}", (1, row), (0, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", va="center", ha="right", fontsize=8, color=QUIET)  # fmt: skip
    axis.annotate("instances", (1, -0.75), xycoords=("axes fraction", "data"), va="bottom", ha="right", fontsize=7.5,
                  color=QUIET)  # fmt: skip
    plain(axis)
    axis.set_yticks(rows, [literal(each.model) for each in models])
    axis.set_ylim(len(models) - 0.5, -0.75)
    axis.set_xlim(0, 1.18 * max(each.papers for each in models))
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=ROUND))
    axis.xaxis.set_major_formatter(WHOLE)
    axis.set_xlabel("papers that reuse the model", fontsize=8, color=INK)
    return figure


def adoption(counts: Mapping[str, Mapping[int, int]], years: Sequence[int]) -> "Figure":
    """A line per model: how many papers have reused it up to each year. `counts` are papers by year."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    axis = figure.subplots()
    ends: list[tuple[str, float, str]] = []
    for (model, by_year), look in zip(counts.items(), _LOOKS, strict=False):
        first = min(by_year)
        shown = [year for year in years if year >= first - 1]
        sums = [sum(number for when, number in by_year.items() if when <= year) for year in shown]
        axis.plot(shown, sums, markersize=4, linewidth=1.5, markerfacecolor=PAPER, clip_on=False, **look)
        ends.append((model, float(sums[-1]), str(look["color"])))
    plain(axis)
    whole_years(axis, years)
    axis.set_ylim(bottom=0)
    axis.grid(axis="y", color=RULE, linewidth=0.8)
    axis.set_ylabel("papers that reused it so far", fontsize=8, color=INK)
    _name(axis, ends, years[-1])
    return figure


def _name(axis: "Axes", ends: Sequence[tuple[str, float, str]], year: int) -> None:
    """Each line's name at its end, moved apart where lines end close together."""
    apart = 0.065 * axis.get_ylim()[1]
    at = -apart
    for model, value, colour in sorted(ends, key=lambda end: end[1]):
        at = max(value, at + apart)
        line = {"arrowstyle": "-", "color": colour, "linewidth": 0.8, "shrinkB": 4, "relpos": (0, 0.5)}
        axis.annotate(literal(model), (year, value), (year + 0.5, at), fontsize=8, color=INK, va="center",
                      annotation_clip=False, arrowprops=line)  # fmt: skip


def lag(years: Sequence[int], unknown: int) -> "Figure":
    """A bar for each number of years between a model's publication and the paper that reuses it; the median as a line.

    `unknown` pairs have a year that is not known; the figure says so.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(6.4, 2.9), layout="constrained")
    axis = figure.subplots()
    span = range(min(years), max(years) + 1)
    numbers = [years.count(each) for each in span]
    looks = [BLUE if each >= 0 else PAPER for each in span]
    axis.bar(span, numbers, width=0.78, color=looks, edgecolor=BLUE, linewidth=0.9)
    middle = median(years)
    axis.axvline(middle, color=ORANGE, linewidth=1.6, linestyle="--", zorder=3)
    axis.annotate(f"median {middle:g} years", (middle, 1), (5, -2), xycoords=("data", "axes fraction"),
                  textcoords="offset points", fontsize=8, color=INK, va="top",
                  bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1})  # fmt: skip
    plain(axis)
    axis.grid(axis="y", color=RULE, linewidth=0.8)
    axis.xaxis.set_major_locator(MaxNLocator(14, integer=True, steps=ROUND))
    axis.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=ROUND))
    axis.yaxis.set_major_formatter(WHOLE)
    left = f"; {unknown:,} of unknown year left out" if unknown else ""
    before = "; open: before it" if min(years) < 0 else ""
    axis.set_xlabel(f"years from the model's publication to the paper{before}{left}", fontsize=8, color=INK)
    axis.set_ylabel("reuses (paper, model)", fontsize=8, color=INK)
    return figure
