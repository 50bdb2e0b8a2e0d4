"""Figures of models: bars, curves and lags say their numbers."""

from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.text import Text

from ptmreuse.reporting.model_figures import Reused, adoption, lag, top


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_a_bar_is_as_long_as_its_papers() -> None:
    figure = top([Reused("ResNet-50", 1200, 1300), Reused("$BERT$", 7, 7)])
    assert [bar.get_width() for bar in figure.axes[0].patches] == [1200, 7]  # type: ignore[attr-defined]
    assert texts(figure) == ["1,200", "1,300", "7", "7", "instances"]
    figure.draw_without_rendering()  # a dollar sign in a name begins no formula


def test_curves_add_up_from_the_year_before_the_first_reuse() -> None:
    figure = adoption({"A": {2020: 2, 2022: 3}, "B": {2021: 5}}, range(2018, 2024))
    lines = [[list(each) for each in line.get_data()] for line in figure.axes[0].lines]
    assert lines == [[[2019, 2020, 2021, 2022, 2023], [0, 2, 2, 5, 5]], [[2020, 2021, 2022, 2023], [0, 5, 5, 5]]]


def test_names_of_curves_that_end_together_stand_apart() -> None:
    figure = adoption({name: {2020: 10} for name in "ABCDEF"}, range(2018, 2022))
    figure.draw_without_rendering()
    boxes = sorted((Text.get_window_extent(text) for text in figure.axes[0].texts), key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))


def test_every_curve_has_a_mark_and_a_line_of_its_own() -> None:
    figure = adoption({name: {2020: n} for n, name in enumerate("ABCDEF", 1)}, range(2018, 2022))
    looks = [(line.get_marker(), str(line.get_linestyle()), line.get_color()) for line in figure.axes[0].lines]
    assert len({look[0] for look in looks}) == len({look[2] for look in looks}) == len(looks)


def test_lags_before_the_publication_are_open() -> None:
    figure = lag([-1, 0, 0, 3], unknown=2)
    bars = {round(bar.get_x() + 0.39): bar.get_height() for bar in figure.axes[0].patches}  # type: ignore[attr-defined]
    assert bars == {-1: 1, 0: 2, 1: 0, 2: 0, 3: 1}
    assert texts(figure) == ["median 0 years"]
    assert figure.axes[0].get_xlabel().endswith("open: before it; 2 of unknown year left out")
