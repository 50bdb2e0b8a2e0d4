import pytest
from surveyed import papers

from ptmreuse.errors import UsageError
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.labelled_run import labelled_run


@pytest.mark.parametrize(
    ("doi", "source", "row"),
    [
        ("10.5555/1", "", 1),
        ("HTTPS://doi.org/10.5555/1", "", 1),
        ("", "in/2.xml", 2),
        ("", "2.xml", 2),
        ("10.9/unknown", "in/2.xml", 2),
        ("", f"{3:032x}", 3),
        ("", "copy.xml", 0),  # a duplicate: its original has the answers
        ("", "nowhere.xml", None),
        ("", "in/4.xml", None),  # unreadable
        ("", "same.xml", None),  # two papers have this name
    ],
)
def test_joined(doi: str, source: str, row: int | None) -> None:
    frame = papers(reuse=8)
    frame.loc[4, "reason"] = "malformed"
    frame.loc[[5, 6], "source"] = ["one/same.xml", "two.zip!same.xml"]
    frame.loc[7, ["source", "reason", "duplicate_of"]] = ["in/copy.xml", "duplicate", "in/0.xml"]
    run = labelled_run(frame, [HandLabel(doi, source, True, True)])
    assert len(run.papers) == 7
    assert list(run.labels) == ([] if row is None else [row])
    assert len(run.missing) == (row is None)


def test_a_paper_labelled_twice() -> None:
    twice = [HandLabel("10.5555/1", "", True, True), HandLabel("", "in/1.xml", True, False)]
    with pytest.raises(UsageError, match=r"in/1\.xml: labelled twice, also as 10\.5555/1"):
        labelled_run(papers(reuse=3), twice)


@pytest.mark.parametrize(("chances", "weighted"), [((0.5, 0.1), True), ((0.5, None), False), ((), False)])
def test_weighted_when_all_have_their_chance(chances: tuple[float | None, ...], weighted: bool) -> None:
    told = [HandLabel(f"10.5555/{n}", "", True, True, probability=chance) for n, chance in enumerate(chances)]
    assert labelled_run(papers(reuse=3), told).weighted is weighted
