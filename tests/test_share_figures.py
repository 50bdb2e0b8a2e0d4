"""Figures of shares show the shares, and nothing where there is none."""

from math import isnan

from matplotlib.figure import Figure

from ptmreuse.evaluation.measure import Measure
from ptmreuse.reporting.counts import share
from ptmreuse.reporting.share_figures import Share, by_group, by_year

YEARS = [Share("2019", share(1, 40)), Share("2020", Measure(None, None, None, 0)), Share("2022", share(5, 20))]


def texts(figure: Figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for axis in figure.axes for text in axis.texts]


def test_a_year_without_an_answer_breaks_the_line() -> None:
    figure = by_year(YEARS, "reuses a PTM")
    above, below = figure.axes
    years, values = (list(each) for each in above.lines[0].get_data())
    assert years == [2019, 2020, 2021, 2022]
    assert (values[0], values[3]) == (0.025, 0.25)
    assert all(isnan(value) for value in values[1:3])
    assert [bar.get_height() for bar in below.patches] == [40, 0, 20]  # type: ignore[attr-defined]


def test_few_papers_have_an_open_mark() -> None:
    marks = [line for line in by_year(YEARS, "x").axes[0].lines if line.get_marker() == "o"]
    assert [mark.get_markerfacecolor() == "#ffffff" for mark in marks] == [False, True]


def test_the_unknown_stands_last_and_others_by_share() -> None:
    shares = [Share("A", share(1, 40)), Share("field unknown", share(30, 40)), Share("B", share(20, 40))]
    figure = by_group(shares, "reuse a PTM")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["B", "A", "field unknown"]
    assert texts(figure) == ["40 papers"] * 3


def test_every_word_is_within_the_figure() -> None:
    names = ("Biochemistry, Genetics and Molecular Biology", "Neuroscience")
    figure = by_group([Share(name, share(400, 12_345)) for name in names], "reuse a PTM")
    figure.draw_without_rendering()
    width = figure.get_figwidth() * figure.dpi
    for text in (*figure.axes[0].texts, *figure.axes[0].get_yticklabels()):
        box = text.get_window_extent()
        assert 0 < box.x0 < box.x1 < width
