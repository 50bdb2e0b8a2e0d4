"""`ptmreuse labels`: what it prints, what it writes, its exit codes."""

import json
from pathlib import Path

import pytest
from annotators import row

from ptmreuse import cli
from ptmreuse.labelling.annotated import by_annotator, jsonl

ANN = [row("p1", "U-Net|conceptual|test"), row("p2"), row("p3", deep=False)]
BEN = [row("p1", "U-Net|conceptual|analysis"), row("p2"), row("p3", deep=False)]


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, rows in (("ann", ANN), ("ben", BEN)):
        (tmp_path / f"labels.{name}.jsonl").write_text(jsonl(rows))
    return [str(tmp_path / f"labels.{name}.jsonl") for name in ("ann", "ben")]


def test_agreement(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["labels", "agreement", *files]) == 0
    printed = capsys.readouterr().out
    assert "ann: 3 papers, ben: 3 papers" in printed
    assert "uses_deep_learning  3  1.00 (" in printed
    assert "1 disagreements:\n  p1 · science_step · U-Net: ann test, ben analysis" in printed


def test_merge_with_and_without_a_ruling(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert cli.main(["labels", "merge", *files, "--out", str(first)]) == 0
    assert "2 papers; 1 left out until they are ruled on" in capsys.readouterr().out
    ruling = {
        "id": "p1",
        "stage": "science_step",
        "model": "U-Net",
        "decision": "analysis",
        "by": "cy",
        "why": "frames",
    }
    (tmp_path / "rulings.jsonl").write_text(json.dumps(ruling) + "\n")
    rulings = ["--rulings", str(tmp_path / "rulings.jsonl")]
    assert cli.main(["labels", "merge", *files, *rulings, "--out", str(second)]) == 0
    assert [each.key for each in by_annotator([first])["first"]] == ["p2", "p3"]
    merged = by_annotator([second])["second"]
    assert [each.key for each in merged] == ["p1", "p2", "p3"]
    assert merged[0].models[0].step == "analysis"
    assert cli.main(["labels", "merge", *files, "--out", str(first)]) == 2
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ruling", "told"),
    [
        ('{"id": "p1", "stage": "dinner", "decision": "no"}', "rulings.jsonl, line 1: stage: Value error, is none of"),
        ("{", "rulings.jsonl, line 1: not JSON"),
        (
            '{"id": "p1", "stage": "science_step", "model": "U-Net", "decision": "supper"}',
            "p1: models[0].step = 'supper'",
        ),
    ],
)
def test_a_ruling_that_is_none(
    ruling: str, told: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rulings.jsonl").write_text(ruling)
    given = ["--rulings", str(tmp_path / "rulings.jsonl"), "--out", str(tmp_path / "out.jsonl")]
    assert cli.main(["labels", "merge", *files, *given]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "out.jsonl").exists()


def test_check(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["labels", "check", *files]) == 0
    (tmp_path / "bad.jsonl").write_text("{\n")
    assert cli.main(["labels", "check", files[0], str(tmp_path / "bad.jsonl")]) == 1
    assert "bad.jsonl: 0 papers, 1 at fault, 0 remarks\n  line 1: not JSON" in capsys.readouterr().out


def test_one_annotator_agrees_with_nobody(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["labels", "agreement", files[0]]) == 2
    assert "give a file of each" in capsys.readouterr().err


@pytest.mark.parametrize("action", ["agreement", "merge"])
def test_a_file_twice_and_an_empty_one(
    action: str, files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out.jsonl")] if action == "merge" else []
    assert cli.main(["labels", action, files[0], files[1], str(tmp_path / "." / "labels.ann.jsonl"), *out]) == 2
    assert "labels.ann.jsonl: is given twice" in capsys.readouterr().err
    (tmp_path / "labels.cy.jsonl").write_text("")
    assert cli.main(["labels", action, files[0], str(tmp_path / "labels.cy.jsonl"), *out]) == 2
    assert "labels.cy.jsonl: it holds no labelled paper" in capsys.readouterr().err
