"""`ptmreuse report` from the command line."""

import argparse
import csv
import re
from pathlib import Path

import pandas as pd
import pytest
from ledgers import LOST, NEITHER, ONLY_DEEP, OTHER, answered_by_embedded, one, reuse, wrote
from papers import corpus
from study import study

from ptmreuse import cli
from ptmreuse.reporting import report_command


def ran(*arguments: object) -> int:
    return cli.main(["report", *map(str, arguments)])


def labelled(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("source", "uses_deep_learning", "reuses_ptm"), *rows])
    return path


def test_a_study_with_metadata_and_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, out = study(tmp_path / "run", 400), tmp_path / "out" / "deep"
    papers = pd.DataFrame({"source": [f"in/{n:05}.xml" for n in range(200)]})
    labels = labelled(tmp_path / "labels.csv", [(source, "no", "no") for source in papers["source"]])
    assert ran(run, "--out", out, "--metadata", run / "works.jsonl", "--labels", labels) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "corrected for the machine's errors by" in told.out
    assert "hand labels; the machine by itself says" in told.out
    tables = {path.stem for path in (out / "tables").glob("*.csv")}
    assert {
        "prevalence",
        "prevalence_by_field",
        "machine_accuracy",
        "cross_checks",
        "study",
        "models",
        "flow",
    } <= tables
    assert {path.suffix for path in (out / "tables").iterdir()} == {".csv", ".tex", ".md"}
    figures = {path.name for path in (out / "figures").iterdir()}
    assert {"flow.svg", "flow.png", "top_models.svg", "reuse_by_field.png"} <= figures
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Neuroscience" in page
    assert page.count("<svg") == len(figures) / 2
    table = pd.read_csv(out / "tables" / "prevalence.csv")
    assert 0 <= table["low"][1] <= table["corrected"][1] <= table["high"][1] < table["machine"][1]


def test_a_real_run_without_anything_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = answered_by_embedded(corpus(tmp_path / "in", 3), tmp_path / "run")
    assert ran(run, "--out", tmp_path / "out") == 0
    assert "of the papers reuse a pre-trained model, uncorrected" in capsys.readouterr().out
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "none: field unknown" in page
    assert "none: prevalence is uncorrected" in page


LITTLE = {
    "nothing in it": ((), "There is no paper in this run yet."),
    "no reuse": (((one(1), NEITHER), (one(2), ONLY_DEEP)), "No reused model is named in these papers."),
    "only unresolved": (((one(1), LOST), (one(2), LOST)), "Of no paper is it known whether it reuses"),
    "not asked": (((one(1), ()), (one(2), ())), "was not asked in this run"),
}


@pytest.mark.parametrize("name", LITTLE)
def test_runs_with_little_to_tell(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answered, words = LITTLE[name]
    run = wrote(tmp_path / "run", answered)
    assert ran(run, "--out", tmp_path / "out") == 0
    assert words in capsys.readouterr().out
    assert words in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_nothing_but_unreadable_papers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran(wrote(tmp_path / "run", unreadable=["a.xml", "b.xml"]), "--out", tmp_path / "out") == 0
    assert "0 unresolved and 2 unreadable of 2 papers" in capsys.readouterr().out


def test_labels_too_few_to_correct(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answers = (NEITHER, ONLY_DEEP, reuse())
    run = wrote(tmp_path / "run", [(one(n), answers[n % 3]) for n in range(60)])
    labels = labelled(tmp_path / "labels.csv", [("in/1.xml", "yes", "no"), ("in/2.xml", "yes", "yes")])
    assert ran(run, "--out", tmp_path / "out", "--labels", labels) == 0
    told = capsys.readouterr().out
    assert "33.3 % of the papers reuse a pre-trained model, uncorrected" in told
    assert "The 2 labels can't correct it: too few labels" in told


def test_one_of_two_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = wrote(wrote(tmp_path / "run", [(one(1), reuse())]), [(one(1), NEITHER)], key=OTHER)
    assert ran(run, "--out", tmp_path / "out", "--key", "lm-1") == 0
    assert "ResNet-50 (1)" in capsys.readouterr().out


def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = wrote(tmp_path / "run", [(one(1), reuse())])
    (tmp_path / "file").write_text("x")
    cases = {
        ("nowhere", "--out", tmp_path / "out"): "nowhere: no such folder",
        (run, "--out", tmp_path / "file"): "is no folder; give another --out",
        (run, "--out", tmp_path / "out", "--labels", tmp_path / "no.csv"): "can't be read",
        (run, "--out", tmp_path / "out", "--metadata", tmp_path / "no.csv"): "no.csv",
        (run, "--out", tmp_path / "out", "--key", "lm-9"): "--key lm-9",
        (run, "--out", tmp_path / "out", "--models", "AlexNet"): "AlexNet: no paper of the run reuses it",
    }
    for arguments, words in cases.items():
        assert ran(*arguments) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert ran(run, "--out", tmp_path / "file" / "deep") == 1
    assert "can't be written" in capsys.readouterr().err


def test_the_guide_has_every_flag() -> None:
    parser = argparse.ArgumentParser()
    report_command.add(parser)
    flags = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    guide = (Path(__file__).parent.parent / "docs" / "report.md").read_text(encoding="utf-8")
    assert not [flag for flag in flags - {"--help"} if f"`{flag}" not in guide]
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", guide)) <= flags
