"""The batches of a ledger: two tables beside its own, so that a killed run finds them again and pays nothing twice.

    batches          one row per batch: its file and id at the provider, what it may cost, how far it is
    batch_requests   one row per request: the paper and stage that it is about, and its reply until it is an answer

A batch is `filling` while its file is written and `ready` with the file on this machine; it is `creating` from before
the provider is asked for it, `running` once its id is known, `collected` when its replies are here.
"""

import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ptmreuse.batches.letters import Reply
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Key

_TABLES = """
CREATE TABLE IF NOT EXISTS batches (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL, lm TEXT NOT NULL, model TEXT NOT NULL, state TEXT NOT NULL,
    token TEXT NOT NULL, input_file TEXT NOT NULL DEFAULT '', provider_id TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT '', requests INTEGER NOT NULL DEFAULT 0, usd REAL NOT NULL DEFAULT 0,
    tokens INTEGER NOT NULL DEFAULT 0, created TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
CREATE TABLE IF NOT EXISTS batch_requests (
    custom_id TEXT PRIMARY KEY, batch INTEGER NOT NULL, text_hash TEXT NOT NULL, stage TEXT NOT NULL,
    after INTEGER NOT NULL, status INTEGER, reply TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS batch_requests_batch ON batch_requests (batch);
CREATE INDEX IF NOT EXISTS batch_requests_paper ON batch_requests (text_hash, stage);
"""

_UNDER_WAY = ("creating", "running")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch. `model` is the LM's identity; `usd` and `tokens` are what it may cost at most."""

    id: int
    model: str
    state: str
    token: str
    input_file: str
    provider_id: str
    requests: int
    usd: float
    tokens: int


def refuse_while_under_way(ledger: Path, key: Key | None) -> None:
    """Raises UsageError when a provider is at work on a batch of this ledger, of one program and LM or of any."""
    if not ledger.is_file():
        return
    db = sqlite3.connect(ledger)
    try:
        rows = db.execute("SELECT program, lm FROM batches WHERE state IN ('creating', 'running')").fetchall()
    except sqlite3.DatabaseError:  # no table of batches, or no ledger, which the ledger itself says better
        return
    finally:
        db.close()
    if number := sum(1 for row in rows if key is None or row == (key.program, key.lm)):
        advice = "go on with --engine batch, or end them with --engine batch --cancel"
        raise UsageError(f"{ledger}: the provider is at work on {number} of its batches; {advice}")


