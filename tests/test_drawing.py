"""How every figure looks: no state of its own left behind, and colours that take those of a page."""

import matplotlib as mpl
from matplotlib.figure import Figure

from ptmreuse.evaluation.drawing import INK, inline, literal, plain, png, settled, svg


def drawn(title: str = "accuracy") -> Figure:
    figure = Figure(layout="constrained")
    axis = figure.subplots()
    axis.set_title(literal(title), color=INK)
    plain(axis)
    return settled(figure)


def test_files() -> None:
    before = dict(mpl.rcParams)
    figure = drawn()
    assert png(figure).startswith(b"\x89PNG")
    assert svg(figure) == svg(drawn())
    assert ">accuracy</text>" in svg(figure)
    assert dict(mpl.rcParams) == before


def test_an_element_of_a_page() -> None:
    element = inline(svg(drawn()), 'a "label" <b>')
    assert element.startswith('<svg role="img" aria-label="a &quot;label&quot; &lt;b&gt;"')
    assert INK not in element
    assert "currentColor" in element
    assert not any(word in element for word in ("<?xml", "<!DOCTYPE", "<metadata", "<style", "http://purl", '<g id="'))


def test_a_dollar_is_a_dollar_and_markup_is_text() -> None:
    text = svg(drawn(r"$x$ costs $5 & </text><script>"))
    assert "$x$ costs $5 &amp; &lt;/text&gt;&lt;script&gt;" in text
