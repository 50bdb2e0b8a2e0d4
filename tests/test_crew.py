"""Worker processes: what becomes of one that dies, hangs, or is left alone with its paper."""

import asyncio
import os
import signal
import time

import pytest

from ptmreuse.serving.crew import Crew
from ptmreuse.serving.problems import Problem


def die() -> None:
    """What a paper may do to the process that reads it."""
    os.kill(os.getpid(), signal.SIGKILL)


async def with_crew(*steps: object) -> list[object]:
    """What a crew of one gives for tasks: a function, or one with the seconds after which no one waits for it."""
    crew, got = Crew(1, patience=0.3), []
    assert not crew.is_ready
    await crew.start()
    assert crew.is_ready
    try:
        for step in steps:
            task, seconds, *given = step if isinstance(step, tuple) else (step, 60)
            try:
                async with asyncio.timeout(seconds), crew.one() as worker:
                    got.append(await worker.do(task, *given))
            except (Problem, TimeoutError, ValueError) as error:
                got.append(error)
    finally:
        crew.end()
    return got


def test_a_worker_is_replaced_when_it_dies_or_hangs_and_kept_when_it_does_not() -> None:
    began = time.monotonic()
    pids = (os.getpid, 60)
    got = asyncio.run(with_crew(pids, die, pids, (time.sleep, 0.2, 600), pids, (time.sleep, 0.1, 0.2), pids, pids))
    first, died, second, hung, third, late, fourth, fifth = got
    assert isinstance(died, Problem)
    assert (died.kind, isinstance(hung, TimeoutError), isinstance(late, TimeoutError)) == ("reader_fault", True, True)
    assert len({first, second, third}) == 3
    assert third == fourth == fifth  # it was late, and done before patience ended
    with pytest.raises(ProcessLookupError):
        os.kill(int(str(second)), 0)
    assert time.monotonic() - began < 60


def test_an_error_of_a_task_is_the_callers() -> None:
    (error,) = asyncio.run(with_crew((int, 60, "x")))
    assert isinstance(error, ValueError)