class Register:
    """The batches of one program and LM; use it as a context manager. Raises SystemicError when the disk refuses."""

    def __init__(self, path: Path, key: Key) -> None:
        self._path, self._key = path, key
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.row_factory = sqlite3.Row
        with self._written():
            self._db.executescript(_TABLES)

    def __enter__(self) -> "Register":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            advice = "see to the disk and its permissions, then run again to resume"
            raise SystemicError(f"{self._path}: can't be written ({error}); {advice}") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._written():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def tidy(self) -> None:
        """Forget what no provider has: files that were not handed over, and replies that are answers by now."""
        with self._transaction():
            self._db.execute("DELETE FROM batches WHERE state IN ('filling', 'ready')")
            self._db.execute("DELETE FROM batch_requests WHERE batch NOT IN (SELECT id FROM batches)")
            self._db.execute(
                "DELETE FROM batch_requests WHERE EXISTS (SELECT 1 FROM answers, batches WHERE batches.id = batch"
                " AND answers.text_hash = batch_requests.text_hash AND answers.stage = batch_requests.stage"
                " AND answers.program = batches.program AND answers.lm = batches.lm AND answers.id > after)"
            )

    def open(self, model: str) -> int:
        """A new batch for an LM, to be filled; returns its id."""
        with self._written():
            cursor = self._db.execute(
                "INSERT INTO batches (program, lm, model, state, token) VALUES (?, ?, ?, 'filling', ?)",
                (self._key.program, self._key.lm, model, uuid.uuid4().hex),
            )
        return int(cursor.lastrowid or 0)

    def add(self, batch: int, custom_id: str, text_hash: str, stage: str) -> None:
        """Note a request of a batch."""
        with self._written():
            self._db.execute(
                "INSERT INTO batch_requests (custom_id, batch, text_hash, stage, after)"
                " VALUES (?, ?, ?, ?, (SELECT COALESCE(MAX(id), 0) FROM answers))",
                (custom_id, batch, text_hash, stage),
            )

    def has(self, custom_id: str) -> bool:
        """Whether a request is in a batch already."""
        found = self._db.execute("SELECT 1 FROM batch_requests WHERE custom_id = ?", (custom_id,)).fetchone()
        return found is not None

    def filled(self, batch: int, requests: int, usd: float, tokens: int) -> None:
        """A batch's file is whole."""
        self._update(batch, state="ready", requests=requests, usd=usd, tokens=tokens)

    def creating(self, batch: int, input_file: str) -> None:
        """The file of a batch is with the provider, which is asked for the batch next."""
        self._update(batch, state="creating", input_file=input_file)

    def running(self, batch: int, provider_id: str) -> None:
        """The provider has a batch under this id."""
        self._update(batch, state="running", provider_id=provider_id)

    def ready_again(self, batch: int) -> None:
        """The provider did not take a batch; its file is still here."""
        self._update(batch, state="ready", token=uuid.uuid4().hex, input_file="", provider_id="")

    def noted(self, batch: int, status: str) -> None:
        """What the provider says of a batch."""
        self._update(batch, status=status)

    def _update(self, batch: int, **values: str | float) -> None:
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._written():
            self._db.execute(f"UPDATE batches SET {columns} WHERE id = ?", (*values.values(), batch))  # noqa: S608

    def move(self, custom_ids: Iterable[str], batch: int) -> None:
        """Requests belong to another batch from now on."""
        with self._transaction():
            moved = ((batch, each) for each in custom_ids)
            self._db.executemany("UPDATE batch_requests SET batch = ? WHERE custom_id = ?", moved)

    def drop(self, batch: int) -> None:
        """Forget a batch with its requests: they will be asked as if they never had been."""
        with self._transaction():
            self._db.execute("DELETE FROM batch_requests WHERE batch = ? AND status IS NULL", (batch,))
            self._db.execute("UPDATE batches SET state = 'dropped' WHERE id = ?", (batch,))

    def collected(self, batch: int, replies: Iterable[tuple[str, Reply]], otherwise: str) -> None:
        """Write down the replies to a batch; requests without one have failed, and this is told of them."""
        taken = "UPDATE batch_requests SET status = ?, reply = ? WHERE custom_id = ? AND batch = ?"
        with self._transaction():
            values = ((reply.status, reply.body, custom_id, batch) for custom_id, reply in replies)
            self._db.executemany(taken, values)
            self._db.execute(
                "UPDATE batch_requests SET status = 0, reply = ? WHERE batch = ? AND status IS NULL", (otherwise, batch)
            )
            self._db.execute("UPDATE batches SET state = 'collected' WHERE id = ?", (batch,))

    def refused(self, custom_id: str, reply: Reply) -> None:
        """A request that the provider does not take has its reply, though its batch never ran."""
        taken = "UPDATE batch_requests SET status = ?, reply = ? WHERE custom_id = ?"
        with self._written():
            self._db.execute(taken, (reply.status, reply.body, custom_id))

    def reply(self, custom_id: str) -> Reply | None:
        """The reply to a request, None where none has come."""
        found = self._db.execute(
            "SELECT status, reply FROM batch_requests WHERE custom_id = ? AND status IS NOT NULL", (custom_id,)
        ).fetchone()
        return Reply(found["status"], found["reply"]) if found else None

    def answered(self, text_hash: str, stage: str) -> None:
        """A stage has its answer; the replies that led to it are not needed any more."""
        with self._written():
            self._db.execute(
                "DELETE FROM batch_requests WHERE text_hash = ? AND stage = ?"
                " AND batch IN (SELECT id FROM batches WHERE program = ? AND lm = ?)",
                (text_hash, stage, self._key.program, self._key.lm),
            )

    def batches(self, *states: str) -> list[Batch]:
        """The batches in these states, in the order in which they were made."""
        marks = ",".join("?" * len(states))
        rows = self._db.execute(
            "SELECT id, model, state, token, input_file, provider_id, requests, usd, tokens FROM batches"  # noqa: S608
            f" WHERE program = ? AND lm = ? AND state IN ({marks}) ORDER BY id",
            (self._key.program, self._key.lm, *states),
        )
        return [Batch(**row) for row in rows]

    def under_way(self) -> list[Batch]:
        """The batches that the provider has, or may have."""
        return self.batches(*_UNDER_WAY)
