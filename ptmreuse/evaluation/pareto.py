"""Cost beside accuracy, with the front: the cells that no other cell beats at the same or a lower price."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from ptmreuse.evaluation.drawing import BLUE, INK, PAPER, QUIET, RULE, literal, plain
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.numerals import decimal

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox

_MARKS = 7  # on an axis of prices
_LIFTS = (-8, -19, 5, -30, 16, -41, 27, -52)  # points above the dot; below it the front never crosses a name


@dataclass(frozen=True, slots=True)
class Point:
    """A cell: its name, its accuracy with interval, and what it costs.

    `usd` is per 1,000 papers, None where the price is not known; `seconds` are the median of a paper.
    """

    name: str
    accuracy: Measure
    usd: float | None
    seconds: float | None


def front(costs: Sequence[float], values: Sequence[float]) -> list[int]:
    """Which of the pairs lie on the front, the cheapest first; of equals the first."""
    kept: list[int] = []
    for at in sorted(range(len(costs)), key=lambda n: (costs[n], -values[n])):
        if not kept or values[at] > values[kept[-1]]:
            kept.append(at)
    return kept


def figure(points: Sequence[Point], what: str) -> "Figure":
    """USD per 1,000 papers where a price is known of one that is not free, and seconds per paper of all."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    known = [point for point in points if point.accuracy.value is not None]
    panels = [("median seconds per paper", [(p.seconds, p) for p in known])]
    if any(point.usd for point in known):
        panels.insert(0, ("USD per 1,000 papers", [(p.usd, p) for p in known]))
    drawn = Figure(figsize=(5.2 * len(panels), 3.9), layout="constrained")
    axes = drawn.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    axes[0].set_ylabel(f"{what}, with its 95 % interval", fontsize=8, color=INK)
    axes[0].yaxis.set_major_formatter(FuncFormatter(lambda value, _: decimal(value, 1)))
    placed = []
    for axis, (price, pairs) in zip(axes, panels, strict=True):
        priced = [(cost, point) for cost, point in pairs if cost is not None]
        _panel(axis, price, priced, [point.name for cost, point in pairs if cost is None])
        placed.append((axis, priced))
    drawn.draw_without_rendering()  # sets the layout, which says where names overlap
    for axis, priced in placed:
        _names(axis, priced)
    return drawn


def _panel(axis: "Axes", price: str, pairs: Sequence[tuple[float, Point]], unknown: Sequence[str]) -> None:
    plain(axis)
    axis.grid(axis="y", color=RULE, linewidth=0.8)
    costs, values = [cost for cost, _ in pairs], [point.accuracy.value or 0.0 for _, point in pairs]
    best = front(costs, values)
    _price_axis(axis, costs)
    steps = ([costs[n] for n in best], [values[n] for n in best])
    axis.plot(*steps, color=BLUE, linewidth=1, linestyle="--", drawstyle="steps-post", zorder=1)
    for number, (cost, point) in enumerate(pairs):
        _point(axis, cost, point, number in best)
    note = f"{price}; filled: no other is as good for less"
    axis.set_xlabel(
        note + (f"\nprice unknown: {', '.join(map(literal, unknown))}" if unknown else ""), fontsize=8, color=INK
    )


def _price_axis(axis: "Axes", costs: Sequence[float]) -> None:
    """A log scale that has room for nothing: 0 stands left of the cheapest."""
    least = min((cost for cost in costs if cost > 0), default=1.0)
    most = max([*costs, least])
    axis.set_xscale("symlog", linthresh=least / 2, linscale=0.5)
    axis.set_xlim(-least / 8 if 0 in costs else least / 1.6, most * 4 * (most / least) ** 0.3)
    marks = _round_numbers(least / 1.5, most * 2)
    axis.set_xticks(
        [0, *marks] if 0 in costs else marks, [f"{mark:g}" for mark in ([0, *marks] if 0 in costs else marks)]
    )
    axis.set_xticks([], minor=True)


def _round_numbers(low: float, high: float) -> list[float]:
    """1, 2 and 5 in every decade of a range; only 1 where these would be many."""
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    fine = [digit * 10.0**decade for decade in decades for digit in (1, 2, 5)]
    kept = [number for number in fine if low <= number <= high]
    return kept if len(kept) <= _MARKS else [10.0**decade for decade in decades if low <= 10.0**decade <= high]


def _point(axis: "Axes", cost: float, point: Point, best: bool) -> None:
    accuracy = point.accuracy
    if accuracy.low is not None and accuracy.high is not None:
        axis.plot([cost] * 2, [accuracy.low, accuracy.high], color=QUIET, linewidth=1, zorder=2)
    face = BLUE if best else PAPER
    axis.plot([cost], [accuracy.value or 0.0], "o", color=BLUE, markerfacecolor=face, markersize=6, zorder=3)


def _names(axis: "Axes", pairs: Sequence[tuple[float, Point]]) -> None:
    """Each name beside its dot, moved up or down until it covers no other name."""
    taken: list[Bbox] = []
    for cost, point in sorted(pairs, key=lambda pair: -(pair[1].accuracy.value or 0)):
        for lift in _LIFTS:
            text = axis.annotate(
                literal(point.name), (cost, point.accuracy.value or 0.0), (7, lift), textcoords="offset points",
                fontsize=7.5, color=INK, va="center",
            )  # fmt: skip
            box = text.get_window_extent()
            if not any(box.overlaps(other) for other in taken) or lift == _LIFTS[-1]:
                taken.append(box)
                break
            text.remove()
