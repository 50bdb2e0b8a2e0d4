"""What is wrong with a label file, and what is odd."""

import json
from pathlib import Path
from typing import Any

import pytest

from ptmreuse.labelling.checking import checked_file

TEXT = "The segmentation network was a U-Net that we trained anew on our frames."


def labels(path: Path, *rows: dict[str, Any]) -> Path:
    """A file of rows, each of which is a good one but for what is given."""
    model = {"name": "U-Net", "patterns": ["conceptual"], "step": "test", "quote": TEXT[:60]}
    good = {"passages": [{"kind": "methods", "text": TEXT}], "uses_deep_learning": True, "reuses_ptm": True}
    made = [{"id": f"p{at}"} | good | {"models": [model | row.pop("model", {})]} | row for at, row in enumerate(rows)]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in made))
    return path


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([{}, {"id": "p0"}], "line 2: p0 is labelled in line 1 already"),
        (
            [{"model": {"quote": "The network of ours was something else."}}],
            "line 1: models[0].quote = 'The network of",
        ),
        ([{"model": {"step": "supper"}}], "line 1: models[0].step = 'supper'"),
        ([{"models": []}], "line 1: models must be given when reuses_ptm is yes"),
        ([], "it holds no labelled paper"),
    ],
)
def test_faults(rows: list[dict[str, Any]], fault: str, tmp_path: Path) -> None:
    found = checked_file(labels(tmp_path / "labels.jsonl", *rows))
    assert len(found.faults) == 1
    assert found.faults[0].startswith(fault)


@pytest.mark.parametrize(
    ("row", "remark"),
    [
        ({"model": {"quote": ""}}, "line 1: models[0] of p0, U-Net, has no quote"),
        ({"model": {"name": "Zorbnet"}}, "line 1: models[0] of p0, Zorbnet, is not in the catalogue"),
        ({"model": {"name": "UNet"}}, "line 1: models[0] of p0, UNet, is U-Net in the catalogue"),
        ({"model": {"step_debatable": True}}, "line 1: models[0] of p0, U-Net: its step is marked as debatable"),
        ({"reuses_ptm": False, "models": []}, "line 1: uses_deep_learning of p0 is yes without a quote"),
    ],
)
def test_remarks(row: dict[str, Any], remark: str, tmp_path: Path) -> None:
    found = checked_file(labels(tmp_path / "labels.jsonl", row))
    assert (found.papers, found.faults, found.remarks) == (1, (), (remark,))


def test_a_good_file_has_neither(tmp_path: Path) -> None:
    found = checked_file(labels(tmp_path / "labels.jsonl", {}, {}))
    assert (found.papers, found.faults, found.remarks) == (2, (), ())
