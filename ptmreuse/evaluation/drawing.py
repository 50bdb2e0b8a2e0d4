"""How every figure looks, and its files: ink, greys and marks that stay apart in grey and for the colour-blind."""

import io
import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#1b1f24"
QUIET = "#6b7280"
RULE = "#d9dce1"
PAPER = "#ffffff"
BLUE = "#0b5c8f"  # dark, and
ORANGE = "#e08a1e"  # light: apart in grey too

_OWN = {  # colours that a page has of its own, which are others in the dark
    INK: "currentColor",
    QUIET: "var(--quiet)",
    RULE: "var(--rule)",
    PAPER: "var(--card)",
    BLUE: "var(--blue)",
}
LONGEST = 44  # characters of a name
_DPI = 160
_UNWANTED = re.compile(r'<metadata>.*?</metadata>|<style.*?</style>|(?<=<g) id="[^"]*"', re.DOTALL)


def plain(axis: "Axes") -> None:
    """Axes without a frame, with faint lines across."""
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.spines["bottom"].set_color(QUIET)
    axis.tick_params(labelsize=8, colors=INK, length=0)
    axis.tick_params(axis="x", length=3, color=QUIET)
    axis.set_axisbelow(True)


def literal(text: str) -> str:
    """A text of somebody else's: in which no dollar sign begins a formula, and that leaves room for the figure."""
    half = LONGEST // 2
    short = text if len(text) <= LONGEST else f"{text[:half]}…{text[-half:]}"
    return short.replace("$", r"\$")


def png(figure: "Figure") -> bytes:
    """The figure as PNG."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, facecolor=PAPER)
    return file.getvalue()


def svg(figure: "Figure") -> str:
    """The figure as SVG without a date."""
    from matplotlib import rc_context

    file = io.StringIO()
    # Text stays text: it can be searched, and takes the colour of a page. The salt: the same figure, the same bytes.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "ptm-reuse"}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return file.getvalue()


def settled(figure: "Figure") -> "Figure":
    """The figure with its layout made once and kept, which is most of the time that a figure takes."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure


def inline(drawn: str, label: str) -> str:
    """An SVG file as an element of a page, in the colours of the page; `label` is read aloud."""
    element = _UNWANTED.sub("", drawn).partition("<svg")[2]
    for colour, own in _OWN.items():
        element = element.replace(colour, own)
    return f'<svg role="img" aria-label="{escape(label)}"{element}'
