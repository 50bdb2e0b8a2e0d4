"""A real Ray cluster of two nodes with one CPU each, and runs on it: `python on_ray.py FOLDER`.

test_distributed.py starts it and reads the JSON object of what was found. Ray is kept out of the tests' own process: it
warns, and it forks.
"""

import io
import json
import os
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_TMPDIR": "/tmp"}  # noqa: S108

import pandas as pd
import ray
from papers import PREDICTED, TUNED, corpus, jats
from provider import Answer, answered, provider, refused
from ray.cluster_utils import Cluster
from rich.console import Console

from ptmreuse.calling.lms import Terms
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached
from ptmreuse.progress import Progress
from ptmreuse.run import LOCAL, RAY, Order, run
from ptmreuse.tables import models_table, papers_table

_STORE = 100 * 2**20  # bytes


@contextmanager
def two_nodes() -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of a cluster, and what kills one of its two nodes."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": _STORE})
    nodes = [cluster.add_node(num_cpus=1, object_store_memory=_STORE) for _ in range(2)]
    try:
        cluster.wait_for_nodes()
        yield cluster.address, lambda: cluster.remove_node(nodes[0], allow_graceful=False)
    finally:
        cluster.shutdown()


def done(out: Path, paths: tuple[Path, ...], address: str = "", **asked: Any) -> list[pd.DataFrame]:
    """The tables of a run."""
    engine = RAY if address else LOCAL
    order = Order(paths, out, engine=engine, address=address, **asked)
    key = run(order, Progress(Console(file=io.StringIO())))
    with Ledger(order.ledger) as ledger:
        return [papers_table(ledger, key), models_table(ledger, key)]


def archives(folder: Path) -> tuple[Path, ...]:
    """Papers in archives, one of them a copy of another."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "some.zip", "w") as file:
        for n in range(20):
            file.writestr(f"{n:02}.xml", jats(TUNED, title=f"Zipped {n}"))
    with tarfile.open(folder / "more.tar.gz", "w:gz") as tar:
        for n in range(15, 25):
            data = jats(PREDICTED if n > 19 else TUNED, title=f"Zipped {n}")
            member = tarfile.TarInfo(f"{n:02}.xml")
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return (folder / "some.zip", folder / "more.tar.gz")


def same(some: list[pd.DataFrame], other: list[pd.DataFrame]) -> bool:
    """Whether tables are equal, cell by cell."""
    return all(one.equals(two) for one, two in zip(some, other, strict=True))


def slow(number: int, body: dict[str, object]) -> Answer:
    """An LM that takes its time."""
    time.sleep(0.2)
    return answered(number, body)


def embedded(folder: Path, address: str, found: dict[str, Any]) -> None:
    """Files and archives, from the first to the last and again; the limit."""
    paths = (corpus(folder / "in", 40), *archives(folder / "archives"))
    here = done(folder / "here", paths)
    found["embedded"] = same(done(folder / "there", paths, address), here)
    found["again"] = same(done(folder / "there", paths, address), here)
    found["left"] = sorted(path.name for path in (folder / "there" / "parts").iterdir())
    found["limit"] = same(done(folder / "few", paths, address, limit=50), done(folder / "few_here", paths, limit=50))


def refusal(folder: Path, address: str, found: dict[str, Any]) -> None:
    """A wrong key."""
    with provider(refused(401, "wrong key")) as server:
        began = time.monotonic()
        try:
            done(folder / "refused", (folder / "in",), address, lm=LMChoice("hosted_vllm/m", server.base))
        except SystemicError as error:
            found["refusal"] = str(error)
        found["refusal_seconds"] = time.monotonic() - began
        found["refusal_calls"] = len(server.bodies)


def budget(folder: Path, address: str, found: dict[str, Any]) -> None:
    """A budget and a rate that both actors share; then the rest without a budget."""
    papers = (folder / "in",)
    with provider(answered) as server:
        lm = LMChoice("hosted_vllm/m", server.base)
        here = done(folder / "paid_here", papers, lm=lm)
        del server.bodies[:]
        began = time.monotonic()
        try:
            done(folder / "paid", papers, address, lm=lm, terms=Terms(concurrency=4, max_tokens=15_000, rpm=1200))
        except BudgetReached:
            found["budget_calls"] = len(server.bodies)
        found["budget_seconds"] = time.monotonic() - began
        found["after_budget"] = same(done(folder / "paid", papers, address, lm=lm), here)
        found["budget_all_calls"] = len(server.bodies)


def killed(folder: Path, address: str, kill: Callable[[], None], found: dict[str, Any]) -> None:
    """A node that is killed while both are asking."""
    papers = (corpus(folder / "many", 120),)
    with provider(answered) as server:
        here = done(folder / "undisturbed", papers, lm=LMChoice("hosted_vllm/m", server.base))
        calls = len(server.bodies)
    with provider(slow) as server:

        def watch() -> None:
            while len(server.bodies) < calls // 3:
                time.sleep(0.05)
            found["killed_at"] = len(server.bodies)
            kill()

        thread = threading.Thread(target=watch)
        thread.start()
        lm = LMChoice("hosted_vllm/m", server.base)
        there = done(folder / "killed", papers, address, lm=lm, terms=Terms(concurrency=8))
        thread.join()
        found |= {"killed": same(there, here), "calls": calls, "calls_killed": len(server.bodies)}


def main(folder: Path) -> None:
    """All of it on one cluster, for it takes long to start."""
    found: dict[str, Any] = {}
    with two_nodes() as (address, kill):
        for step in (embedded, refusal, budget):
            step(folder, address, found)
        killed(folder, address, kill, found)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    ray.shutdown()
