"""A run with an LM that is awaited: killed, stopped, its disk full, its ledger damaged; its key is written nowhere."""

import os
import random
import resource
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from papers import corpus
from provider import Answer, answered, provider
from test_run import done, rows, same

from ptmreuse.errors import SystemicError
from ptmreuse.lm import LMChoice

KEY = "sk-planted-0123456789-do-not-write-me"
AT_ONCE = 8


def slow(number: int, asked: dict[str, object]) -> Answer:
    time.sleep(0.05)
    return answered(number, asked)


def command(ptmreuse: list[str], papers: Path, out: Path, base: str) -> list[str]:
    lm = ["--lm", "openai/m", "--api-base", base, "--concurrency", str(AT_ONCE), "--jobs", "1"]
    return [*ptmreuse, "run", str(papers), "--out", str(out), *lm]


def test_killed_again_and_again(tmp_path: Path, ptmreuse: list[str], python: dict[str, str]) -> None:
    papers, out, drawn = corpus(tmp_path / "in", 40), tmp_path / "out", random.Random(1)  # noqa: S311
    undisturbed = done(tmp_path / "undisturbed", papers)
    kills = 0
    with provider(slow) as server:
        for calls in (drawn.randint(5, 50) for _ in range(3)):
            aim = len(server.bodies) + calls
            with subprocess.Popen(
                command(ptmreuse, papers, out, server.base),
                env={**python, "OPENAI_API_KEY": KEY},
                stdout=subprocess.DEVNULL,
            ) as run:
                while len(server.bodies) < aim and run.poll() is None:
                    time.sleep(0.002)
                kills += run.poll() is None
                run.kill()
        lm = LMChoice("openai/m", server.base)
        os.environ["OPENAI_API_KEY"] = KEY
        try:
            found = done(out, papers, lm=lm)
        finally:
            del os.environ["OPENAI_API_KEY"]
        assert kills == 3
        assert same(found, undisturbed)
        answers = rows(out, "answers")
        assert answers == rows(tmp_path / "undisturbed", "answers")  # none twice
        assert len(server.bodies) <= answers + kills * AT_ONCE


def test_ctrl_c_keeps_what_was_answered(tmp_path: Path, ptmreuse: list[str], python: dict[str, str]) -> None:
    papers, out = corpus(tmp_path / "in", 40), tmp_path / "out"
    with provider(slow) as server:
        with subprocess.Popen(
            command(ptmreuse, papers, out, server.base),
            env={**python, "OPENAI_API_KEY": KEY},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            while len(server.bodies) < 30 and run.poll() is None:
                time.sleep(0.002)
            run.send_signal(signal.SIGINT)
            _, told = run.communicate(timeout=30)
        assert run.returncode == 130
        assert told == "ptmreuse: stopped; what was answered is in the ledger, run the same command to go on\n"
        assert rows(out, "answers") == len(server.bodies)  # calls under way were waited for
    assert outcome(out) == "stopped"


def outcome(out: Path) -> str:
    db = sqlite3.connect(out / "ledger.sqlite")
    (found,) = db.execute("SELECT outcome FROM runs ORDER BY id DESC").fetchone()
    db.close()
    return str(found)


def test_a_full_disk_is_a_clear_stop(tmp_path: Path, ptmreuse: list[str], python: dict[str, str]) -> None:
    papers, out = corpus(tmp_path / "in", 40), tmp_path / "out"
    with provider(answered) as server:
        run = subprocess.run(
            command(ptmreuse, papers, out, server.base),
            env={**python, "OPENAI_API_KEY": KEY},
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, 250_000)),
        )
        assert run.returncode == 1
        assert "ledger.sqlite: can't be written (" in run.stderr
        assert run.stderr.count("\n") == 1
        assert (
            subprocess.run(
                command(ptmreuse, papers, out, server.base), env={**python, "OPENAI_API_KEY": KEY}, check=False
            ).returncode
            == 0
        )


def test_a_damaged_ledger_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    papers, out = corpus(tmp_path / "in"), tmp_path / "out"
    done(out, papers)
    ledger = out / "ledger.sqlite"
    damaged = bytearray(ledger.read_bytes())
    damaged[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    ledger.write_bytes(damaged)
    with pytest.raises(SystemicError, match=r"ledger.sqlite: the ledger is damaged .*--fresh"):
        done(out, papers)
    assert ledger.read_bytes() == damaged
    assert len(done(out, papers, fresh=True)[0]) == 9


def test_a_key_is_written_nowhere(tmp_path: Path, ptmreuse: list[str], python: dict[str, str]) -> None:
    papers, out = corpus(tmp_path / "in"), tmp_path / "out"
    keys = []

    def listening(number: int, asked: dict[str, object]) -> Answer:
        keys.append(asked)
        return (
            answered(number, asked) if number < 20 else (401, f'{{"error": {{"message": "bad key {KEY}"}}}}'.encode())
        )

    with provider(listening) as server:
        run = subprocess.run(
            command(ptmreuse, papers, out, server.base),
            env={**python, "OPENAI_API_KEY": KEY, "HOME": str(tmp_path / "home")},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert "refuses every call" in run.stderr
    assert KEY not in run.stdout + run.stderr
    assert keys
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or KEY.encode() not in file.read_bytes(), file
