"""Cost beside accuracy."""

import pytest

from ptmreuse.evaluation.drawing import svg
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.pareto import Point, figure, front


@pytest.mark.parametrize(
    ("costs", "values", "on"),
    [
        ([1, 2, 3], [0.5, 0.6, 0.7], [0, 1, 2]),
        ([3, 2, 1], [0.7, 0.6, 0.5], [2, 1, 0]),
        ([1, 2, 3], [0.7, 0.6, 0.8], [0, 2]),
        ([1, 1, 2], [0.5, 0.6, 0.6], [1]),
        ([0, 0], [0.5, 0.5], [0]),
        ([], [], []),
    ],
)
def test_front(costs: list[float], values: list[float], on: list[int]) -> None:
    assert front(costs, values) == on


def point(name: str, value: float, usd: float | None, seconds: float = 1.0) -> Point:
    return Point(name, Measure(value, value - 0.1, value + 0.1, 40), usd, seconds)


def test_two_panels_where_a_price_is_known() -> None:
    several = [
        point("free", 0.5, 0.0, 0.1),
        point("dear", 0.9, 40.0, 3),
        point("dearer", 0.8, 4000.0, 2),
        point("own", 0.7, None),
    ]
    drawn = figure(several, "papers wholly right")
    usd, seconds = drawn.axes
    assert {text.get_text() for text in usd.texts} == {"free", "dear", "dearer"}
    assert {text.get_text() for text in seconds.texts} == {"free", "dear", "dearer", "own"}
    assert "unknown: own" in usd.get_xlabel()
    assert [label.get_text() for label in usd.get_xticklabels()] == [
        "0",
        "50",
        "100",
        "200",
        "500",
        "1000",
        "2000",
        "5000",
    ]
    assert "unknown" not in seconds.get_xlabel()
    svg(drawn)


@pytest.mark.parametrize("usd", [None, 0.0])
def test_seconds_alone_where_nothing_costs_or_no_price_is_known(usd: float | None) -> None:
    drawn = figure([point("a", 0.5, usd), point("b", 0.6, usd)], "accuracy")
    assert len(drawn.axes) == 1
    assert "median seconds per paper" in drawn.axes[0].get_xlabel()


def test_names_of_equals_do_not_cover_each_other() -> None:
    (axis,) = figure([point(f"cell number {n}", 0.5, None) for n in range(5)], "accuracy").axes
    boxes = [text.get_window_extent() for text in axis.texts]
    assert not any(one.overlaps(other) for n, one in enumerate(boxes) for other in boxes[:n])
