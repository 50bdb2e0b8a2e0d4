"""Worker processes, each with one paper at a time: one that takes too long, or dies of a paper, is replaced."""

import asyncio
import os
import resource
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import BrokenExecutor
from contextlib import asynccontextmanager, suppress
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from program.answers import STAGES
from ptmreuse import workers
from ptmreuse.serving.problems import Problem
from ptmreuse.specimen import SPECIMEN
from ptmreuse.workers import Equipment, Processes

MOST_MEMORY = 3 * 2**30  # bytes of a worker; a paper that needs more ends it and not the machine

P = ParamSpec("P")
T = TypeVar("T")


def _begin(equipment: Equipment | None) -> None:
    """Make a worker process ready; without equipment it only reads papers."""
    workers.watch_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if equipment:
        workers.equip(equipment)
        workers.answer(SPECIMEN, STAGES, {})  # what is made once, at a first paper, is made now
    with suppress(OSError, ValueError):  # a system without such limits
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


class Worker:
    """One process."""

    def __init__(self, equipment: Equipment | None) -> None:
        context = get_context("forkserver")  # what a worker imports takes seconds: once, not in each of them
        context.set_forkserver_preload([workers.__name__])
        self._processes = Processes(1, context, _begin, (equipment,))
        self._pid = self._processes.submit(os.getpid)

    async def ready(self) -> None:
        """Wait until the process has begun."""
        await asyncio.wrap_future(self._pid)

    async def do(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What a task gives. Raises Problem when the process dies of it."""
        try:
            return await asyncio.shield(asyncio.wrap_future(self._processes.submit(task, *args, **kwargs)))
        except BrokenExecutor as error:
            raise Problem("reader_fault", "this paper ended the process that read it; please report it") from error

    async def is_free(self, seconds: float) -> bool:
        """Whether the process can take another paper, waiting so long for the task that it is at."""
        try:
            await asyncio.wait_for(asyncio.wrap_future(self._processes.submit(int)), seconds)
        except (BrokenExecutor, TimeoutError):
            return False
        return True

    def end(self) -> None:
        """Kill the process, whatever it is at."""
        self._processes.shutdown(wait=False, cancel_futures=True)
        if self._pid.done() and not self._pid.exception():
            with suppress(ProcessLookupError):
                os.kill(self._pid.result(), signal.SIGKILL)


class Crew:
    """So many workers; `patience` is how many seconds one may go on with a paper that no one waits for any more."""

    def __init__(self, number: int, equipment: Equipment | None = None, patience: float = 5.0) -> None:
        self._number, self._equipment, self._patience = number, equipment, patience
        self._free: asyncio.Queue[Worker] = asyncio.Queue()
        self._all: set[Worker] = set()
        self._returning: set[asyncio.Task[None]] = set()
        self.is_ready = False

    async def start(self) -> None:
        """Start the workers and wait until they are ready."""
        await asyncio.gather(*(self._hire() for _ in range(self._number)))
        self.is_ready = True

    async def _hire(self) -> None:
        worker = await asyncio.to_thread(Worker, self._equipment)
        self._all.add(worker)
        await worker.ready()
        self._free.put_nowait(worker)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Worker]:
        """A worker for one paper, as soon as one is free."""
        worker = await self._free.get()
        try:
            yield worker
        finally:
            task = asyncio.create_task(self._return(worker))
            self._returning.add(task)
            task.add_done_callback(self._returning.discard)

    async def _return(self, worker: Worker) -> None:
        if await worker.is_free(self._patience):
            self._free.put_nowait(worker)
            return
        self._all.discard(worker)
        worker.end()
        await self._hire()

    def end(self) -> None:
        """End every worker."""
        for task in self._returning:
            task.cancel()
        for worker in self._all:
            worker.end()
