"""The figures of an evaluation: accuracy per stage, confusions, and where errors began."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from program.answers import STAGES
from ptmreuse.evaluation.drawing import BLUE, INK, LONGEST, ORANGE, PAPER, QUIET, RULE, literal, plain
from ptmreuse.evaluation.judged import View
from ptmreuse.evaluation.measure import Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Rectangle

_ROW = 0.42  # inches per cell
_VIEWS: Mapping[View, tuple[str, str, str]] = {"isolated": ("o", BLUE, BLUE), "end-to-end": ("s", ORANGE, PAPER)}
_BEGAN = ("#0b5c90", "#4a90bd", "#9cc4de", "#f0c07a", "#d97f1c")  # by stage
_HATCH = ("", "////", "", "\\\\\\\\", "xxxx")


def accuracy(
    cells: Sequence[str], values: Mapping[str, Mapping[View, Sequence[Measure | None]]], what: str = "accuracy"
) -> "Figure":
    """One panel per stage, one row per cell: a dot with its 95 % interval for each view.

    `values` has one sequence per stage and view, in the order of `cells`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1.9 * len(values) + _names_width(cells), _ROW * len(cells) + 1.3), layout="constrained")
    axes = figure.subplots(1, len(values), sharey=True, squeeze=False)[0]
    for axis, (stage, by_view) in zip(axes, values.items(), strict=True):
        for number, (view, measures) in enumerate(by_view.items()):
            shift = 0.17 * (number - (len(by_view) - 1) / 2)
            _whiskers(axis, measures, shift, view)
        axis.set_title(stage, fontsize=9, color=INK, loc="left", fontweight="bold")
        _share_axis(axis)
    axes[0].set_yticks(range(len(cells)), [literal(cell) for cell in cells])
    axes[0].set_ylim(len(cells) - 0.5, -0.5)
    views = list(dict.fromkeys(view for by_view in values.values() for view in by_view))
    signs = [_sign(view) for view in views]
    look: dict[str, Any] = {"fontsize": 8, "frameon": False, "labelcolor": INK}
    figure.legend(handles=signs, loc="outside lower right", ncols=2, **look)
    figure.supxlabel(f"{what}, with its 95 % interval", fontsize=8, color=INK)
    return figure


def _names_width(cells: Sequence[str]) -> float:
    """Inches that the names beside the rows take."""
    return 0.3 + 0.075 * min(LONGEST, max(map(len, cells), default=0))


def _whiskers(axis: "Axes", measures: Sequence[Measure | None], shift: float, view: View) -> None:
    marker, edge, face = _VIEWS[view]
    for row, measure in enumerate(measures):
        if measure is None or measure.value is None:
            continue
        if measure.low is not None and measure.high is not None:
            axis.plot([measure.low, measure.high], [row + shift] * 2, color=edge, linewidth=1.3, zorder=2)
        axis.plot([measure.value], [row + shift], marker, color=edge, markerfacecolor=face, markersize=5, zorder=3)


def _share_axis(axis: "Axes") -> None:
    from matplotlib.ticker import FuncFormatter

    plain(axis)
    axis.set_xlim(-0.04, 1.04)
    axis.set_xticks([0, 0.5, 1])
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: {0.0: "0", 0.5: ".5", 1.0: "1"}[float(value)]))
    axis.grid(axis="x", color=RULE, linewidth=0.8)


def _sign(view: View) -> "Line2D":
    from matplotlib.lines import Line2D

    marker, edge, face = _VIEWS[view]
    return Line2D([], [], marker=marker, color=edge, markerfacecolor=face, markersize=5, linewidth=1.3, label=view)


