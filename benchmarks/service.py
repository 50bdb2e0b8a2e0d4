"""How many papers a second does `ptmreuse serve` answer about, for how long, in how much memory, and under abuse?

    python -m benchmarks.service [--requests 20000] [--at-once 8] [--jobs 1 2] [--no-abuse]

Starts the real command with the embedded LM, and asks it over kept connections about the twelve papers of
examples/papers and, nine times in ten, about a small paper that it has never seen: paragraphs of the twelve, drawn and
recombined, each changed by a number of its own. The same papers without HTTP, in this process, are the baseline. The
client shares the machine's cores with the service. Memory is the resident set of all processes of the service, added
up (so pages that they share count in each).
"""

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import httpx

from benchmarks.service_abuse import abuse, percentile
from program.answers import STAGES
from program.paper import Paper
from ptmreuse import workers
from ptmreuse.compiled import chosen
from ptmreuse.corpus.document import Document
from ptmreuse.ledger import Key
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.serving.paper_reply import reply
from ptmreuse.workers import Equipment

PAPERS = Path("examples/papers")
WHOLE = 10  # one request in so many is a paper of the twelve
POINTS = 8  # measurements of memory on the way
WARMUP = 500  # requests before the first of them
BASELINE = 1_000  # papers
MIB = 2**20


class Sent(NamedTuple):
    """A body with its type."""

    kind: str
    data: bytes


@dataclass
class Told:
    """What was measured: seconds of each request, statuses, bytes of memory by the number of requests before it."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)
    wall: float = 0.0
    cpu: float = 0.0  # of the client


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=20_000, help="for each number of workers")
    parser.add_argument("--at-once", type=int, default=8, help="connections of the client")
    parser.add_argument("--jobs", type=int, nargs="+", default=(1, 2), help="numbers of workers")
    parser.add_argument("--no-abuse", action="store_true", help="leave the abuse out")
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, shared with the client; load before the start {os.getloadavg()[0]:.1f}")
    alone = baseline(BASELINE)
    print(f"in this process, without HTTP: {alone:,.0f} papers/s (mean of {BASELINE:,}, one core)")
    for jobs in given.jobs:
        with serving(jobs) as (base, process):
            told = asyncio.run(asked(base, process.pid, given.requests, given.at_once))
            show(jobs, told, alone)
            if not given.no_abuse:
                asyncio.run(abuse(base))
                print(
                    f"  memory after the abuse {memory(process.pid) / MIB:,.0f} MiB, running: {process.poll() is None}"
                )


def small_papers(seed: int = 0) -> Iterator[Sent]:
    """Papers without end, no two the same; one in ten is a whole one of the twelve."""
    drawn = random.Random(seed)  # noqa: S311 - no secret hangs on it
    files = [path.read_bytes() for path in sorted(PAPERS.glob("*.xml"))]
    read = [workers.read_paper(Document("a.xml", data)) for data in files]
    paragraphs = [each for paper in read if isinstance(paper, Paper) for each in paper.paragraphs if each.text]
    for number in count():
        if number % WHOLE == 0:
            yield Sent("application/xml", files[number // WHOLE % len(files)])
            continue
        parts = [f"# Paper {number}"]
        for each in drawn.sample(paragraphs, drawn.randint(4, 12)):
            title = each.section.rpartition(" > ")[2] or "Methods"
            parts += [f"## {title}", re.sub(r"\. ", f" in trial {drawn.randrange(10**9)}. ", each.text)]
        yield Sent("text/markdown", "\n\n".join(parts).encode())


def baseline(number: int) -> float:
    """Papers a second with neither HTTP nor another process, replies as JSON included."""
    workers.equip(Equipment(LMChoice(), chosen(EMBEDDED, None, zero_shot=False)))
    papers = list(islice(small_papers(1), number + WARMUP // 5))
    began = 0.0
    for at, sent in enumerate(papers):
        began = time.perf_counter() if at == WARMUP // 5 else began
        paper = workers.read_paper(Document("paper.xml" if "xml" in sent.kind else "paper.md", sent.data))
        assert isinstance(paper, Paper), paper  # noqa: S101
        reply(paper, workers.answer(paper, STAGES, {}), Key("", ""), EMBEDDED).model_dump_json()
    return number / (time.perf_counter() - began)


@contextmanager
def serving(jobs: int) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The real command in a process of its own, ready; its address."""
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "ptmreuse.cli", "serve", "--port", "0", "--data", data, "--jobs", str(jobs)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout  # noqa: S101
            found = re.search(r"http://\S+", process.stdout.readline())
            try:
                assert found, "the service did not start"  # noqa: S101
                while httpx.get(f"{found[0]}/readyz", trust_env=False).status_code != 200:
                    time.sleep(0.1)
                yield found[0], process
            finally:
                process.terminate()


async def asked(base: str, pid: int, requests: int, at_once: int) -> Told:
    """Ask so often, and look at the memory on the way."""
    told, papers = Told(), enumerate(small_papers(2))
    marks = sorted({WARMUP + (requests - WARMUP) * n // POINTS for n in range(POINTS + 1)} if requests > WARMUP else ())
    told.memory.append((0, memory(pid)))
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60, trust_env=False) as client:

        async def ask() -> None:
            for at, sent in papers:
                if at >= requests:
                    return
                began = time.perf_counter()
                answer = await client.post("/v1/papers", content=sent.data, headers={"content-type": sent.kind})
                told.seconds.append(time.perf_counter() - began)
                if answer.status_code != 200:
                    told.failed.append(answer.text)
                if len(told.seconds) in marks:
                    told.memory.append((len(told.seconds), memory(pid)))

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(ask() for _ in range(at_once)))
        told.wall, told.cpu = time.perf_counter() - began, time.process_time() - cpu
    return told


def show(jobs: int, told: Told, alone: float) -> None:
    """Print what was measured."""
    rate = len(told.seconds) / told.wall
    print(f"\n--jobs {jobs}: {len(told.seconds):,} requests in {told.wall:,.0f} s, {len(told.failed)} failed")
    client = f"the client took {told.cpu / told.wall:.2f} cores"
    print(f"  {rate:,.0f} requests/s, {rate / alone:.2f} of the baseline; {client}", flush=True)
    print("  seconds: " + percentiles(told.seconds))
    print("  memory, MiB, after requests: " + ", ".join(f"{n:,}: {size / MIB:,.0f}" for n, size in told.memory))
    after = [size for n, size in told.memory if n >= WARMUP]
    if len(after) > 1:
        whole, half = after[-1] / after[0], after[-1] / after[len(after) // 2]
        print(f"  memory, last/first after {WARMUP}: {whole:.3f}; in the second half {half:.3f}")
    for problem in told.failed[:3]:
        print(f"  {problem}")


def percentiles(seconds: Sequence[float]) -> str:
    """The 50th, 95th and 99th, in milliseconds."""
    return ", ".join(f"p{percent} {percentile(seconds, percent)}" for percent in (50, 95, 99))


def memory(pid: int) -> int:
    """Bytes of the resident sets of a process and all its descendants, added up (Linux)."""
    parents = {int(stat.parent.name): _parent(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(_resident(each) for each in family)


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        return 0


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
