"""The ledger: one SQLite file that is the single record of a run.

    documents   one row per source: the paper's metadata, or why it can't be read, or of which source it is a duplicate
    answers     one row per paper, stage, program and LM: what was answered, with quotes and places, tokens, cost, time
    runs        one row per start: what was asked for, when, how it ended

Answers are only ever appended; of several rows with the same key the last one counts, and a call that failed may be
asked again by a later run. Where a screen stood before the LM in the last run with a key, its answers count for the
papers to which the LM gave none. Rows are committed as they come, so that a killed run loses what was in flight and no
more.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from program.answers import Answer, Finding
from program.evidence import Evidence
from program.paper import Paper
from ptmreuse.errors import SystemicError, UsageError

SCHEMA = 1

# Reasons that say something of the call and not of the paper: a later run asks again.
RETRIED = frozenset({"provider_error"})

# Why a stage may be unresolved.
REASONS = (
    "evidence_not_found", "no_model_named", "not_answered", "unparsable", "cut_short", "provider_refused", "too_long",
    "provider_error", "program_fault",
)  # fmt: skip

_TABLES = """
CREATE TABLE IF NOT EXISTS documents (
    source TEXT PRIMARY KEY, content TEXT NOT NULL, reader TEXT NOT NULL, status TEXT NOT NULL, detail TEXT NOT NULL,
    text_hash TEXT NOT NULL, duplicate_of TEXT NOT NULL, doi TEXT NOT NULL, pmcid TEXT NOT NULL, title TEXT NOT NULL,
    journal TEXT NOT NULL, year INTEGER, article_type TEXT NOT NULL, subjects TEXT NOT NULL, license TEXT NOT NULL,
    paragraphs INTEGER NOT NULL, tokens INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS documents_doi ON documents (doi) WHERE doi != '';
CREATE INDEX IF NOT EXISTS documents_text ON documents (text_hash);
CREATE INDEX IF NOT EXISTS documents_twin ON documents (duplicate_of) WHERE duplicate_of != '';
CREATE TABLE IF NOT EXISTS answers (
    id INTEGER PRIMARY KEY, text_hash TEXT NOT NULL, stage TEXT NOT NULL, program TEXT NOT NULL, lm TEXT NOT NULL,
    schema INTEGER NOT NULL, value TEXT NOT NULL, reason TEXT NOT NULL, findings TEXT NOT NULL, quote TEXT NOT NULL,
    place TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER, usd REAL,
    seconds REAL NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL,
    answered TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
);
CREATE INDEX IF NOT EXISTS answers_key ON answers (text_hash, program, lm, schema, stage);
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, started TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), ended TEXT,
    outcome TEXT NOT NULL DEFAULT 'running', program TEXT NOT NULL, lm TEXT NOT NULL, asked TEXT NOT NULL
);
"""

_DOCUMENT_COLUMNS = (
    "content", "reader", "status", "detail", "text_hash", "duplicate_of", "doi", "pmcid", "title", "journal", "year",
    "article_type", "subjects", "license", "paragraphs", "tokens",
)  # fmt: skip

_COST_COLUMNS = ("input_tokens", "output_tokens", "cached_tokens", "usd", "seconds", "attempts", "error")


@dataclass(frozen=True, slots=True)
class Key:
    """What an answer depends on besides the paper and the stage: the program's hash and the LM with its parameters."""

    program: str
    lm: str


@dataclass(frozen=True, slots=True)
class Row:
    """One stage's answer with its cost. Tokens and USD are None where the LM does not say; seconds are wall time."""

    answer: Answer
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    usd: float | None = None
    seconds: float = 0.0
    attempts: int = 1
    error: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """What is known of one source. `status` is read, duplicate, or the reason why it is unreadable."""

    source: str
    content: str
    status: str
    detail: str = ""
    duplicate_of: str = ""
    paper: Paper | None = None
    tokens: int = 0