def confusion(title: str, true: Sequence[str], given: Sequence[str], counts: Sequence[Sequence[float]]) -> "Figure":
    """Labels down, answers across; a field is shaded by its share of its row and holds its number."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(0.72 * len(given) + 1.9, 0.5 * len(true) + 1.6), layout="constrained")
    axis = figure.subplots()
    shares = [[number / (sum(row) or 1) for number in row] for row in counts]
    for y, row in enumerate(counts):
        for x, number in enumerate(row):
            if number:
                _field(axis, x, y, shares[y][x], f"{number:g}")
            if given[x] == true[y]:
                axis.add_patch(_square(x, y, 0.92, fill=False, edgecolor=ORANGE, linewidth=1.4))
    axis.set_xlim(-0.5, len(given) - 0.5)
    axis.set_ylim(len(true) - 0.5, -0.5)
    axis.set_xticks(range(len(given)), given, rotation=35, ha="right", rotation_mode="anchor", fontsize=8, color=INK)
    axis.set_yticks(range(len(true)), [f"{kind} ({sum(row):g})" for kind, row in zip(true, counts, strict=True)])
    axis.tick_params(length=0, labelsize=8, colors=INK)
    axis.set_xlabel("answer", fontsize=8, color=INK)
    axis.set_ylabel("label", fontsize=8, color=INK)
    axis.spines[:].set_color(RULE)
    axis.set_title(literal(title), fontsize=9, color=INK, loc="left", fontweight="bold")
    return figure


def _field(axis: "Axes", x: int, y: int, share: float, number: str) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    blues = LinearSegmentedColormap.from_list("blues", ["#e3edf5", "#8fb8d6", "#0b5c90"])
    axis.add_patch(_square(x, y, 1.0, facecolor=blues(share), linewidth=0))
    ink = "#fffffe" if share > 0.65 else "#1b1f25"  # on a field, so not the ink of the page
    axis.text(x, y, number, ha="center", va="center", fontsize=9, color=ink)


def _square(x: int, y: int, side: float, **look: Any) -> "Rectangle":
    from matplotlib.patches import Rectangle

    return Rectangle((x - side / 2, y - side / 2), side, side, **look)


def origins(cells: Sequence[str], began: Mapping[str, Mapping[str, int]]) -> "Figure":
    """One bar per cell: the share of papers that are wholly right, and of the rest the stage where the first error is.

    `began` counts papers by cell and stage; the key "" are those without an error.
    """
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure(figsize=(7.0 + _names_width(cells), _ROW * len(cells) + 1.5), layout="constrained")
    axis = figure.subplots()
    left = [0.0] * len(cells)
    for stage in ("", *STAGES):
        shares = [began[cell].get(stage, 0) / (sum(began[cell].values()) or 1) for cell in cells]
        axis.barh(range(len(cells)), shares, left=left, height=0.62, **_fill(stage))
        for row, (start, share) in enumerate(zip(left, shares, strict=True)):
            if share >= 0.04:
                _number(axis, start + share / 2, row, began[cells[row]][stage])
        left = [start + share for start, share in zip(left, shares, strict=True)]
    plain(axis)
    axis.set_yticks(range(len(cells)), [literal(cell) for cell in cells])
    axis.set_ylim(len(cells) - 0.5, -0.5)
    axis.set_xlim(0, 1)
    axis.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axis.set_xlabel("share of papers; the number is how many", fontsize=8, color=INK)
    figure.legend(loc="outside upper right", ncols=6, fontsize=7.5, frameon=False, labelcolor=INK, handlelength=1.4)
    return figure


def _fill(stage: str) -> dict[str, Any]:
    if not stage:
        return {"color": PAPER, "edgecolor": QUIET, "linewidth": 0.8, "label": "wholly right"}
    number = STAGES.index(stage)
    look = {"color": _BEGAN[number], "edgecolor": PAPER, "linewidth": 0.8}
    return look | {"hatch": _HATCH[number], "label": stage}


def _number(axis: "Axes", x: float, y: float, number: int) -> None:
    box = {"boxstyle": "round,pad=0.15", "facecolor": PAPER, "edgecolor": "none"}
    axis.text(x, y, str(number), ha="center", va="center", fontsize=7.5, color=INK, bbox=box)
