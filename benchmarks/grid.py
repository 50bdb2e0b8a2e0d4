"""A grid over loopback, killed half-way and started again: what is asked twice, and are the numbers the same?

    python -m benchmarks.grid [--papers N] [--jobs N]

Two LMs on loopback servers (one always right, one wrong about three questions in ten) by three programs (zero-shot,
compiled with two and with four demos), each on N short papers. The first start is killed (SIGKILL) when half of the
calls are answered. Calls under way at that moment reach nobody and have to be made again: at most one per thread. The
numbers are compared with those of a grid that was never stopped.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from labelling import row, trainset  # noqa: E402
from provider import Respond, provider  # noqa: E402
from rich.console import Console  # noqa: E402
from skills import skilled  # noqa: E402
from test_grid import compiled  # noqa: E402

from ptmreuse.evaluation.grid import run_grid  # noqa: E402
from ptmreuse.evaluation.order import Order  # noqa: E402
from ptmreuse.lm import LMChoice  # noqa: E402

CALLS = 3.25  # by paper and cell: 5, 5, 2 and 1 for the four kinds


class Counting:
    """Counts the requests to all servers by their content."""

    def __init__(self) -> None:
        self.bodies: Counter[str] = Counter()
        self._lock = threading.Lock()

    def of(self, respond: Respond) -> Respond:
        """A server's answers, counted."""

        def counted(number: int, body: dict[str, Any]) -> Any:
            with self._lock:
                self.bodies[json.dumps(body, sort_keys=True)] += 1  # the model's name is in it
            return respond(number, body)

        return counted


def main() -> None:
    """Make papers and programs, run the grid, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=8)
    given = parser.parse_args()
    os.environ["OPENAI_API_KEY"] = "none"
    with tempfile.TemporaryDirectory(prefix="ptmreuse-grid-") as folder:
        measure(Path(folder), given.papers, given.jobs)


def measure(folder: Path, papers: int, jobs: int) -> None:
    """Three starts on one ledger, and one on another."""
    trainset(folder / "papers.jsonl", train=8, val=8)
    data = folder / "labels.jsonl"
    data.write_text("".join(f"{json.dumps(row(number))}\n" for number in range(20, 20 + papers)))
    counting = Counting()
    with provider(counting.of(skilled())) as one, provider(counting.of(skilled(errors=0.3))) as two:
        lms = (LMChoice("openai/0", one.base), LMChoice("openai/1", two.base))
        programs = ("zero-shot", compiled(folder, 2), compiled(folder, 4))
        words = [word for lm in lms for word in ("--lm", f"{lm.name}@{lm.api_base}")]
        words += [word for program in programs for word in ("--program", program)]
        words += [
            "--data",
            str(data),
            "--jobs",
            str(jobs),
            "--no-baselines",
            "--no-track",
            "--out",
            str(folder / "out"),
        ]
        print(f"2 LMs x 3 programs x {papers} papers, {jobs} calls at once")
        start("killed at half", words, counting, until=int(6 * papers * CALLS / 2))
        start("started again", words, counting)
        print(f"calls made twice: {sum(number > 1 for number in counting.bodies.values())}, at most {jobs} under way")
        start("once more", words, counting)
        order = Order(folder / "out", lms, programs, data=str(data), jobs=jobs, baselines=False)
        whole, afresh = (results(order, folder / name) for name in ("out", "afresh"))
        print(f"the same as a grid that was never stopped: {whole == afresh}, {len(whole)} cells")


def start(name: str, words: list[str], counting: Counting, until: int | None = None) -> None:
    """Run evaluate.py, and kill it when so many calls are made; print calls and seconds."""
    began, before = time.monotonic(), counting.bodies.total()
    with subprocess.Popen([sys.executable, str(ROOT / "evaluate.py"), *words], stdout=subprocess.DEVNULL) as job:
        while job.poll() is None:
            time.sleep(0.05)
            if until and counting.bodies.total() >= until:
                job.kill()
    seconds, calls = time.monotonic() - began, counting.bodies.total() - before
    print(f"{name}: {calls:,} calls, {seconds:.0f} s, {calls / seconds:.0f}/s, exit code {job.returncode}")


def results(order: Order, out: Path) -> list[Any]:
    """The answers of every cell beside their labels."""
    given = {**vars(order), "out": out}
    return [(result.cell, result.judged) for result in run_grid(Order(**given), Console(file=io.StringIO()))]


if __name__ == "__main__":
    main()
