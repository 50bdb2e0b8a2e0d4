"""How fast are reading, answering and a whole run? Prints reading against bare parsing, papers per second, and memory.

    python -m benchmarks.readers [--only reading|answering|run] [--papers FOLDER ...]

Reading is measured against `lxml.etree.parse` on the same bytes, file by file, each side at its best of several rounds.
Answering is passages and the five stages together, in this process and without reading. The run is the real command.
"""

import argparse
import gc
import io
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from lxml import etree

from program.answers import STAGES
from program.cues import cues
from program.paper import Paper
from program.sentences import split
from ptmreuse import workers
from ptmreuse.corpus.jats import read_jats
from ptmreuse.corpus.read import count, documents
from ptmreuse.lm import LMChoice

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
FOLDERS = [SHARED / "papers", SHARED / "gold" / "papers"]
GOAL = 0.5
JOBS = (1, 2)
STARTED = 61  # documents of the short run: with fewer a run starts no worker processes


def main() -> None:
    """Measure and print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", nargs="+", type=Path, default=FOLDERS, help="folders of papers")
    parser.add_argument("--rounds", type=int, default=9, help="timed rounds per file when reading")
    parser.add_argument("--only", choices=("reading", "answering", "run"), help="one of the three")
    arguments = parser.parse_args()
    for folder in arguments.papers:
        if not folder.is_dir():
            print(f"{folder}: no such folder, nothing measured; give --papers")
            continue
        print(f"{folder.parent.name}/{folder.name}: {count([folder])} papers")
        if arguments.only in (None, "reading"):
            report_reading([file for file in sorted(folder.glob("*.xml")) if file.is_file()], arguments.rounds)
        if arguments.only in (None, "answering"):
            report_answering(folder)
        if arguments.only in (None, "run"):
            report_run(folder)


def report_reading(files: list[Path], rounds: int) -> None:
    """Print sizes, both times and their ratio."""
    if not files:
        print("  reading: no JATS files, nothing measured")
        return
    parse, read, size = 0.0, 0.0, 0
    for file in files:
        data = file.read_bytes()
        size += len(data)
        parse += fastest(partial(parse_alone, data), rounds)
        read += fastest(partial(read_jats, data, file.name), rounds)
    print(f"  reading {len(files)} JATS files, {size / 1e6:.1f} MB, best of {rounds} rounds each, one core")
    print(f"    lxml.etree.parse  {parse * 1e3:8.1f} ms  {size / parse / 1e6:6.1f} MB/s")
    print(f"    read_jats         {read * 1e3:8.1f} ms  {size / read / 1e6:6.1f} MB/s")
    print(f"    ratio             {parse / read:8.2f}     (goal: at least {GOAL})")


def parse_alone(data: bytes) -> None:
    """What reading is measured against; the tree is freed at the end, as the reader frees its own."""
    etree.parse(io.BytesIO(data))


def fastest(call: Callable[[], object], rounds: int) -> float:
    """CPU seconds of the fastest round. The first one is not timed: it tidies up what another call left in memory."""
    call()
    return min(seconds(call) for _ in range(rounds))


def seconds(call: Callable[[], object]) -> float:
    """CPU time of one call, with what it frees at its end."""
    start = time.process_time()
    call()
    return time.process_time() - start


def report_answering(folder: Path) -> None:
    """Print papers per second and core from a `Paper` to its answers."""
    read = (workers.read_paper(document) for document in documents([folder]))
    papers = [paper for paper in read if isinstance(paper, Paper)]
    workers.equip(workers.Equipment(LMChoice(), None))
    workers.answer(papers[0], STAGES, {})  # the first one loads the LM
    split.cache_clear()
    cues.cache_clear()
    gc.collect()
    taken = seconds(lambda: [workers.answer(paper, STAGES, {}) for paper in papers])
    print(f"  passages and all stages, without reading: {len(papers) / taken:.1f} papers per second and core")


def report_run(folder: Path) -> None:
    """Print papers per second and the peak memory of the real command, the faster of two runs."""
    total = count([folder]) or 0
    for jobs in JOBS:
        few = 1 if jobs == 1 else STARTED
        start = min(run(folder, jobs, few)[0] for _ in range(2))
        whole, own, others = min(run(folder, jobs, total) for _ in range(2))
        rate = f"{(total - few) / (whole - start):.1f}" if total > few and whole > start else "not measurable"
        print(f"  run with --jobs {jobs}: {total / whole:.1f} papers per second, {whole:.1f} s in all;", end=" ")
        print(f"without start-up {rate}; peak memory {own:.0f} MB", end="")
        print(f" and {others:.0f} MB in its workers together" if others else "")


def run(folder: Path, jobs: int, limit: int) -> tuple[float, float, float]:
    """Wall seconds of one run of the command; peak MB of its process, and the sum of its workers' peaks."""
    own, others = 0.0, dict[int, float]()
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "ptmreuse.cli", "run", str(folder), "--out", out, "--jobs", str(jobs)]
        start = time.perf_counter()
        process = subprocess.Popen([*command, "--limit", str(limit)], cwd=ROOT, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            own = max(own, peak(process.pid))
            others |= {child: megabytes for child in children(process.pid) if (megabytes := peak(child))}
            time.sleep(0.02)
        taken = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"the run ended with code {process.returncode}; run it by hand: {' '.join(command)}")
    return taken, own or largest_child(), sum(others.values())


def peak(pid: int) -> float:
    """Peak resident MB of a living process; 0 where the system has no /proc or the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def children(pid: int) -> list[int]:
    """The processes that a process has started; none where the system has no /proc."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def largest_child() -> float:
    """Without /proc: peak resident MB of the largest process that has been waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()
