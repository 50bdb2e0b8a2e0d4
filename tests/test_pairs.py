"""Papers of two runs side by side."""

from pathlib import Path

from ledgers import NEITHER, one, wrote

from program.paper import Paper
from ptmreuse.reporting.pairs import Matched, matched
from ptmreuse.reporting.record import record


def both(tmp_path: Path, a: list[Paper], b: list[Paper], unreadable: tuple[str, ...] = ()) -> Matched:
    runs = [wrote(tmp_path / name, [(paper, NEITHER) for paper in papers]) for name, papers in (("a", a), ("b", b))]
    wrote(runs[1], unreadable=unreadable)
    return matched(*map(record, runs))


def sources(found: Matched) -> list[tuple[str, str]]:
    return [(pair.a.source, pair.b.source) for pair in found.pairs]


def test_the_same_text_the_same_doi_the_same_source(tmp_path: Path) -> None:
    a = [
        one(1),
        one(2, doi="10.5555/Two"),
        one(3, doi="", source="in/three.xml"),
        one(4, doi="", source="in/only-a.xml"),
    ]
    b = [
        one(9, doi="", source="in/three.xml"),
        one(1, source="moved/1.xml"),
        one(8, doi="10.5555/two", source="moved/2.xml"),
        one(7, doi="", source="in/only-b.xml"),
    ]
    found = both(tmp_path, a, b)
    assert sources(found) == [
        ("in/1.xml", "moved/1.xml"),
        ("in/2.xml", "moved/2.xml"),
        ("in/three.xml", "in/three.xml"),
    ]
    assert [told.source for told in (*found.only_a, *found.only_b)] == ["in/only-a.xml", "in/only-b.xml"]


def test_the_text_goes_before_the_source(tmp_path: Path) -> None:
    swapped = [one(1, doi="", source="in/2.xml"), one(2, doi="", source="in/1.xml")]
    found = both(tmp_path, [one(1, doi=""), one(2, doi="")], swapped)
    assert sources(found) == [("in/1.xml", "in/2.xml"), ("in/2.xml", "in/1.xml")]
    assert not found.only_a
    assert not found.only_b


def test_papers_without_title_and_doi_are_not_the_same(tmp_path: Path) -> None:
    found = both(tmp_path, [one(1, doi="", source="x.xml")], [], unreadable=("y.xml", "x.xml"))
    assert sources(found) == [("x.xml", "x.xml")]
    assert [told.source for told in found.only_b] == ["y.xml"]
    assert found.pairs[0].title == "Leaves of species 1"


def test_nothing_in_common(tmp_path: Path) -> None:
    found = both(tmp_path, [], [one(1)])
    assert (found.pairs, len(found.only_a), len(found.only_b)) == ((), 0, 1)
