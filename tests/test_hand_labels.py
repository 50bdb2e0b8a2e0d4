from pathlib import Path

import pytest
from labelling import trainset

from ptmreuse.errors import UsageError
from ptmreuse.reporting.hand_labels import HandLabel, bare_doi, hand_labels

NONE: frozenset[str] = frozenset()
ROWS = [
    ("10.1/A,,yes,yes,AlphaFold 2 | deployment | hypothesis; U-Net | conceptual+adaptation | test,0.5",
     HandLabel("10.1/a", "", True, True, frozenset({"deployment", "conceptual", "adaptation"}),
               frozenset({"hypothesis", "test"}), 0.5)),
    ("https://doi.org/10.1/b,,no,,,0.02", HandLabel("10.1/b", "", False, False, NONE, NONE, 0.02)),
    (",z.zip!7.xml,true,false,,", HandLabel("", "z.zip!7.xml", True, False, NONE, NONE)),
    (",c.xml,,yes,,1", HandLabel("", "c.xml", True, True, None, None, 1.0)),
    (",d.xml,yes,,,", HandLabel("", "d.xml", True, None, None, None)),
]  # fmt: skip
HEADING = "doi,source,uses_deep_learning,reuses_ptm,models,probability\n"


def written(folder: Path, text: str, name: str = "labels.csv") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(("row", "label"), ROWS)
def test_a_row_of_a_csv(tmp_path: Path, row: str, label: HandLabel) -> None:
    assert hand_labels(written(tmp_path, f"{HEADING}{row}\n")) == [label]


def test_rows_that_are_not_filled_in_and_other_columns_are_left_alone(tmp_path: Path) -> None:
    heading = "\ufefftitle,doi,stratum,uses_deep_learning,reuses_ptm,probability"
    text = f"{heading}\nLeaves,10.1/a,s1,,,0.5\nRoots,10.1/b,s2,no,no,0.5\n"
    assert [label.doi for label in hand_labels(written(tmp_path, text))] == ["10.1/b"]


def test_jsonl(tmp_path: Path) -> None:
    text = '{"doi": "10.1/a", "uses_deep_learning": {"answer": true}, "reuses_ptm": false, "probability": 0.25}\n'
    assert hand_labels(written(tmp_path, text, "labels.jsonl")) == [
        HandLabel("10.1/a", "", True, False, NONE, NONE, 0.25)
    ]


def test_a_trainset_of_ours_needs_no_copies(tmp_path: Path) -> None:
    found = hand_labels(str(trainset(tmp_path / "papers.jsonl", train=4, val=0, test=0)))
    assert [(each.source, each.reuses_ptm) for each in found] == [
        ("p000", True), ("p001", True), ("p002", False), ("p003", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("10.1/a,,perhaps,no,,0.5", "line 2: uses_deep_learning.answer = 'perhaps'"),
        ("10.1/a,,yes,no,,1.5", "line 2: probability = '1.5'"),
        ("10.1/a,,yes,no,,0", "line 2: probability = '0'"),
        ("10.1/a,,no,yes,,0.5", "line 2: reuses_ptm is yes and uses_deep_learning no"),
        (",,yes,no,,0.5", "line 2: give the doi or source of the paper"),
        ("10.1/a,,yes,yes,AlphaFold 2,0.5", "line 2: models = 'AlphaFold 2'"),
        ("10.1/a,,,,,0.5", "no paper is labelled in it"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, row: str, told: str) -> None:
    with pytest.raises(UsageError, match=r"labels\.csv") as raised:
        hand_labels(written(tmp_path, f"{HEADING}{row}\n"))
    assert told in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv: can't be read"):
        hand_labels(str(tmp_path / "none.csv"))


@pytest.mark.parametrize("doi", ["10.1/A", "https://doi.org/10.1/a", "http://dx.doi.org/10.1/a", "doi:10.1/a "])
def test_dois_are_compared_bare(doi: str) -> None:
    assert bare_doi(doi) == "10.1/a"
