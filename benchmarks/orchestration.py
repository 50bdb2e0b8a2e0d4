"""How close is a run to the fastest client there could be? Prints ratios of time, CPU per call, and peak memory.

    python -m benchmarks.orchestration [--papers 500] [--latency 0.3] [--at-once 64] [--rounds 3] [--memory]

A server in a process of its own answers after a set time. The run asks about papers that are made here, of 40,000
characters, half of which reuse a model (five questions; the others one). The ceiling is a bare aiohttp client that
makes the very same calls in the same order, those about one paper one after another, as many at once; then the same
one at a time. Server and clients share the machine. `--memory` measures peak memory at 2,000 and 20,000 papers instead.
"""

import argparse
import asyncio
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console

from ptmreuse.calling.lms import Terms
from ptmreuse.lm import LMChoice
from ptmreuse.progress import Progress, UnderWay
from ptmreuse.run import Order, run

GOAL, CPU_GOAL, MEMORY_GOAL = 1.15, 3.0, 1.10  # times the ceiling's time, ms per call, times the memory
SAMPLE = 20  # calls of the client that makes one at a time
TUNED = "We fine-tuned ResNet-50 pre-trained on ImageNet to classify images of diseased leaves."
FILLER = (
    "We sowed barley on plot {n} and counted the ears by hand in week {m} of the summer.",
    "Samples of soil {n} were dried at {m} degrees, sieved and weighed twice by different persons.",
    "Means of group {n} were compared by analysis of variance, followed by Tukey's test at level {m}.",
    "The yield of variety {n} differed between sites, as it had in year {m} of the earlier trial.",
)
NETWORK = "A neural network was trained on the images of season {n} with a batch size of {m}."
EVERY = 20  # lines, one of which is of a network: as many as in papers that a search for deep learning finds
MODEL = '"model": "ResNet-50", '
ANSWERS = {
    b"`uses_deep_learning` (bool)": f"[[ ## uses_deep_learning ## ]]\nTrue\n\n[[ ## evidence ## ]]\n{TUNED}",
    b"`reuses_ptm` (bool)": f"[[ ## reuses_ptm ## ]]\nTrue\n\n[[ ## evidence ## ]]\n{TUNED}",
    b"`ptms` (": f'[[ ## ptms ## ]]\n[{{"mention": "ResNet-50", "evidence": "{TUNED}"}}]',
    b"`patterns` (": f'[[ ## patterns ## ]]\n[{{{MODEL}"pattern": "adaptation", "evidence": "{TUNED}"}}]',
    b"`steps` (": f'[[ ## steps ## ]]\n[{{{MODEL}"step": "test", "evidence": "{TUNED}"}}]',
}
NO = "[[ ## uses_deep_learning ## ]]\nFalse\n\n[[ ## evidence ## ]]\nnone"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=500)
    parser.add_argument("--latency", type=float, default=0.3, help="seconds")
    parser.add_argument("--at-once", type=int, default=64, help="calls in flight")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true", help="peak memory instead")
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        PARTS[given.part[0]](*given.part[1:])
    elif given.memory:
        report_memory()
    else:
        report_speed(given.papers, given.latency, given.at_once, given.rounds)


def report_speed(papers: int, latency: float, at_once: int, rounds: int) -> None:
    """Print times and their ratios."""
    with tempfile.TemporaryDirectory() as name, serving(latency) as base:
        folder = Path(name)
        make(folder / "papers.zip", papers, 40_000)
        ours, bare = [], []
        for number in range(rounds):
            ours.append(measured(base, "ours", folder / "papers.zip", folder / f"out{number}", at_once))
            (folder / "bodies.json").write_bytes(fetch(base, "bodies"))
            bare.append(measured(base, "bare", folder / "bodies.json", at_once))
        alone = measured(base, "bare", folder / "bodies.json", 1, SAMPLE)
    calls = ours[0]["calls"]
    own, ceiling = (statistics.median(each["busy"] for each in runs) for runs in (ours, bare))
    cpu = statistics.median(each["cpu"] for each in ours) / calls * 1e3
    readers = statistics.median(each["children"] for each in ours) / papers * 1e3
    print(f"{papers:,} papers, {calls:,.0f} calls of {latency * 1e3:.0f} ms, {at_once} at once, median of {rounds}")
    print(f"  calls x latency / at once      {calls * latency / at_once:7.2f} s")
    print(f"  bare aiohttp, the ceiling      {ceiling:7.2f} s  {bare[0]['cpu'] / calls * 1e3:5.2f} ms of CPU a call")
    print(f"  ptmreuse run                   {own:7.2f} s  {cpu:5.2f} ms of CPU a call (goal: at most {CPU_GOAL})")
    print(f"  one at a time                  {alone['busy'] / SAMPLE * calls:7.2f} s  from {SAMPLE} calls")
    print(f"  time of the run / the ceiling  {own / ceiling:7.2f}    (goal: at most {GOAL})")
    print(f"  reading and passages, in other processes: {readers:.1f} ms of CPU a paper, their start included")
    whole, shown = ours[0]["characters"] / 4, 5 * papers * 40_000 / 4
    print(
        f"  tokens: {whole:,.0f}; whole texts in five questions each: {shown:,.0f}, {shown / whole:.1f} times as many"
    )


def report_memory() -> None:
    """Print the peak memory of runs of two sizes."""
    peaks = []
    with tempfile.TemporaryDirectory() as name, serving(0.02) as base:
        for papers in (2_000, 20_000):
            make(Path(name) / f"{papers}.zip", papers, 4_000)
            told = measured(base, "ours", Path(name) / f"{papers}.zip", Path(name) / f"out{papers}", 64)
            peaks.append(told["peak"])
            rate = papers / told["busy"]
            print(f"{papers:>7,} papers  {told['peak']:6.0f} MB at most  {rate:6.1f} papers/s", flush=True)
    print(f"  ratio {peaks[1] / peaks[0]:.2f}  (goal: at most {MEMORY_GOAL:.2f})")


