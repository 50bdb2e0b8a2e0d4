"""What one run says of each paper: the ledger's documents beside their answers."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from program.answers import Answer
from ptmreuse.ledger import SCHEMA, Ledger
from ptmreuse.reporting.keys import Asked, chosen, ledger_of

YES_NO = ("uses_deep_learning", "reuses_ptm")
NAMES, PATTERN, STEP = "names_ptms", "reuse_pattern", "science_step"
UNRESOLVED = "unresolved"
NOT_ASKED = ""

_CALLS = "SELECT text_hash, stage, attempts FROM answers WHERE program = ? AND lm = ? AND schema = ? ORDER BY id"


@dataclass(frozen=True, slots=True)
class Told:
    """A paper of a run with its answers by stage. `calls` are how many the LM was sent, by stage; 1 is the least.

    `status` is read, or why the paper is unreadable.
    """

    source: str
    doi: str
    title: str
    journal: str
    year: int | None
    text_hash: str
    status: str
    answers: Mapping[str, Answer]
    calls: Mapping[str, int]

    @property
    def readable(self) -> bool:
        """Whether there is a text that was or could be asked about."""
        return self.status == "read"

    def value(self, stage: str) -> str:
        """yes, no, unresolved, or "" where not asked, as papers.csv has it: a no at the first gate answers the second.

        An unreadable paper is unresolved at both gates.
        """
        if not self.readable:
            return UNRESOLVED if stage in YES_NO else NOT_ASKED
        if stage in self.answers:
            return self.answers[stage].value
        before = self.answers.get(YES_NO[0])
        follows = stage == YES_NO[1] and before is not None and before.value != "yes"
        return before.value if follows and before else NOT_ASKED

    def values_of(self, stage: str, model: str) -> tuple[str, ...]:
        """What a stage on models says of one: its patterns or its step; () where that is unresolved."""
        answer = self.answers.get(stage)
        return tuple(sorted(f.value for f in answer.resolved if f.model == model)) if answer else ()

    @property
    def models(self) -> tuple[str, ...]:
        """The canonical names that stage 3 found, in their order."""
        named = self.answers.get(NAMES)
        return tuple(finding.model for finding in named.resolved) if named else ()


@dataclass(frozen=True)
class Record:
    """One run: its folder, whose answers, and its papers; of duplicates only the number, for their twins answer."""

    run: Path
    asked: Asked
    papers: tuple[Told, ...]
    duplicates: int

    @cached_property
    def unreadable(self) -> int:
        """How many papers could not be read."""
        return sum(not told.readable for told in self.papers)

    @property
    def words(self) -> str:
        """The run in one line."""
        return f"{self.run} · {self.asked.words}"


def record(run: Path, wanted: str = "", flag: str = "--key") -> Record:
    """The papers of a run with the answers of its latest program and LM, or of the wanted ones.

    Raises what `chosen` raises.
    """
    asked = chosen(run, wanted, flag)
    with Ledger(ledger_of(run)) as ledger:
        documents, answers = ledger.all_documents(), ledger.all_answers(asked.key)
    calls = _calls(ledger_of(run), asked)
    rows = {row["text_hash"] or row["source"]: row for row in documents if row["status"] != "duplicate"}
    papers = tuple(_told(row, answers.get(text, {}), calls.get(text, {})) for text, row in rows.items())
    return Record(run, asked, papers, len(documents) - len(papers))


def _told(row: sqlite3.Row, answers: Mapping[str, Answer], calls: Mapping[str, int]) -> Told:
    about = {name: row[name] for name in ("source", "doi", "title", "journal", "year", "text_hash", "status")}
    read = row["status"] == "read"
    return Told(**about, answers=answers if read else {}, calls=calls if read else {})


def _calls(path: Path, asked: Asked) -> dict[str, dict[str, int]]:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute(_CALLS, (asked.key.program, asked.key.lm, SCHEMA)).fetchall()
    found: dict[str, dict[str, int]] = {}
    for text_hash, stage, attempts in rows:
        found.setdefault(text_hash, {})[stage] = attempts
    return found
