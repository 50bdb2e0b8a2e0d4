"""The program with a real inference engine behind it: `make engine`, not part of the default run.

A model of random weights writes nothing that means anything. Every paper is then unresolved with its reason, and never
a no for want of an answer.
"""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import dspy
import pandas as pd
import pytest
from llama import served, write_random_model
from llama_build import SERVER
from papers import TUNED, paper

from program.answers import STAGES
from program.joint import Joint
from ptmreuse.answering import answer_paper
from ptmreuse.lm import LMChoice

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parent.parent
PAPERS = ROOT / "examples" / "papers"
NUMBER = 3
KEY = {"OPENAI_API_KEY": "none"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The random model."""
    if not SERVER.exists():
        pytest.fail(f"{SERVER}: not there; build it with make engine")
    return write_random_model(tmp_path_factory.mktemp("model") / "tiny.gguf")


def run(ptmreuse: list[str], python: dict[str, str], base: str, out: Path) -> tuple[int, str]:
    """The exit code of a run over some example papers, and what it said."""
    asked = ["--lm", "openai/tiny", "--api-base", base, "--limit", str(NUMBER), "--jobs", "2"]
    done = subprocess.run(
        [*ptmreuse, "run", PAPERS, "--out", out, *asked], env={**python, **KEY}, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def evaluation(python: dict[str, str], base: str, data: Path, out: Path) -> tuple[int, str]:
    """The exit code of an evaluation of the engine on labelled papers, and what it said."""
    asked = ["--lm", f"openai/tiny@{base}", "--data", data, "--out", out, "--json", out / "all.json", "--no-track"]
    done = subprocess.run(
        [sys.executable, ROOT / "evaluate.py", *asked], env={**python, **KEY}, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def few_labelled(path: Path) -> Path:
    """Some labelled papers that reuse models, so that all five stages are asked in the isolated view."""
    rows = (ROOT / "trainsets" / "papers.jsonl").read_text(encoding="utf-8").splitlines()
    reusing = [row for row in rows if json.loads(row)["split"] == "val" and json.loads(row)["models"]]
    path.write_text("\n".join(reusing[:NUMBER]), encoding="utf-8")
    return path


def answers(out: Path) -> pd.DataFrame:
    """The ledger's answers."""
    with sqlite3.connect(out / "ledger.sqlite") as ledger:
        return pd.read_sql("SELECT * FROM answers ORDER BY id", ledger)


@pytest.mark.parametrize(("context", "reason"), [(65536, "unparsable"), (512, "too_long")])
def test_a_run_says_of_each_paper_why_it_has_no_answer(
    model: Path, tmp_path: Path, ptmreuse: list[str], python: dict[str, str], context: int, reason: str
) -> None:
    with served(model, tmp_path / "server.log", context) as base:
        code, said = run(ptmreuse, python, base, tmp_path / "out")
    assert code == 0, said
    rows = answers(tmp_path / "out")
    assert len(rows) == NUMBER
    assert set(rows["stage"]) == {"uses_deep_learning"}
    assert set(rows["value"]) == {"unresolved"}
    assert set(rows["reason"]) == {reason}
    assert all(rows["error"])
    papers = pd.read_csv(tmp_path / "out" / "papers.csv", keep_default_na=False)
    assert set(papers["uses_deep_learning"]) == {"unresolved"}
    assert set(papers["reason"]) == {f"uses_deep_learning: {reason}"}
    assert set(papers["n_models"]) == {""}


def test_the_joint_program_says_why_it_has_no_answer(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*KEY.copy().popitem())
    with served(model, tmp_path / "server.log") as base, dspy.context(lm=LMChoice("openai/tiny", base).build()):
        (row,) = answer_paper(Joint(), paper(TUNED))
    assert (row.answer.stage, row.answer.value, row.answer.reason) == (STAGES[0], "unresolved", "unparsable")
    assert row.input_tokens and row.input_tokens > 1000


def test_an_evaluation_counts_no_answer_as_wrong_and_never_as_no(
    model: Path, tmp_path: Path, python: dict[str, str]
) -> None:
    labelled = few_labelled(tmp_path / "few.jsonl")
    with served(model, tmp_path / "server.log") as base:
        code, said = evaluation(python, base, labelled, tmp_path / "out")
        assert code == 0, said
        rows = answers(tmp_path / "out").query("lm.str.startswith('openai/tiny')")
        assert set(rows["stage"]) == set(STAGES)
        assert set(rows["value"]) == {"unresolved"}
        assert set(rows["reason"]) == {"unparsable"}
        (told,) = json.loads((tmp_path / "out" / "all.json").read_text())["evaluations"]
        (cell,) = (cell for cell in told["cells"] if cell["lm"] == "openai/tiny")
        for view in cell["views"].values():
            assert {(tuple(answer["given"]), answer["reason"]) for answer in view["answers"]} == {((), "unparsable")}
            for measures in view["measures"].values():
                assert (measures["accuracy"]["value"], measures["unresolved"]["value"]) == (0.0, 1.0)
            assert view["cost"]["calls"] > 0
            assert view["cost"]["usd"] is None
        assert cell["errors_begin"] == dict.fromkeys(["right", *STAGES], 0) | {STAGES[0]: NUMBER}
        assert ".000" in said
        again, _ = evaluation(python, base, labelled, tmp_path / "out")
    assert again == 0
    assert len(answers(tmp_path / "out").query("lm.str.startswith('openai/tiny')")) == len(rows)