class Ledger:
    """An open ledger; use it as a context manager.

    Raises UsageError for a file that is no ledger or one of another schema, SystemicError when the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        try:
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._check_schema()
            self._db.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error
        except sqlite3.DatabaseError as error:
            advice = "give another --out, or start over with --fresh"
            raise UsageError(f"{self.path}: not a ledger ({error}); {advice}") from error

    def _check_schema(self) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found not in (0, SCHEMA):
            advice = "give another --out, or start over with --fresh"
            raise UsageError(f"{self.path}: a ledger of schema {found}, this version writes {SCHEMA}; {advice}")
        if found != SCHEMA:
            self._db.execute(f"PRAGMA user_version={SCHEMA}")

    def check(self) -> None:
        """Raises SystemicError when the file is damaged; it is left as it is."""
        try:
            found = [row[0] for row in self._db.execute("PRAGMA quick_check(1)")]
        except sqlite3.DatabaseError as error:
            found = [str(error)]
        if found != ["ok"]:
            self._db.close()
            told = " ".join(found[0].split())[:200]
            advice = "keep a copy of it and give another --out, or start over with --fresh"
            raise SystemicError(f"{self.path}: the ledger is damaged ({told}); {advice}")

    def _unwritable(self, error: sqlite3.Error) -> SystemicError:
        advice = "see to the disk and its permissions, then run again to resume"
        return SystemicError(f"{self.path}: can't be written ({error}); {advice}")

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def _write(self, statement: str, values: Iterable[Any]) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, tuple(values))
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._write("BEGIN IMMEDIATE", ())
        try:
            yield
            self._write("COMMIT", ())
        except BaseException:
            if self._db.in_transaction:  # a full disk may have ended it already
                self._db.execute("ROLLBACK")
            raise

    def start(self, key: Key, asked: Mapping[str, Any]) -> int:
        """Note that a run began; returns its id."""
        cursor = self._write(
            "INSERT INTO runs (program, lm, asked) VALUES (?, ?, ?)",
            (key.program, key.lm, json.dumps(asked, default=str)),
        )
        return int(cursor.lastrowid or 0)

    def end(self, run: int, outcome: str) -> None:
        """Note how a run ended: finished, stopped, or failed with its message."""
        ended = "UPDATE runs SET ended = strftime('%Y-%m-%dT%H:%M:%SZ', 'now'), outcome = ? WHERE id = ?"
        self._write(ended, (outcome, run))

    def document(self, row: DocumentRow, reader: str) -> None:
        """Write down a source; a later row about the same source replaces it.

        A duplicate of what the source was before is a paper of its own from then on: it counts as changed.
        """
        paper = row.paper or Paper(row.source, "", ())
        values = (
            row.source, row.content, reader, row.status, row.detail, paper.text_hash if row.paper else "",
            row.duplicate_of, paper.doi, paper.pmcid, paper.title, paper.journal, paper.year, paper.article_type,
            "; ".join(paper.subjects), paper.license, len(paper.paragraphs), row.tokens,
        )  # fmt: skip
        marks = ",".join("?" * len(values))
        update = ", ".join(f"{column} = excluded.{column}" for column in _DOCUMENT_COLUMNS)
        self._write(f"INSERT INTO documents VALUES ({marks}) ON CONFLICT (source) DO UPDATE SET {update}", values)  # noqa: S608
        self._write(
            "UPDATE documents SET content = '' WHERE duplicate_of = ? AND duplicate_of != ''"
            " AND text_hash != ? AND (doi = '' OR doi != ?)",
            (row.source, values[5], paper.doi),
        )

    def known_document(self, source: str, content: str, reader: str) -> sqlite3.Row | None:
        """The row of a source that has not changed since it was read by the same reader."""
        found: sqlite3.Row | None = self._db.execute(
            "SELECT * FROM documents WHERE source = ? AND content = ? AND reader = ?", (source, content, reader)
        ).fetchone()
        return found

    def documents_of(self, path: str, reader: str) -> list[sqlite3.Row]:
        """The rows of a file, or of the members of an archive, that the same reader wrote."""
        return self._db.execute(
            "SELECT * FROM documents WHERE (source = ? OR (source > ? AND source < ?)) AND reader = ?",
            (path, f"{path}!", f'{path}"', reader),  # the character after "!" ends the range
        ).fetchall()

    def twin(self, paper: Paper) -> str | None:
        """The source of an earlier paper with the same DOI or the same text."""
        found = self._db.execute(
            "SELECT source FROM documents WHERE status = 'read' AND source != ?"
            " AND ((doi != '' AND doi = ?) OR text_hash = ?) LIMIT 1",
            (paper.source, paper.doi, paper.text_hash),
        ).fetchone()
        return found["source"] if found else None

    def record(self, text_hash: str, key: Key, rows: Iterable[Row]) -> None:
        """Append a paper's new answers in one transaction."""
        with self._transaction():
            for row in rows:
                self._append(text_hash, key, row)

    def _append(self, text_hash: str, key: Key, row: Row) -> None:
        answer = row.answer
        first = next((f.evidence for f in answer.findings if f.evidence), None)
        self._write(
            "INSERT INTO answers (text_hash, stage, program, lm, schema, value, reason, findings, quote, place,"
            " input_tokens, output_tokens, cached_tokens, usd, seconds, attempts, error)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                text_hash, answer.stage, key.program, key.lm, SCHEMA, answer.value, answer.reason,
                json.dumps([asdict(f) for f in answer.findings], ensure_ascii=False), first.quote if first else "",
                first.where if first else "", row.input_tokens, row.output_tokens, row.cached_tokens, row.usd,
                row.seconds, row.attempts, row.error,
            ),
        )  # fmt: skip

    def answers(self, text_hash: str, key: Key, again: Collection[str] = ()) -> dict[str, Answer]:
        """The answers about a paper by stage that need not be asked again: none that failed, nor for the given reasons.

        The word "unresolved" among the reasons stands for all.
        """
        rows = self._db.execute(
            "SELECT * FROM answers WHERE text_hash = ? AND program = ? AND lm = ? AND schema = ? ORDER BY id",
            (text_hash, key.program, key.lm, SCHEMA),
        )
        latest = {row["stage"]: row for row in rows}
        anew = RETRIED.union(again)
        kept = {stage: row for stage, row in latest.items() if not {row["value"], row["reason"]} & anew}
        own = {stage: _answer(row) for stage, row in kept.items()}
        screen = self.screen(key)
        return _filled(own, self.answers(text_hash, screen)) if screen else own

    def screen(self, key: Key) -> Key | None:
        """The key of the screen that stood before an LM in the last run with its key; None without a screen."""
        row = self._db.execute(
            "SELECT json_extract(asked, '$.screen.program') AS program, json_extract(asked, '$.screen.lm') AS lm"
            " FROM runs WHERE program = ? AND lm = ? ORDER BY id DESC LIMIT 1",
            (key.program, key.lm),
        ).fetchone()
        return Key(row["program"], row["lm"]) if row and row["lm"] else None

    def rows(self, text_hash: str, key: Key, stage: str) -> list[Row]:
        """Every row of a stage about a paper with its cost, failed calls included; the last one counts."""
        rows = self._db.execute(
            "SELECT * FROM answers WHERE text_hash = ? AND program = ? AND lm = ? AND schema = ? AND stage = ?"
            " ORDER BY id",
            (text_hash, key.program, key.lm, SCHEMA, stage),
        )
        return [Row(_answer(row), **{name: row[name] for name in _COST_COLUMNS}) for row in rows]

    def all_documents(self) -> list[sqlite3.Row]:
        """Every source, in the order in which they were first met."""
        return self._db.execute("SELECT * FROM documents ORDER BY rowid").fetchall()

    def all_answers(self, key: Key) -> dict[str, dict[str, Answer]]:
        """The last answers of one program and LM: {text hash: {stage: answer}}."""
        rows = self._db.execute(
            "SELECT * FROM answers WHERE program = ? AND lm = ? AND schema = ? ORDER BY id",
            (key.program, key.lm, SCHEMA),
        )
        found: dict[str, dict[str, Answer]] = {}
        for row in rows:
            found.setdefault(row["text_hash"], {})[row["stage"]] = _answer(row)
        screen = self.screen(key)
        for text_hash, screened in self.all_answers(screen).items() if screen else ():
            found[text_hash] = _filled(found.get(text_hash, {}), screened)
        return found

    def totals(self, key: Key) -> sqlite3.Row:
        """Calls, tokens, USD (None where unknown) and seconds over all answers of one program and LM."""
        row: sqlite3.Row = self._db.execute(
            "SELECT SUM(attempts) AS calls, SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens,"
            " CASE WHEN COUNT(usd) = COUNT(*) THEN TOTAL(usd) END AS usd, TOTAL(seconds) AS seconds"
            " FROM answers WHERE program = ? AND lm = ?",
            (key.program, key.lm),
        ).fetchone()
        return row


def _filled(own: dict[str, Answer], screened: Mapping[str, Answer]) -> dict[str, Answer]:
    """An LM's answers, with a screen's where it gave none."""
    return own | {
        stage: each for stage, each in screened.items() if stage not in own or own[stage].value == "unresolved"
    }


def _answer(row: sqlite3.Row) -> Answer:
    findings = [
        Finding(**{**item, "evidence": Evidence(**item["evidence"]) if item["evidence"] else None})
        for item in json.loads(row["findings"])
    ]
    return Answer(row["stage"], row["value"], tuple(findings), row["reason"])