def make(path: Path, papers: int, characters: int) -> None:
    """An archive of papers, every other of which reuses a model."""
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(papers):
            archive.writestr(f"{number:05}.xml", paper(number, characters))


def paper(number: int, characters: int) -> str:
    """One paper."""
    lines, size = [], 0
    while size < characters:
        line = FILLER[(number + len(lines)) % len(FILLER)] if len(lines) % EVERY else NETWORK
        lines.append(line.format(n=number, m=len(lines)))
        size += len(lines[-1])
    if number % 2:
        lines.insert(len(lines) // 2, TUNED)
    body = "".join(f"<p>{' '.join(lines[at : at + 6])}</p>" for at in range(0, len(lines), 6))
    return (
        f'<article article-type="research-article"><front><article-meta><title-group><article-title>Paper {number}'
        "</article-title></title-group><pub-date><year>2022</year></pub-date></article-meta></front><body>"
        f'<sec sec-type="methods"><title>Methods</title>{body}</sec></body></article>'
    )


@contextmanager
def serving(latency: float) -> Iterator[str]:
    """The server's address."""
    command = [sys.executable, "-m", "benchmarks.orchestration", "--part", "serve", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout  # noqa: S101
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        finally:
            server.terminate()


def measured(base: str, part: str, *arguments: object) -> dict[str, float]:
    """What a client in a process of its own tells, and the server of it."""
    fetch(base, "reset")
    command = [sys.executable, "-m", "benchmarks.orchestration", "--part", part, base, *map(str, arguments)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return {**told, **json.loads(fetch(base, "told"))}


def fetch(base: str, what: str) -> bytes:
    """A page of the server."""

    async def get() -> bytes:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/{what}") as response:
            return await response.read()

    return asyncio.run(get())


def ours(base: str, papers: str, out: str, at_once: str) -> None:
    """A run."""
    order = Order(
        (Path(papers),), Path(out), LMChoice("hosted_vllm/m", base), jobs=2, terms=Terms(concurrency=int(at_once))
    )
    with Path("/dev/null").open("w") as nowhere:
        progress = Timed(Console(file=nowhere))
        run(order, progress)
        cpu = time.process_time() - progress.began
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = own.ru_maxrss / 1024
    print(json.dumps({"cpu": cpu, "peak": peak, "children": children.ru_utime + children.ru_stime}))


class Timed(Progress):
    """Notes the CPU seconds at which the forecast is done and the papers begin."""

    began = 0.0

    @contextmanager
    def watching(self, under_way: UnderWay) -> Iterator[None]:
        """Progress of the calls."""
        self.began = time.process_time()
        with super().watching(under_way):
            yield


def bare(base: str, bodies: str, at_once: str, most: str = "") -> None:
    """The same calls without anything around them."""
    found: list[str] = json.loads(Path(bodies).read_bytes())
    chains: dict[str, list[bytes]] = {}
    for body in found[: int(most) if most else None]:
        title = re.search(r"Paper \d+", body)
        chains.setdefault(title[0] if title else "", []).append(body.encode())

    async def replay() -> None:
        left = iter(list(chains.values()))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=int(at_once))) as session:

            async def client() -> None:
                for chain in left:
                    for body in chain:
                        url, kind = f"{base}/chat/completions", {"content-type": "application/json"}
                        async with session.post(url, data=body, headers=kind) as response:
                            assert (await response.json())["choices"][0]["message"]["content"]  # noqa: S101

            await asyncio.gather(*(client() for _ in range(int(at_once))))

    before = time.process_time()
    asyncio.run(replay())
    print(json.dumps({"cpu": time.process_time() - before}))


class Server:
    """Answers by what stands in a request, after the set time; counts and keeps what it was asked."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.forget()

    def forget(self) -> None:
        """Start counting anew."""
        self.bodies: list[bytes] = []
        self.calls = self.characters = 0
        self.began = self.ended = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1]) if length else 0)
                data = self.page(head) if head.startswith(b"GET") else await self.answer(body)
                start = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                writer.write(start % len(data) + data)
                self.ended = time.monotonic()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def page(self, head: bytes) -> bytes:
        """What the benchmark asks."""
        if b"/reset" in head:
            self.forget()
        told = {"busy": self.ended - self.began, "calls": self.calls, "characters": self.characters}
        return json.dumps([body.decode() for body in self.bodies] if b"/bodies" in head else told).encode()

    async def answer(self, body: bytes) -> bytes:
        """What the LM says."""
        self.began = self.began or time.monotonic()
        self.calls += 1
        self.characters += len(body)
        if self.calls < 10_000:  # of a longer run only memory is measured
            self.bodies.append(body)
        await asyncio.sleep(self.latency)
        text = next((said for field, said in ANSWERS.items() if field in body), NO) if TUNED.encode() in body else NO
        message = {"role": "assistant", "content": f"{text}\n\n[[ ## completed ## ]]"}
        usage = {"prompt_tokens": len(body) // 4, "completion_tokens": 30, "total_tokens": len(body) // 4 + 30}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return json.dumps({"id": "1", "model": "m", "choices": choices, "usage": usage}).encode()


def serve(latency: str) -> None:
    """Run the server until it is ended."""

    async def forever() -> None:
        server = await asyncio.start_server(Server(float(latency)).serve, "127.0.0.1", 0, limit=1 << 20, backlog=256)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(forever())


PARTS: dict[str, Any] = {"serve": serve, "ours": ours, "bare": bare}

if __name__ == "__main__":
    main()
