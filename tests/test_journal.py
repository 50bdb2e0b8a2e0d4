"""What people did on the page, kept."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from reviewed import draft, reviewed_paper

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.reviewing.draft import Draft, row
from ptmreuse.reviewing.journal import Journal

SAVING = """
import sys
from pathlib import Path
from ptmreuse.reviewing.draft import Draft
from ptmreuse.reviewing.journal import Journal
with Journal(Path(sys.argv[1])) as journal:
    for number in range(100_000):
        journal.save("anna", f"p{number % 7}", Draft(note=str(number)))
        print(number, flush=True)
"""


def test_everyone_has_their_own_latest(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite") as journal:
        for who, paper, note in (("anna", "a", "1"), ("bo", "a", "2"), ("anna", "b", "3"), ("anna", "a", "4")):
            journal.save(who, paper, Draft(note=note))
        assert {paper: each.note for paper, each in journal.drafts("anna").items()} == {"a": "4", "b": "3"}
        assert list(journal.drafts("anna")) == ["a", "b"]
        assert journal.latest("bo", "b") is None
        assert journal.annotators() == ["anna", "bo"]


def test_undo_goes_back_one_by_one_to_the_beginning(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite") as journal:
        for note in "12":
            journal.save("anna", "a", Draft(note=note))
        journal.save("bo", "a", Draft(note="bo's"))
        before = journal.undo("anna", "a")
        assert before and before.note == "1"
        assert journal.undo("anna", "a") is None
        assert journal.undo("anna", "a") is None
        assert journal.drafts("bo")["a"].note == "bo's"


def test_rows_are_those_of_drafts_that_are_still_done(tmp_path: Path) -> None:
    about = reviewed_paper()
    with Journal(tmp_path / "j.sqlite") as journal:
        journal.save("anna", about.id, draft(), row(draft(), about))
        assert [each.id for each in journal.rows("anna")] == [about.id]
        journal.save("anna", about.id, draft(state="started"))
        assert journal.rows("anna") == []
        journal.undo("anna", about.id)
        assert [each.id for each in journal.rows("anna")] == [about.id]


def test_it_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite") as journal:
        journal.save("anna", "a", Draft(note="1"))
        journal.rule("a", "science_step", "U-Net", "test", "it is evaluated", "cy")
        journal.note_written("labels.jsonl", "d1")
    with Journal(tmp_path / "j.sqlite") as journal:
        assert journal.drafts("anna")["a"].note == "1"
        assert [(each.decision, each.by) for each in journal.rulings()] == [("test", "cy")]
        assert (journal.written("labels.jsonl"), journal.written("other.jsonl")) == ("d1", "")


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with Journal(tmp_path / "j.sqlite"), pytest.raises(UsageError, match="another ptmreuse review"):
        Journal(tmp_path / "j.sqlite")
    with Journal(tmp_path / "j.sqlite"):
        pass


def test_what_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "j.sqlite").write_bytes(b"no database at all, but long enough to be looked at" * 30)
    with pytest.raises(SystemicError, match=r"j\.sqlite: can't be used as a journal"):
        Journal(tmp_path / "j.sqlite")


def test_every_save_that_was_acknowledged_survives_a_kill(python: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "j.sqlite"
    command = [sys.executable, "-c", SAVING, str(path)]
    with subprocess.Popen(command, env=python, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = [int(process.stdout.readline()) for _ in range(50)]
        time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        told += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    with Journal(path) as journal:
        kept = {int(each.note) for each in journal.drafts("anna").values()}
    assert max(kept) >= told[-1] >= 49
    assert max(kept) <= told[-1] + 1
