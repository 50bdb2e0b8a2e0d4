"""The script optimize.py, as a user runs it."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from labelling import trainset

ROOT = Path(__file__).parent.parent
SCRIPT = [sys.executable, str(ROOT / "optimize.py")]
GUIDE = ROOT / "docs" / "optimize.md"


def run(python: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SCRIPT, *map(str, words)], capture_output=True, text=True, env=python, timeout=300, check=False
    )


def test_it_compiles_a_stage(python: dict[str, str], tmp_path: Path) -> None:
    train, out = trainset(tmp_path / "papers.jsonl"), tmp_path / "c.json"
    words = ["--train", train, "--out", out, "--stages", "science_step", "--demos", 4, "--trials", 2]
    env = python | {"MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/mlflow.db"}
    done = run(env, *words, "--seed", 3, "--no-track", "--register", "steps")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "Use it: models:/steps@champion"
    assert "science_step (1 of 1)" in done.stdout
    assert json.loads(out.read_text())["metadata"]["science_step"]["seed"] == 3


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--optimizer", "gepa"], 2, "optimize.py: --optimizer gepa has the LM write instructions"),
        (["--max-usd", "-1"], 2, "-1 is not an amount"),
        (["--register", "../x"], 2, "optimize.py: --name ../x: letters"),
    ],
)
def test_wrong_usage_is_one_line_and_early(
    words: list[str], code: int, message: str, python: dict[str, str], tmp_path: Path
) -> None:
    began = time.monotonic()
    done = run(python, *words, "--no-track", "--out", tmp_path / "c.json")
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 60
    assert not (tmp_path / "c.json").exists()


def test_ctrl_c_keeps_the_best_so_far(python: dict[str, str], tmp_path: Path) -> None:
    train, out = trainset(tmp_path / "papers.jsonl"), tmp_path / "c.json"
    words = [*SCRIPT, "--train", str(train), "--out", str(out), "--trials", "100000", "--no-track"]
    words += ["--stages", "reuses_ptm"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=python) as job:
        assert job.stdout
        assert "about" in job.stdout.readline()
        time.sleep(4)
        job.send_signal(signal.SIGINT)
        _, said = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "stopped; " in said
    assert "Traceback" not in said


def test_the_guide_names_every_flag(python: dict[str, str]) -> None:
    flags = set(re.findall(r"--[a-z-]+", run(python, "--help").stdout)) - {"--help"}
    told = GUIDE.read_text(encoding="utf-8")
    assert not {flag for flag in flags if f"`{flag}" not in told}
