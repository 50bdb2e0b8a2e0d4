"""The program with a real inference engine behind it: `make engine`, not part of the default run.

A model of random weights writes nothing that means anything. Every paper is then unresolved with its reason, and never
a no for want of an answer.
"""

import sqlite3
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from llama import served, write_random_model
from llama_build import SERVER

pytestmark = pytest.mark.engine

PAPERS = Path(__file__).parent.parent / "examples" / "papers"
NUMBER = 3


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The random model."""
    if not SERVER.exists():
        pytest.fail(f"{SERVER}: not there; build it with make engine")
    return write_random_model(tmp_path_factory.mktemp("model") / "tiny.gguf")


def run(ptmreuse: list[str], python: dict[str, str], base: str, out: Path) -> tuple[int, str]:
    """The exit code of a run over some example papers, and what it said."""
    asked = ["--lm", "openai/tiny", "--api-base", base, "--limit", str(NUMBER), "--jobs", "2"]
    key = {"OPENAI_API_KEY": "none"}
    done = subprocess.run(
        [*ptmreuse, "run", PAPERS, "--out", out, *asked], env={**python, **key}, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


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
