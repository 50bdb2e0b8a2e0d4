"""Figures of counted instances: a panel per pattern or step over the years, and patterns by steps."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING

from ptmreuse.evaluation.drawing import BLUE, INK, QUIET, RULE, plain
from ptmreuse.reporting.share_figures import whole_years

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_ACROSS = 3  # panels in a row


def over_years(counts: Mapping[str, Mapping[int, int]], unit: str) -> "Figure":
    """A panel of bars for each kind, with the same axes: `counts` has the number of each year by kind."""
    from matplotlib.figure import Figure

    down = ceil(len(counts) / _ACROSS)
    figure = Figure(figsize=(7.4, 1.55 * down + 0.6), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.06)  # type: ignore[union-attr, call-arg]
    axes = figure.subplots(down, _ACROSS, sharex=True, sharey=True, squeeze=False).ravel()
    whole = sum(number for by_year in counts.values() for number in by_year.values())
    years = sorted({year for by_year in counts.values() for year in by_year})
    for axis, (kind, by_year) in zip(axes, counts.items(), strict=False):
        axis.bar(list(by_year), list(by_year.values()), width=0.72, color=BLUE, linewidth=0)
        number = sum(by_year.values())
        axis.set_title(kind, fontsize=9, color=INK, loc="left", fontweight="bold")
        axis.set_title(f"{number:,} · {100 * number / (whole or 1):.0f} %", fontsize=8, color=QUIET, loc="right")
        plain(axis)
        axis.grid(axis="y", color=RULE, linewidth=0.8)
    for axis in axes[len(counts) :]:
        axis.set_axis_off()
    if years:
        whole_years(axes[0], years, most=4)
    figure.supylabel(unit, fontsize=8, color=INK)
    return figure


def crossed(
    down: Sequence[str], across: Sequence[str], counts: Sequence[Sequence[int]], what: str, unknown: str = ""
) -> "Figure":
    """Patterns down, steps across, each field shaded by its number, which stands in it; sums at the edges.

    What is `unknown` is not shaded.
    """
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    blues = LinearSegmentedColormap.from_list("blues", ["#e3edf5", "#8fb8d6", "#0b5c90"])
    figure = Figure(figsize=(0.86 * len(across) + 1.9, 0.56 * len(down) + 1.2), layout="constrained")
    axis = figure.subplots()
    told = [(y, x) for y in range(len(down)) for x in range(len(across)) if unknown not in (down[y], across[x])]
    most = max((counts[y][x] for y, x in told), default=0) or 1
    for y, row in enumerate(counts):
        for x, number in enumerate(row):
            shade = 0.0 if unknown in (down[y], across[x]) else number / most
            if shade:
                axis.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=blues(shade), linewidth=0))
            ink = QUIET if not shade else "#fffffe" if shade > 0.62 else "#1b1f25"  # on a field, not of the page
            axis.text(x, y, f"{number:,}", ha="center", va="center", fontsize=9, color=ink)
    sums = [sum(column) for column in zip(*counts, strict=True)]
    axis.set_xlim(-0.5, len(across) - 0.5)
    axis.set_ylim(len(down) - 0.5, -0.5)
    axis.set_xticks(range(len(across)), [f"{name}\n{number:,}" for name, number in zip(across, sums, strict=True)])
    axis.set_yticks(range(len(down)), [f"{name}  {sum(row):,}" for name, row in zip(down, counts, strict=True)])
    axis.xaxis.tick_top()
    axis.tick_params(length=0, labelsize=8.5, colors=INK)
    axis.spines[:].set_visible(False)
    axis.set_xlabel(what, fontsize=8, color=QUIET)
    return figure
