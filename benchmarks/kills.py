"""A run killed at random moments and started again each time: are its rows those of an undisturbed run?

    python -m benchmarks.kills [--kills 20] [--papers 300]

Prints kills, calls, and how many of these were paid twice; ends with an error when a row is lost, twice or another one.
"""

import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.orchestration import fetch, make, serving

AT_ONCE = 16


def main() -> None:
    """Kill, start again, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    drawn = random.Random(given.seed)  # noqa: S311 - no secret hangs on it
    with tempfile.TemporaryDirectory() as name, serving(0.2) as base:
        folder = Path(name)
        make(folder / "papers.zip", given.papers, 4_000)
        assert start(folder, "undisturbed", base).wait() == 0  # noqa: S101
        fetch(base, "reset")
        kills = sum(killed(folder, base, drawn) for _ in range(given.kills))
        assert start(folder, "killed", base).wait() == 0  # noqa: S101
        calls = json.loads(fetch(base, "told"))["calls"]
        expected, found = (answers(folder / out) for out in ("undisturbed", "killed"))
    print(f"{kills} kills, {calls:,} calls for {len(expected):,} answers: {calls - len(expected)} paid twice,")
    print(f"  {(calls - len(expected)) / max(kills, 1):.1f} per kill with {AT_ONCE} at once (goal: at most {AT_ONCE})")
    print("  rows: " + ("the same" if expected == found else "NOT the same"))
    sys.exit(expected != found or calls - len(expected) > kills * AT_ONCE)


def start(folder: Path, out: str, base: str) -> "subprocess.Popen[bytes]":
    """Begin a run, or go on with it."""
    lm = ["--lm", "openai/m", "--api-base", base, "--concurrency", str(AT_ONCE), "--jobs", "1"]
    command = [sys.executable, "-m", "ptmreuse.cli", "run", str(folder / "papers.zip"), "--out", str(folder / out), *lm]
    return subprocess.Popen(command, env={**os.environ, "OPENAI_API_KEY": "none"}, stdout=subprocess.DEVNULL)


def killed(folder: Path, base: str, drawn: random.Random) -> bool:
    """Kill a run at a moment between its start and some calls later; False when it was done before."""
    aim = json.loads(fetch(base, "told"))["calls"] + drawn.randint(0, 80)
    with start(folder, "killed", base) as run:
        while run.poll() is None and json.loads(fetch(base, "told"))["calls"] < aim:
            time.sleep(drawn.uniform(0.0, 0.05))
        alive = run.poll() is None
        run.kill()
    return alive


def answers(out: Path) -> list[tuple[str, ...]]:
    """Every row of a ledger, without what it cost."""
    db = sqlite3.connect(out / "ledger.sqlite")
    columns = "text_hash, stage, program, lm, value, reason, findings"
    found = db.execute(f"SELECT {columns} FROM answers ORDER BY text_hash, stage").fetchall()  # noqa: S608
    db.close()
    return found


if __name__ == "__main__":
    main()
