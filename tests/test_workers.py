"""Workers: the same tasks in this process, in threads and in processes, and how they end."""

import os
import signal
import subprocess
import sys
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from papers import FIELD, TUNED, jats, paper
from provider import provider, refused

from program.answers import STAGES
from ptmreuse import workers
from ptmreuse.corpus.document import Document
from ptmreuse.errors import EmptyPaper, ReaderFault, SystemicError, UnreadablePaper
from ptmreuse.lm import LMChoice
from ptmreuse.workers import Equipment, Inline, Processes, answer, equip, executor, read_paper, readers

EMBEDDED = Equipment(LMChoice(), None)


def test_reading_gives_a_paper_or_why_there_is_none() -> None:
    assert read_paper(Document("a.xml", jats(TUNED))).title == "Leaves"
    assert isinstance(read_paper(Document("a.xml", b"")), EmptyPaper)


def test_a_fault_of_the_reader_is_a_row() -> None:
    broken = read_paper(Document("a.xml", None))
    assert isinstance(broken, ReaderFault)
    assert isinstance(broken, UnreadablePaper)
    assert broken.reason == "reader_fault"
    assert str(broken).startswith("a.xml: the reader failed (")


def test_answering_needs_equipment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_pipeline", None)
    with pytest.raises(RuntimeError, match="equip"):
        answer(paper(), STAGES, {})


def test_what_an_executor_is_made_of() -> None:
    for jobs, kind in ((1, Inline), (2, Processes)):
        with executor(EMBEDDED, jobs) as pool:
            assert type(pool) is kind
    for jobs, kind in ((1, ThreadPoolExecutor), (2, Processes)):
        with readers(jobs) as pool:
            assert type(pool) is kind


def test_inline_futures_carry_results_and_errors() -> None:
    inline = Inline()
    assert inline.submit(divmod, 7, 2).result() == (3, 1)
    failed = inline.submit(divmod, 7, 0)
    with pytest.raises(ZeroDivisionError):
        failed.result()
    with pytest.raises(KeyboardInterrupt):
        inline.submit(interrupt)


def interrupt() -> None:
    raise KeyboardInterrupt


def test_after_a_refusal_waiting_tasks_do_not_call() -> None:
    with provider(refused(401)) as server:
        with executor(Equipment(LMChoice("hosted_vllm/m", server.base), None), 2) as pool:
            futures = [pool.submit(answer, paper(f"{TUNED} {n}"), STAGES, {}) for n in range(20)]
        assert all(isinstance(future.exception(), SystemicError) for future in futures)
        assert len(server.bodies) <= 2
        equip(EMBEDDED)
    assert answer(paper(FIELD), STAGES, {})


def test_processes_answer_the_same_and_a_dead_one_is_told() -> None:
    equip(EMBEDDED)
    here = [[row.answer for row in answer(given, STAGES, {})] for given in (paper(TUNED), paper(FIELD))]
    with executor(EMBEDDED, 2) as pool:
        there = [pool.submit(answer, given, STAGES, {}) for given in (paper(TUNED), paper(FIELD))]
        assert [[row.answer for row in future.result()] for future in there] == here
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
        assert signal.SIGINT not in before
        assert signal.SIGINT in pool.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
        with pytest.raises(BrokenExecutor):
            pool.submit(os._exit, 1).result()


ORPHANS = """
import os, sys, time
from ptmreuse.lm import LMChoice
from ptmreuse.workers import Equipment, executor
if __name__ == "__main__":
    pool = executor(Equipment(LMChoice(), None), 1 + 1)
    print(*[future.result() for future in [pool.submit(os.getpid)]], flush=True)
    time.sleep(60)
"""


def test_workers_end_when_their_run_is_killed(tmp_path: Path, python: dict[str, str]) -> None:
    script = tmp_path / "orphans.py"
    script.write_text(ORPHANS)
    with subprocess.Popen([sys.executable, str(script)], env=python, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        assert int(run.stdout.readline())
        run.send_signal(signal.SIGKILL)
        run.communicate(timeout=30)  # returns when the last process that holds this pipe has ended
