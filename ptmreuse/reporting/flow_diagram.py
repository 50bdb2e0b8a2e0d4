"""The flow diagram, after PRISMA: on the left the papers that go on, on the right those that leave, and why."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ptmreuse.evaluation.drawing import BLUE, INK, PAPER, QUIET
from ptmreuse.reporting.gathered import Gathered
from ptmreuse.reporting.paper_flow import Flow, Gate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE, _PAD, _GAP = 0.19, 0.1, 0.24  # inches: a line of text, above and below it, between boxes
_BETWEEN = 0.55  # inches between the two columns
_LETTER = 0.082  # inches, a wide one
_REASONS = 6  # reasons of one box; the others are summed


class Step(NamedTuple):
    """A box of papers that go on, in lines, and the lines of the box beside it: those that leave there, or a remark."""

    stays: Sequence[str]
    beside: Sequence[str]
    leave: bool = True


def steps(flow: Flow) -> list[Step]:
    """What the boxes say: every number is one of the flow's, or a sum of them."""
    first, second, third, *later = flow.gates
    gone = [*_one(flow.duplicates, "duplicates"), *_unresolved(flow.unreadable, "unreadable")]
    return [
        *(_gathered(flow.gathered, flow.found) if flow.gathered else ()),
        Step([f"{flow.found:,} sources found"], gone),
        Step([f"{flow.read:,} papers read"], _leaving(first, "without deep learning")),
        Step([f"{first.yes:,} papers use deep learning"], _leaving(second, "without a published model")),
        Step([f"{second.yes:,} papers reuse a PTM"], _leaving(third, "")),
        Step(
            [f"{third.yes:,} papers with {flow.models:,} named models", *_answered(later)],
            _open(flow, later),
            leave=False,
        ),
    ]


def _gathered(told: Gathered, sources: int) -> list[Step]:
    """What was before the first source; a box that nobody leaves is left out."""
    left = [*_unresolved(told.unfit, "not asked for"), *_one(told.not_drawn, "not drawn")]
    without = _unresolved(told.without_text, "without an open full text")
    without += _one(max(0, told.texts - sources), "not in this run")
    made = [Step([f"{told.found:,} papers found by the searches"], left or without)]
    return [*made, Step([f"{told.asked_for:,} papers asked for"], without)] if left else made


def _one(number: int, words: str) -> list[str]:
    return [f"{number:,} {words}"] if number else []


def _unresolved(reasons: Mapping[str, int], words: str) -> list[str]:
    if not reasons:
        return []
    listed = list(reasons.items())
    shown, rest = (listed, []) if len(listed) <= _REASONS else (listed[: _REASONS - 1], listed[_REASONS - 1 :])
    lines = [f"    {number:,} {reason.replace('_', ' ')}" for reason, number in shown]
    lines += [f"    {sum(number for _, number in rest):,} for {len(rest)} other reasons"] if rest else []
    return [f"{sum(reasons.values()):,} {words}", *lines]


def _leaving(gate: Gate, words: str) -> list[str]:
    return [
        *_one(gate.no, words),
        *_unresolved(gate.unresolved, "unresolved"),
        *_one(gate.not_asked, "not asked"),
    ]


def _answered(gates: Sequence[Gate]) -> list[str]:
    words = {"reuse_pattern": "every pattern known", "science_step": "every step known"}
    return [f"    {gate.yes:,} with {words[gate.stage]}" for gate in gates]


def _open(flow: Flow, gates: Sequence[Gate]) -> list[str]:
    """Papers do not leave here; what is open of them is told."""
    opened = {"reuse_pattern": ("pattern", flow.open_patterns), "science_step": ("step", flow.open_steps)}
    lines = []
    for gate in gates:
        kind, models = opened[gate.stage]
        if gate.came > gate.yes:
            lines.append(f"{gate.came - gate.yes:,} papers with {models:,} models whose {kind} is open")
    return lines


def diagram(flow: Flow) -> "Figure":
    """The boxes with arrows."""
    from matplotlib.figure import Figure

    made = steps(flow)
    heights = [max(_height(step.stays), _height(step.beside)) for step in made]
    left, right = (_width(boxes) for boxes in zip(*((step.stays, step.beside) for step in made), strict=True))
    width, height = left + _BETWEEN + right, sum(heights) + _GAP * (len(made) - 1)
    figure = Figure(figsize=(width + 0.1, height + 0.1))
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set_xlim(-0.05, width + 0.05)
    axis.set_ylim(height + 0.05, -0.05)
    axis.set_axis_off()
    top, before = 0.0, 0.0
    for number, (step, tall) in enumerate(zip(made, heights, strict=True)):
        middle = top + tall / 2
        half = _height(step.stays) / 2
        if number:
            _arrow(axis, (left / 2, before), (left / 2, middle - half))
        _box(axis, 0, middle, left, step.stays, stays=True)
        if step.beside:
            _arrow(axis, (left, middle), (left + _BETWEEN, middle), "-|>" if step.leave else "-")
            _box(axis, left + _BETWEEN, middle, right, step.beside, stays=False)
        top, before = top + tall + _GAP, middle + half
    return figure


def _height(lines: Sequence[str]) -> float:
    return _LINE * len(lines) + 2 * _PAD if lines else 0.0


def _width(boxes: Sequence[Sequence[str]]) -> float:
    return 0.3 + _LETTER * max((len(line) for box in boxes for line in box), default=0)


def _box(axis: "Axes", left: float, middle: float, width: float, lines: Sequence[str], *, stays: bool) -> None:
    from matplotlib.patches import Rectangle

    tall = _height(lines)
    edge = BLUE if stays else QUIET
    look = {"facecolor": PAPER, "edgecolor": edge, "linewidth": 1.4 if stays else 0.8}
    axis.add_patch(Rectangle((left, middle - tall / 2), width, tall, **look))  # type: ignore[arg-type]
    for number, line in enumerate(lines):
        at = middle - tall / 2 + _PAD + _LINE * (number + 0.5)
        indent = 0.2 if line.startswith(" ") else 0.0
        weight = "bold" if stays and not indent else "normal"
        ink = QUIET if indent else INK
        axis.text(left + 0.12 + indent, at, line.strip(), va="center", fontsize=8.5, color=ink, fontweight=weight)


def _arrow(axis: "Axes", start: tuple[float, float], end: tuple[float, float], style: str = "-|>") -> None:
    arrow = {"arrowstyle": style, "color": QUIET, "linewidth": 1.0, "shrinkA": 0, "shrinkB": 0}
    axis.annotate("", end, start, arrowprops=arrow)
