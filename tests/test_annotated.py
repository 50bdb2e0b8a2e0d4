"""Label files by annotator, and rows back to a file."""

import json
from pathlib import Path

import pytest
from annotators import row

from ptmreuse.errors import UsageError
from ptmreuse.labelling.annotated import by_annotator, jsonl, numbered, write_new

ROWS = [row("p1", "U-Net|conceptual|test"), row("p2", deep=False)]


def test_a_file_is_its_annotators(tmp_path: Path) -> None:
    for name in ("labels.ann.jsonl", "ben.jsonl"):
        write_new(tmp_path / name, jsonl(ROWS))
    assert by_annotator([tmp_path / "labels.ann.jsonl", tmp_path / "ben.jsonl"]) == {"ann": ROWS, "ben": ROWS}


def test_two_files_of_one_name_are_two_annotators(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "labels.jsonl" for folder in ("a", "b")]
    for path in paths:
        path.parent.mkdir()
        write_new(path, jsonl(ROWS))
    assert list(by_annotator(paths)) == [str(path) for path in paths]


def test_a_csv_and_a_second_readers_file_will_do(tmp_path: Path) -> None:
    (tmp_path / "ann.csv").write_text(
        "doi,uses_deep_learning,reuses_ptm,models\n10.1/a,yes,yes,U-Net|conceptual|test\n"
    )
    (tmp_path / "ben.jsonl").write_text('{"id": "p", "uses_deep_learning": true, "reuses_ptm": false, "doubt": "?"}\n')
    found = by_annotator([tmp_path / "ann.csv", tmp_path / "ben.jsonl"])
    assert [rows[0].key for rows in found.values()] == ["10.1/a", "p"]
    assert numbered(tmp_path / "ben.jsonl", strict=True)[1] == ["line 1: doubt = '?': Extra inputs are not permitted"]


def test_every_faulty_row_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ann.jsonl"
    path.write_text("{\n" + json.dumps({"id": "p", "uses_deep_learning": "perhaps", "reuses_ptm": False}) + "\n")
    with pytest.raises(UsageError) as caught:
        by_annotator([path])
    assert "line 1: not JSON" in str(caught.value)
    assert "line 2: uses_deep_learning.answer = 'perhaps'" in str(caught.value)


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "ann.jsonl").write_text("labels")
    with pytest.raises(UsageError, match="is there already"):
        write_new(tmp_path / "ann.jsonl", "")
    assert (tmp_path / "ann.jsonl").read_text() == "labels"


def test_a_file_that_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        numbered(tmp_path / "none.jsonl")
