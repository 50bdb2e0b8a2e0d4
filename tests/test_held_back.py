"""Papers of the project's test split are no labels to train on; what `labels` writes otherwise, optimize.py takes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from labelling import row as made

from ptmreuse import cli
from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.held_back import held_back_rows
from ptmreuse.labelling.annotated import by_annotator, jsonl
from ptmreuse.rows import PaperRow

ROOT = Path(__file__).parent.parent


def held(**changed: Any) -> PaperRow:
    """A paper of the test split, marked for training."""
    rows = (json.loads(line) for line in TRAINSET.read_text(encoding="utf-8").splitlines())
    return PaperRow.model_validate({**next(row for row in rows if row["split"] == "test"), "split": "train", **changed})


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"id": "copy"}, True),  # a near-duplicate
        ({"split": "val"}, True),
        ({"split": "test"}, False),
        ({"passages": [], "doi": "10.1/x"}, True),
        ({"id": "other", "title": "", "passages": [], "doi": "10.1/x", "models": []}, False),
    ],
)
def test_only_what_is_tested_on_is_refused(changed: dict[str, Any], expected: bool) -> None:
    if changed.get("models") == []:
        changed = changed | {"reuses_ptm": False}
    assert bool(held_back_rows([held(**changed)])) == expected


def test_no_file_of_labels_has_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = held(id="copy")
    rows = [copy, *(PaperRow.model_validate(made(number)) for number in range(4))]
    files = [tmp_path / f"labels.{name}.jsonl" for name in ("ann", "ben")]
    for file in files:
        file.write_text(jsonl(rows))
    given = [str(file) for file in files]
    assert cli.main(["labels", "check", given[0]]) == 1
    assert "line 1: copy shares 100% of its text with " in capsys.readouterr().out
    assert cli.main(["labels", "merge", *given, "--out", str(tmp_path / "one.jsonl")]) == 0
    assert "left out: copy shares" in capsys.readouterr().out
    out = str(tmp_path / "all.json")
    assert cli.main(["labels", "export", *given, "--to", "argilla", "--out", out]) == 0
    assert cli.main(["labels", "import", out, "--from", "argilla", "--out", str(tmp_path / "back.jsonl")]) == 0
    assert capsys.readouterr().out.count("left out: copy shares") == 2
    for name in ("one", "back.ann", "back.ben"):
        assert [each.key for rows in by_annotator([tmp_path / f"{name}.jsonl"]).values() for each in rows] == [
            "p000",
            "p001",
            "p002",
            "p003",
        ]


@pytest.mark.parametrize("tool", ["", "label-studio"])
def test_optimize_takes_what_is_written(tool: str, tmp_path: Path) -> None:
    rows = [PaperRow.model_validate(made(number, "val" if number > 7 else "train")) for number in range(12)]
    (tmp_path / "labels.ann.jsonl").write_text(jsonl(rows))
    given, out = str(tmp_path / "labels.ann.jsonl"), tmp_path / "one.jsonl"
    if tool:
        assert cli.main(["labels", "export", given, "--to", tool, "--out", str(tmp_path / "t.json")]) == 0
        assert cli.main(["labels", "import", str(tmp_path / "t.json"), "--from", tool, "--out", str(out)]) == 0
        out = tmp_path / "one.ann.jsonl"
    else:
        assert cli.main(["labels", "merge", given, "--out", str(out)]) == 0
    told = ["--train", str(out), "--stages", "uses_deep_learning", "--optimizer", "labeled", "--trials", "1"]
    words = [sys.executable, str(ROOT / "optimize.py"), *told, "--no-track", "--out", str(tmp_path / "c.json")]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "c.json").is_file()
