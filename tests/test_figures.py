"""The figures of an evaluation, by what is drawn in them."""

from program.answers import STAGES
from ptmreuse.evaluation import figures
from ptmreuse.evaluation.drawing import svg
from ptmreuse.evaluation.measure import Measure

CELLS = ["a · $one", "b · two"]


def test_accuracy_has_a_dot_and_an_interval_per_cell_and_view() -> None:
    known, bare, nothing = Measure(0.8, 0.6, 0.9, 40), Measure(0.5, None, None, 40), Measure(None, None, None, 0)
    values = {stage: {"isolated": [known, bare], "end-to-end": [None, nothing]} for stage in STAGES}
    figure = figures.accuracy(CELLS, values)  # type: ignore[arg-type]
    assert [axis.get_title(loc="left") for axis in figure.axes] == list(STAGES)
    lines = [line.get_xydata().tolist() for line in figure.axes[0].lines]  # type: ignore[union-attr]
    assert [[x for x, _ in line] for line in lines] == [[0.6, 0.9], [0.8], [0.5]]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["a · \\$one", "b · two"]
    assert ">a · $one</text>" in svg(figure)


def test_a_confusion_holds_its_numbers() -> None:
    figure = figures.confusion("step", ["test", "analysis"], ["test", "unresolved"], [[3, 1], [0, 2]])
    (axis,) = figure.axes
    assert [text.get_text() for text in axis.texts] == ["3", "1", "2"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["test (4)", "analysis (2)"]
    assert len(axis.patches) == 4  # three fields, and the outline of what is right
    assert "<image" not in svg(figure)


def test_origins_fill_the_whole_bar() -> None:
    began = {CELLS[0]: {"": 6, "names_ptms": 4}, CELLS[1]: {"": 0, "uses_deep_learning": 10}}
    figure = figures.origins(CELLS, began)
    widths = dict.fromkeys(CELLS, 0.0)
    for container in figure.axes[0].containers:
        for cell, bar in zip(CELLS, container, strict=True):
            widths[cell] += bar.get_width()
    assert widths == {CELLS[0]: 1.0, CELLS[1]: 1.0}
    assert [text.get_text() for text in figure.axes[0].texts] == ["6", "10", "4"]


def test_origins_of_no_paper() -> None:
    figures.origins(["a"], {"a": {}}).draw_without_rendering()
