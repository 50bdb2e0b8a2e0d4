"""Panels over the years with one scale, and the crossing of patterns and steps."""

from matplotlib.figure import Figure

from ptmreuse.reporting.count_figures import crossed, over_years


def test_a_panel_for_each_kind_on_one_scale() -> None:
    figure = over_years({"a": {2020: 3, 2022: 1}, "b": {2021: 9}, "c": {}, "d": {2021: 7}}, "instances")
    panels = figure.axes[:4]
    assert [axis.get_title("left") for axis in panels] == ["a", "b", "c", "d"]
    assert [axis.get_title("right") for axis in panels] == ["4 · 20 %", "9 · 45 %", "0 · 0 %", "7 · 35 %"]
    assert [[bar.get_height() for bar in axis.patches] for axis in panels] == [[3, 1], [9], [], [7]]  # type: ignore[attr-defined]
    assert len({axis.get_ylim() for axis in panels}) == len({axis.get_xlim() for axis in panels}) == 1
    assert not figure.axes[4].axison


def field(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_numbers_stand_in_their_fields_and_sums_at_the_edges() -> None:
    figure = crossed(["adaptation", "open"], ["test", "open"], [[1200, 2], [3, 4]], "instances", "open")
    assert field(figure) == ["1,200", "2", "3", "4"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["adaptation  1,202", "open  7"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["test\n1,203", "open\n6"]
    assert len(figure.axes[0].patches) == 1  # what is open is not shaded
