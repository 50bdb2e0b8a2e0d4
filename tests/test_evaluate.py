"""The script evaluate.py, as a user runs it."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from labelling import row, trainset
from provider import provider
from skills import Holding, rubbish, skilled
from test_grid import compiled, filled, order

from ptmreuse.lm import LMChoice

ROOT = Path(__file__).parent.parent
SCRIPT = [sys.executable, str(ROOT / "evaluate.py")]


def run(python: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    words = ("--no-track", "--no-baselines", *words)
    return subprocess.run(
        [*SCRIPT, *map(str, words)], capture_output=True, text=True, env=python, timeout=300, check=False
    )


def labels(folder: Path, papers: int = 8, name: str = "labels") -> Path:
    """A user's labels of small papers."""
    path = folder / f"{name}.jsonl"
    path.write_text("".join(f"{json.dumps(row(number))}\n" for number in range(100, 100 + papers)))
    return path


def rows(ledger: Path) -> int:
    """How many answers are written down."""
    if not ledger.exists():
        return 0
    db = sqlite3.connect(ledger, timeout=30)
    try:
        return int(db.execute("SELECT COUNT(*) FROM answers").fetchone()[0])
    except sqlite3.OperationalError:
        return 0  # no table yet
    finally:
        db.close()


def test_terminal_json_report_and_mlflow(python: dict[str, str], tmp_path: Path) -> None:
    one, two, report, told = (
        labels(tmp_path),
        labels(tmp_path, 4, "two"),
        tmp_path / "new" / "report",
        tmp_path / "a.json",
    )
    words = ["--data", one, "--data", two, "--out", tmp_path / "out", "--report", report, "--json", told]
    env = python | {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"}
    done = subprocess.run(
        [*SCRIPT, *map(str, words)], capture_output=True, text=True, env=env, timeout=300, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    for said in ("24 of 24 papers in 3 cells", "Accuracy, end to end", "Where errors began", "Cost", "Only 8 papers"):
        assert said in done.stdout
    for path in (tmp_path / "out" / "ledger.sqlite", told, report / "report.html"):
        assert str(path) in done.stdout.replace("\n", "")
    document = json.loads(told.read_text())
    assert [(e["data"], e["papers"], len(e["cells"])) for e in document["evaluations"]] == [
        (str(one), 8, 3),
        (str(two), 4, 3),
    ]
    assert document["about"]["programs"] == "keyword counting, majority, zero-shot"
    shown = {
        failure["passages"]
        for e in document["evaluations"]
        for failure in e["failures"]
        if "majority" in failure["cell"]
    }
    assert shown
    assert all("Nothing of the paper bears on the answer" in text for text in shown)
    assert "What was evaluated" in (report / "report.html").read_text()
    assert {path.suffix for path in report.rglob("*") if path.is_file()} == {
        ".html",
        ".csv",
        ".tex",
        ".md",
        ".png",
        ".svg",
    }
    with closing(sqlite3.connect(tmp_path / "mlflow.db")) as db:
        names = {name for (name,) in db.execute("SELECT name FROM runs")}
        metrics = {key for (key,) in db.execute("SELECT key FROM metrics")}
    assert {"evaluation · labels, two", "zero-shot · embedded · own", "zero-shot · embedded · own2"} < names
    assert {"reuses_ptm/own_accuracy", "reuses_ptm/own2_end_to_end_accuracy_lo", "total/calls"} < metrics
    assert list(tmp_path.glob("mlartifacts/*/artifacts/report.html"))


def test_killed_half_way_and_started_again_no_answer_is_paid_twice(python: dict[str, str], tmp_path: Path) -> None:
    trainset(tmp_path / "papers.jsonl", train=8, val=8)
    data, programs = labels(tmp_path), ("zero-shot", compiled(tmp_path, 2), compiled(tmp_path, 4))
    best, errs = Holding(skilled(), 30), Holding(skilled(errors=0.3), 10**9)
    env = python | {"OPENAI_API_KEY": "sk-planted-key"}
    words = [word for program in programs for word in ("--program", program)]
    with provider(best) as one, provider(errs) as two:
        addresses = [f"openai/0@{one.base}", f"openai/1@{two.base}"]
        words += ["--lm", addresses[0], "--lm", addresses[1], "--data", str(data), "--jobs", "4"]
        words += ["--out", str(tmp_path / "out"), "--no-track", "--no-baselines"]
        with subprocess.Popen([*SCRIPT, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as job:
            until = time.monotonic() + 120
            while rows(tmp_path / "out" / "ledger.sqlite") < 30 and job.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.1)
            job.send_signal(signal.SIGKILL)
        assert len(best.answered) == 30
        best.go_on()
        done = subprocess.run([*SCRIPT, *words], capture_output=True, text=True, env=env, timeout=300, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert set(Counter(best.answered).values()) == set(Counter(errs.answered).values()) == {1}
        asked = len(best.answered), len(errs.answered)
        given = {
            "lms": (LMChoice("openai/0", one.base), LMChoice("openai/1", two.base)),
            "programs": programs,
            "data": str(data),
        }
        monkey = pytest.MonkeyPatch()
        with monkey.context() as patched:
            patched.setenv("OPENAI_API_KEY", "sk-planted-key")
            again = filled(order(tmp_path, **given))
            assert (len(best.answered), len(errs.answered)) == asked
            afresh = filled(order(tmp_path, **given, out=tmp_path / "afresh"))
    assert [(r.cell, r.judged) for r in again] == [(r.cell, r.judged) for r in afresh]
    assert len(again) == 6
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"sk-planted" in path.read_bytes()]


def test_the_budget_has_its_own_exit_code(python: dict[str, str], tmp_path: Path) -> None:
    with provider(skilled()) as server:
        words = ["--data", labels(tmp_path), "--out", tmp_path / "out", "--lm", f"openai/gpt-4o-mini@{server.base}"]
        done = run(python | {"OPENAI_API_KEY": "x"}, *words, "--max-usd", 0.0012)
    assert (done.returncode, done.stderr) == (3, "")
    assert "--max-usd 0.0012; run it again to go on" in done.stdout


def test_ctrl_c_says_how_to_go_on(python: dict[str, str], tmp_path: Path) -> None:
    held = Holding(rubbish, 6)
    with provider(held) as server:
        words = ["--data", str(labels(tmp_path)), "--out", str(tmp_path / "out"), "--no-track", "--no-baselines"]
        words += ["--lm", f"openai/0@{server.base}", "--jobs", "2"]
        env = python | {"OPENAI_API_KEY": "x"}
        with subprocess.Popen([*SCRIPT, *words], stderr=subprocess.PIPE, text=True, env=env) as job:
            until = time.monotonic() + 120
            while len(server.bodies) < 8 and job.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.1)
            job.send_signal(signal.SIGINT)
            held.go_on()
            _, said = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "run it again to go on" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--stage-lm", "steps=openai/x"], "--stage-lm steps=openai/x: give STAGE=LM, with a stage of uses_deep"),
        (["--max-usd", "1", "--lm", "openai/none"], "--max-usd: the price of openai/none is not known"),
        (["--demos=-4"], "-4 is not a number of demos"),
        (["--budget", "10"], "10 is not a number of tokens from 50 on"),
        (["--lm", " "], "--lm: without a name"),
        (["--data", ""], "--data: without a name"),
        (["--json", "."], ".: can't be written; give another --json or --report"),
    ],
)
def test_wrong_usage_is_one_line_and_early(
    words: list[str], message: str, python: dict[str, str], tmp_path: Path
) -> None:
    done = run(python, *words, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
