"""Everything that people did on the page, in SQLite beside the labels: nothing that was acknowledged is ever lost.

Table `saves` has every draft as it was sent and, where it is done, the row that it became; `rulings` has every
decision. Rows are added, and one that was undone is only marked.
"""

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.reviewing.draft import Draft
from ptmreuse.rows import PaperRow

_SCHEMA = """
CREATE TABLE IF NOT EXISTS saves (
    id INTEGER PRIMARY KEY, time TEXT NOT NULL, annotator TEXT NOT NULL, paper TEXT NOT NULL, draft TEXT NOT NULL,
    made TEXT NOT NULL DEFAULT '', undone INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS saves_by_paper ON saves (annotator, paper, id) WHERE NOT undone;
CREATE TABLE IF NOT EXISTS rulings (
    id INTEGER PRIMARY KEY, time TEXT NOT NULL, paper TEXT NOT NULL, stage TEXT NOT NULL, model TEXT NOT NULL,
    decision TEXT NOT NULL, why TEXT NOT NULL, by TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS written (file TEXT PRIMARY KEY, digest TEXT NOT NULL);
"""
_LAST = "SELECT max(id) FROM saves WHERE annotator = ? AND paper = ? AND NOT undone"
_LATEST = "SELECT max(id) FROM saves WHERE NOT undone GROUP BY annotator, paper"


class RuledOn(NamedTuple):
    """A decision on a disagreement: what about, what, why, by whom, when."""

    paper: str
    stage: str
    model: str
    decision: str
    why: str
    by: str
    time: str


class Journal:
    """The open journal; a context manager. Threads may share it, processes may not.

    Raises UsageError when another process has it open, SystemicError when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._held = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            _hold(self._held, path)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; {_SCHEMA}")
        except (OSError, sqlite3.Error) as error:
            raise SystemicError(f"{path}: can't be used as a journal ({error}); give other --labels") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()
        os.close(self._held)

    def save(self, annotator: str, paper: str, draft: Draft, made: PaperRow | None = None) -> int:
        """Add a draft and the row that it became; both are on the disk when this returns. Returns its revision."""
        told = made.model_dump_json(exclude_defaults=True) if made else ""
        row = (_now(), annotator, paper, draft.model_dump_json(), told)
        insert = "INSERT INTO saves (time, annotator, paper, draft, made) VALUES (?, ?, ?, ?, ?)"
        with self._used() as db:
            return db.execute(insert, row).lastrowid or 0

    def undo(self, annotator: str, paper: str) -> Draft | None:
        """Take the latest draft back; returns the one before."""
        with self._used() as db:
            db.execute(f"UPDATE saves SET undone = 1 WHERE id = ({_LAST})", (annotator, paper))  # noqa: S608 - a constant
        return self.latest(annotator, paper)

    def latest(self, annotator: str, paper: str) -> Draft | None:
        """What someone last saved of a paper."""
        return self.drafts(annotator).get(paper)

    def drafts(self, annotator: str) -> dict[str, Draft]:
        """What someone last saved, by paper, in the order of their first saves."""
        query = f"SELECT paper, draft FROM saves WHERE id IN ({_LATEST}) AND annotator = ?"  # noqa: S608 - a constant
        order = "SELECT paper FROM saves WHERE annotator = ? GROUP BY paper ORDER BY min(id)"
        with self._used() as db:
            found = {paper: Draft.model_validate_json(text) for paper, text in db.execute(query, (annotator,))}
            return {paper: found[paper] for (paper,) in db.execute(order, (annotator,)) if paper in found}

    def rows(self, annotator: str) -> list[PaperRow]:
        """Someone's finished rows, in the order in which they were finished."""
        query = f"SELECT made FROM saves WHERE id IN ({_LATEST}) AND annotator = ? AND made != '' ORDER BY id"  # noqa: S608 - a constant
        with self._used() as db:
            return [PaperRow.model_validate_json(made) for (made,) in db.execute(query, (annotator,))]

    def annotators(self) -> list[str]:
        """Everyone who saved something, in the order in which they came."""
        with self._used() as db:
            return [name for (name,) in db.execute("SELECT annotator FROM saves GROUP BY annotator ORDER BY min(id)")]

    def rule(self, paper: str, stage: str, model: str, decision: str, why: str, by: str) -> RuledOn:
        """Add a decision."""
        made = RuledOn(paper, stage, model, decision, why, by, _now())
        columns = ", ".join(RuledOn._fields)
        with self._used() as db:
            db.execute(f"INSERT INTO rulings ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", made)  # noqa: S608 - our fields
        return made

    def rulings(self) -> list[RuledOn]:
        """Every decision, in order; of two on the same question the later one counts."""
        with self._used() as db:
            rows = db.execute("SELECT paper, stage, model, decision, why, by, time FROM rulings ORDER BY id")
            return [RuledOn(*each) for each in rows]

    def written(self, file: str) -> str:
        """The digest of a file as it was last written, "" for never."""
        with self._used() as db:
            found = db.execute("SELECT digest FROM written WHERE file = ?", (file,)).fetchone()
        return str(found[0]) if found else ""

    def note_written(self, file: str, digest: str) -> None:
        """Note the digest of a file that was written."""
        with self._used() as db:
            db.execute("INSERT OR REPLACE INTO written VALUES (?, ?)", (file, digest))

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise SystemicError(f"{self.path}: can't be written or read ({error}); free the disk") from error


def _hold(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"{path}: another ptmreuse review has it open; give other --labels") from error
    except OSError:
        return  # a file system without locks


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
