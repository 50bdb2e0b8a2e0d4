"""The flow diagram holds the flow's numbers, inside its boxes."""

import re
from itertools import pairwise

from matplotlib.figure import Figure

from ptmreuse.reporting.flow_diagram import diagram, steps
from ptmreuse.reporting.paper_flow import Flow, Gate

MANY = {f"reason_{n}": 10 - n for n in range(9)}
FLOW = Flow(
    found=20_140, duplicates=80, unreadable={"malformed": 40, "empty_body": 20}, read=20_000,
    gates=(
        Gate("uses_deep_learning", 20_000, 4_000, 15_000, MANY, 1_000 - sum(MANY.values())),
        Gate("reuses_ptm", 4_000, 3_000, 1_000, {}, 0),
        Gate("names_ptms", 3_000, 2_900, 0, {"no_model_named": 100}, 0),
        Gate("reuse_pattern", 2_900, 2_800, 0, {"unparsable": 100}, 0),
        Gate("science_step", 2_900, 2_900, 0, {}, 0),
    ),
    models=4_321, instances=4_500, open_patterns=123, open_steps=0,
)  # fmt: skip
NONE = Flow(0, 0, {}, 0, tuple(Gate(gate.stage, 0, 0, 0, {}, 0) for gate in FLOW.gates), 0, 0, 0, 0)


def written(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts if text.get_text()]


def test_what_the_boxes_say() -> None:
    assert written(diagram(FLOW)) == [
        "20,140 sources found", "80 duplicates", "60 unreadable", "40 malformed", "20 empty body",
        "20,000 papers read", "15,000 without deep learning", "54 unresolved", "10 reason 0", "9 reason 1",
        "8 reason 2", "7 reason 3", "6 reason 4", "14 for 4 other reasons", "946 not asked",
        "4,000 papers use deep learning", "1,000 without a published model",
        "3,000 papers reuse a PTM", "100 unresolved", "100 no model named",
        "2,900 papers with 4,321 named models", "2,800 with every pattern known", "2,900 with every step known",
        "100 papers with 123 models whose pattern is open",
    ]  # fmt: skip


def number(line: str) -> int:
    return int(re.sub(r"\D", "", line.split()[0]))


def test_those_who_stay_and_those_who_leave_are_those_who_came() -> None:
    boxes = steps(FLOW)
    for before, after in pairwise(boxes):
        gone = sum(number(line) for line in before.beside if not line.startswith(" "))
        assert number(before.stays[0]) == number(after.stays[0]) + gone


def test_every_line_stands_inside_its_box() -> None:
    figure = diagram(FLOW)
    figure.draw_without_rendering()
    boxes = [patch.get_window_extent() for patch in figure.axes[0].patches]
    for text in figure.axes[0].texts:
        if text.get_text():
            own = text.get_window_extent()
            assert any(box.x0 < own.x0 and own.x1 < box.x1 and box.y0 < own.y0 and own.y1 < box.y1 for box in boxes)


def test_a_run_without_papers_has_a_diagram() -> None:
    assert written(diagram(NONE))[0] == "0 sources found"
