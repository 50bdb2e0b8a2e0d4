"""Services for tests: the real application in a thread with a scripted answerer, and the real command in a process."""

import asyncio
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import uvicorn

from program.answers import STAGES, no, unresolved
from program.paper import Paper
from program.pipeline import unanswered
from ptmreuse.corpus.read import Document, read
from ptmreuse.ledger import Key, Ledger, Row
from ptmreuse.serving.answerers import Known, nothing
from ptmreuse.serving.app import app
from ptmreuse.serving.backlog import Backlog
from ptmreuse.serving.capacity import Capacity
from ptmreuse.serving.connections import Impatient
from ptmreuse.serving.guard import LOOPBACK, Guard
from ptmreuse.serving.jobs import Jobs
from ptmreuse.serving.program_route import program_facts
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.shelf import Shelf

KEY = Key("0123456789ab", "scripted")
READY_SECONDS = 90.0  # of a real service on a machine that is busy


class Crew:
    """A crew without processes."""

    def __init__(self) -> None:
        self.is_ready = True

    async def start(self) -> None:
        """There is nothing to start."""

    @asynccontextmanager
    async def one(self) -> AsyncIterator["Crew"]:
        """Itself."""
        yield self

    async def do(self, task: Callable[..., Any], *args: Any) -> Any:
        """Do it here."""
        return task(*args)

    def end(self) -> None:
        """There is nothing to end."""


class Scripted:
    """Reads papers for real and answers "no" to the first question, or does what a test puts into `fault`."""

    def __init__(self) -> None:
        self.crew: Any = Crew()
        self.seconds = 0.0
        self.fault: BaseException | None = None
        self.asked: list[str] = []

    async def carry(
        self, document: Document, known: Known = nothing, *, by_stage: bool = False
    ) -> AsyncGenerator[Paper | Row, None]:
        """The paper and its one answer."""
        del by_stage
        paper = read(document)
        yield paper
        given = known(paper)
        await asyncio.sleep(self.seconds)
        if self.fault:
            raise self.fault
        if unanswered(given):
            self.asked.append(document.source)
            yield Row(no(STAGES[0]), 100, 10, seconds=self.seconds)

    async def end(self) -> None:
        """There is nothing to close."""


def failed_row(error: str) -> Row:
    """A stage that an error left unresolved."""
    return Row(unresolved(STAGES[0], "provider_error"), error=error)


@contextmanager
def listening(served: Any, head_seconds: float = 5.0) -> Iterator[str]:
    """An ASGI application on loopback, in a thread; its address."""
    protocol = type("Protocol", (Impatient,), {"head_seconds": head_seconds})
    config = uvicorn.Config(
        served, http=protocol, ws="none", log_config=None, access_log=False, server_header=False, timeout_keep_alive=5
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=512) as bound:
        thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(15)


@contextmanager
def running(
    data: Path, answerer: Scripted, capacity: Capacity | None = None, token: str = "", corpus: Sequence[Path] = ()
) -> Iterator[httpx.Client]:
    """The application with a scripted answerer; a client of it."""
    capacity = capacity or Capacity()

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if not held:  # SQLite wants its connections in the thread that uses them
            held.guard = _built(held, data, answerer, capacity, token, corpus)
        await held.guard(scope, receive, send)

    held: Any = _Held()
    with listening(served) as base, httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
        yield client


class _Held(ExitStack):
    guard: Guard | None = None

    def __bool__(self) -> bool:
        return self.guard is not None


def _built(
    held: ExitStack, data: Path, answerer: Scripted, capacity: Capacity, token: str, corpus: Sequence[Path]
) -> Guard:
    data.mkdir(exist_ok=True)
    ledger = held.enter_context(Ledger(data / "ledger.sqlite"))
    jobs = Jobs(data)
    reception = Reception(answerer, capacity, 1)
    backlog = Backlog(reception, jobs, ledger, KEY, "scripted", 1)
    shelf = Shelf(corpus, answerer.crew) if corpus else None
    served = app(reception, backlog, KEY, program_facts(None, KEY, "scripted"), shelf)
    answerer_end = answerer.end

    async def end() -> None:
        await answerer_end()
        jobs.close()
        held.close()

    reception.answerer = SimpleNamespace(carry=answerer.carry, crew=answerer.crew, end=end)  # type: ignore[assignment]
    return Guard(served, capacity, token, LOOPBACK, reception.counters.count)


@contextmanager
def started(data: Path, python: Mapping[str, str], *flags: str) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """The real command in a process of its own, ready; a client of it."""
    command = [sys.executable, "-m", "ptmreuse.cli", "serve", "--port", "0", "--data", str(data), *flags]
    with subprocess.Popen(command, env=dict(python), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        try:
            assert found, "the service did not start"
            with httpx.Client(base_url=found[0], timeout=60, trust_env=False) as client:
                wait(lambda: client.get("/readyz").status_code == 200)
                yield client, process
        finally:
            process.terminate()
            process.wait(30)


def wait(until: Any, seconds: float = READY_SECONDS) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
