"""The jobs of a service, in one SQLite file: what was sent, how far it is, what came of each paper.

    jobs     one row per batch
    items    one row per paper: waiting, done or failed, with its result as JSON; `file` and `number` say where it lies

What was sent lies in files that we name, and is removed when its job is done.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ptmreuse.corpus.document import archive_suffix, paper_suffix
from ptmreuse.errors import SystemicError, UsageError

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, created REAL NOT NULL, finished REAL);
CREATE TABLE IF NOT EXISTS items (
    job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE, position INTEGER NOT NULL, name TEXT NOT NULL,
    file INTEGER NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    result TEXT NOT NULL DEFAULT '', PRIMARY KEY (job, position)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS items_waiting ON items (state) WHERE state = 'waiting';
"""

State = Literal["waiting", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Item:
    """A paper of a job: `file` is the number of the upload, `number` that of the paper in it."""

    job: str
    position: int
    name: str
    file: int
    number: int


class Jobs:
    """The open file; use it in one thread. Raises UsageError for a file that is none, SystemicError for the disk."""

    def __init__(self, folder: Path) -> None:
        self._inbox = folder / "inbox"
        path = folder / "jobs.sqlite"
        try:
            self._inbox.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.row_factory = sqlite3.Row
            self._db.executescript(f"PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON; {_TABLES}")
        except (OSError, sqlite3.OperationalError) as error:
            raise SystemicError(f"{path}: can't be written ({error}); give another --data") from error
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path}: not a file of jobs ({error}); give another --data") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def new(self) -> str:
        """The name of a job to come, which no one can guess."""
        return secrets.token_urlsafe(16)

    def file(self, job: str, number: int, name: str) -> Path:
        """Where an upload of a job lies: of its name only the type is used."""
        upload = name.partition("!")[0].lower()
        if archive_suffix(upload):
            return self._inbox / f"{job}.{number}.zip"  # which a tar is made
        gz = ".gz" if upload.endswith(".gz") else ""
        return self._inbox / f"{job}.{number}{paper_suffix(upload)}{gz}"

    def add(self, job: str, items: Iterable[Item]) -> None:
        """A job whose files are there."""
        with self._transaction():
            self._db.execute("INSERT INTO jobs (id, created) VALUES (?, ?)", (job, time.time()))
            self._db.executemany(
                "INSERT INTO items (job, position, name, file, number) VALUES (?, ?, ?, ?, ?)",
                ((job, item.position, item.name, item.file, item.number) for item in items),
            )

    def waiting(self) -> list[Item]:
        """Every paper that is to be answered about, the oldest job first."""
        rows = self._db.execute(
            "SELECT items.* FROM items JOIN jobs ON jobs.id = items.job WHERE state = 'waiting'"
            " ORDER BY jobs.created, position"
        )
        return [Item(row["job"], row["position"], row["name"], row["file"], row["number"]) for row in rows]

    def settle(self, item: Item, state: State, result: dict[str, Any]) -> None:
        """What came of a paper; with the last one the job is finished and its files go."""
        with self._transaction():
            self._db.execute(
                "UPDATE items SET state = ?, result = ? WHERE job = ? AND position = ?",
                (state, json.dumps(result, ensure_ascii=False), item.job, item.position),
            )
            left = self._db.execute("SELECT 1 FROM items WHERE job = ? AND state = 'waiting'", (item.job,)).fetchone()
            if not left:
                self._db.execute("UPDATE jobs SET finished = ? WHERE id = ?", (time.time(), item.job))
        if not left:
            self.discard(item.job)

    def discard(self, job: str) -> None:
        """Remove the files of a job."""
        for path in self._inbox.glob(f"{job}.*"):
            path.unlink(missing_ok=True)

    def remove(self, job: str) -> bool:
        """Remove a job with its results and files; False when there is none of this id."""
        is_there = self._db.execute("DELETE FROM jobs WHERE id = ?", (job,)).rowcount > 0
        if is_there:
            self.discard(job)
        return is_there

    def status(self, job: str) -> dict[str, Any] | None:
        """How far a job is: its times (seconds since 1970) and its papers by state; None for one that is not there."""
        row = self._db.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
        if row is None:
            return None
        counts = self._db.execute("SELECT state, COUNT(*) AS n FROM items WHERE job = ? GROUP BY state", (job,))
        numbers = dict.fromkeys(("waiting", "done", "failed"), 0) | {each["state"]: each["n"] for each in counts}
        return {"created": row["created"], "finished": row["finished"], **numbers}

    def results(self, job: str, first: int, most: int) -> list[dict[str, Any]]:
        """Papers of a job in their order, from a position on."""
        rows = self._db.execute(
            "SELECT * FROM items WHERE job = ? AND position >= ? ORDER BY position LIMIT ?", (job, first, most)
        )
        return [
            {"position": row["position"], "name": row["name"], "state": row["state"], "result": _loaded(row["result"])}
            for row in rows
        ]

    def unfinished(self) -> int:
        """How many jobs are not finished."""
        return int(self._db.execute("SELECT COUNT(*) FROM jobs WHERE finished IS NULL").fetchone()[0])

    def forget(self, days: float) -> None:
        """Remove jobs that were finished so long ago, and files of no job."""
        self._db.execute("DELETE FROM jobs WHERE finished < ?", (time.time() - days * 86400,))
        there = {row["id"] for row in self._db.execute("SELECT id FROM jobs WHERE finished IS NULL")}
        for path in self._inbox.iterdir():
            if path.name.partition(".")[0] not in there:
                path.unlink(missing_ok=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _loaded(text: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(text) if text else None
    return found
