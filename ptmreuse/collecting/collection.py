"""The record of a collection: one SQLite file with every request, search, paper found and outcome.

    requests    one row per request sent, with what came back
    searches    one row per service and query: how far its pages have been read
    works       one row per paper found: what is known of it, whether it was drawn, whether its text is there
    question    what the corpus is of, one row
    versions    one row per address: what a conditional request must say

Rows are committed as they come; a killed collection goes on where it stopped.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ptmreuse.collecting.found import Found
from ptmreuse.errors import SystemicError, UsageError

SCHEMA = 1
FILE = "collect.sqlite"
FULL_TEXT = "full_text"
_PRIVATE = frozenset({"api_key", "apikey", "key", "mailto", "email", "token", "access_token"})

_TABLES = """
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, sent TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')), service TEXT NOT NULL,
    url TEXT NOT NULL, status INTEGER, bytes INTEGER NOT NULL, seconds REAL NOT NULL, attempt INTEGER NOT NULL,
    error TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS searches (
    digest TEXT PRIMARY KEY, service TEXT NOT NULL, query TEXT NOT NULL, cursor TEXT NOT NULL, done INTEGER NOT NULL,
    total INTEGER
);
CREATE TABLE IF NOT EXISTS works (
    key TEXT PRIMARY KEY, doi TEXT NOT NULL, pmcid TEXT NOT NULL, title TEXT NOT NULL, year INTEGER,
    source TEXT NOT NULL, work TEXT NOT NULL, probability REAL NOT NULL DEFAULT 1, sampled INTEGER NOT NULL DEFAULT 1,
    outcome TEXT NOT NULL DEFAULT '', licence TEXT NOT NULL DEFAULT '', file TEXT NOT NULL DEFAULT '',
    service TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS works_pmcid ON works (pmcid) WHERE pmcid != '';
CREATE TABLE IF NOT EXISTS question (asked TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS versions (url TEXT PRIMARY KEY, etag TEXT NOT NULL, modified TEXT NOT NULL);
"""

_COUNTS = (
    "SELECT iif(sampled, iif(outcome = '', 'waiting', outcome), 'not_drawn') AS name, count(*) AS papers"
    " FROM works GROUP BY 1 ORDER BY 2 DESC, 1"
)


class Search(NamedTuple):
    """A query as it is put to one service."""

    service: str
    query: str

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of the two."""
        return hashlib.blake2b(f"{self.service}\0{self.query}".encode(), digest_size=8).hexdigest()


class Kept(NamedTuple):
    """A paper with its chance to be drawn, whether it was, and what came of it; `file` is relative to the corpus."""

    found: Found
    probability: float
    sampled: bool
    outcome: str
    licence: str
    file: str
    service: str


class Collection:
    """The open record of a corpus folder; use it as a context manager.

    Raises UsageError for a file that is no such record, SystemicError when the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        try:
            self._db = sqlite3.connect(self.path, isolation_level=None, timeout=30)
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
            raise UsageError(f"{self.path}: no record of a collection ({error}); give another --out") from error

    def _check_schema(self) -> None:
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found not in (0, SCHEMA):
            told = f"a record of schema {found}, this version writes {SCHEMA}"
            raise UsageError(f"{self.path}: {told}; give another --out")
        self._db.execute(f"PRAGMA user_version={SCHEMA}")

    def _unwritable(self, error: sqlite3.Error) -> SystemicError:
        return SystemicError(f"{self.path}: can't be written ({error}); see to the disk, then run again to resume")

    def __enter__(self) -> "Collection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it; nothing is lost, for every row is committed."""
        self._db.close()

    def _write(self, statement: str, values: Iterable[Any]) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, tuple(values))
        except sqlite3.OperationalError as error:
            raise self._unwritable(error) from error

    def check_question(self, asked: str) -> None:
        """Note what the corpus is of. Raises UsageError when it is one of another question already."""
        row = self._db.execute("SELECT asked FROM question").fetchone()
        if row is None:
            self._write("INSERT INTO question VALUES (?)", (asked,))
        elif row["asked"] != asked:
            told = f"a collection of {row['asked']}, and not of {asked}"
            raise UsageError(f"{self.path}: {told}; ask the same again, or give another --out")

    def note_request(
        self, service: str, url: str, status: int | None, size: int, seconds: float, attempt: int = 1, error: str = ""
    ) -> None:
        """Write down a request; `status` is None when no answer came, `size` in bytes. Keys and addresses are cut."""
        self._write(
            "INSERT INTO requests (service, url, status, bytes, seconds, attempt, error) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (service, public(url), status, size, seconds, attempt, error),
        )

    def version(self, url: str) -> tuple[str, str]:
        """ETag and Last-Modified of what an address last gave, "" where it did not say."""
        row = self._db.execute("SELECT etag, modified FROM versions WHERE url = ?", (public(url),)).fetchone()
        return (row["etag"], row["modified"]) if row else ("", "")

    def set_version(self, url: str, etag: str, modified: str) -> None:
        """Remember what a conditional request must say."""
        self._write("INSERT OR REPLACE INTO versions VALUES (?, ?, ?)", (public(url), etag, modified))

    def cursor(self, search: Search) -> str | None:
        """Where to go on with a search: "" when it has not begun, None when it has ended."""
        row = self._db.execute("SELECT cursor, done FROM searches WHERE digest = ?", (search.digest,)).fetchone()
        return "" if row is None else None if row["done"] else row["cursor"]

    def set_cursor(self, search: Search, cursor: str, done: bool, total: int | None = None) -> None:
        """Note how far a search is, and how many papers the service says there are."""
        self._write(
            "INSERT INTO searches VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET cursor = excluded.cursor, done = excluded.done,"
            " total = coalesce(excluded.total, total)",
            (search.digest, *search, cursor, done, total),
        )

    def add(self, found: Found) -> bool:
        """Keep a paper; returns whether it is new. What a known one lacks is filled in.

        Raises ValueError for a paper without DOI and PMCID.
        """
        if not found.key:
            raise ValueError(f"{found.title!r}: a paper without DOI and PMCID")
        key = self._known(found)
        if key is None:
            self._insert(found)
            return True
        work = json.dumps(found.work) if found.work else "{}"
        self._write(
            "UPDATE works SET doi = iif(doi = '', ?, doi), pmcid = iif(pmcid = '', ?, pmcid),"
            " title = iif(title = '', ?, title), year = coalesce(year, ?), work = iif(work = '{}', ?, work)"
            " WHERE key = ?",
            (found.doi, found.pmcid, found.title, found.year, work, key),
        )
        return False

    def _known(self, found: Found) -> str | None:
        """The key under which a paper is there already: another service may have known its PMCID alone."""
        row = self._db.execute("SELECT key FROM works WHERE key = ?", (found.key,)).fetchone()
        if row is None and found.pmcid:
            same = "SELECT key FROM works WHERE pmcid = ? AND (doi = '' OR ? = '')"
            row = self._db.execute(same, (found.pmcid, found.doi)).fetchone()
        return row["key"] if row else None

    def _insert(self, found: Found) -> None:
        self._write(
            "INSERT INTO works (key, doi, pmcid, title, year, source, work) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                found.key,
                found.doi,
                found.pmcid,
                found.title,
                found.year,
                found.source,
                json.dumps(found.work),
            ),
        )

    def papers(self) -> dict[str, Found]:
        """Every paper found, by key."""
        return {row["key"]: _found(row) for row in self._db.execute("SELECT * FROM works ORDER BY key")}

    def works(self) -> Iterator[Kept]:
        """Every paper found with all that is known of it, in the order in which they were found."""
        for row in self._db.execute("SELECT * FROM works ORDER BY rowid").fetchall():
            told = row["outcome"], row["licence"], row["file"], row["service"]
            yield Kept(_found(row), row["probability"], bool(row["sampled"]), *told)

    def waiting(self) -> list[Found]:
        """Papers that were drawn and have no outcome yet, in the order in which they were found."""
        left = "SELECT * FROM works WHERE outcome = '' AND sampled ORDER BY rowid"
        return [_found(row) for row in self._db.execute(left)]

    def draw(self, probabilities: Mapping[str, float], drawn: Iterable[str]) -> None:
        """Note the chance of every paper to be in the sample, by key, and which are in it; all at once."""
        drawn = frozenset(drawn)
        rows = [(chance, key in drawn, key) for key, chance in probabilities.items()]
        self._write("BEGIN IMMEDIATE", ())
        try:
            self._db.executemany("UPDATE works SET probability = ?, sampled = ? WHERE key = ?", rows)
            self._write("COMMIT", ())
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def settle(self, key: str, outcome: str, licence: str = "", file: str = "", service: str = "") -> None:
        """Note how the search for a text ended: `full_text`, or the reason why there is none.

        Raises KeyError for a paper that is not there.
        """
        done = (
            "UPDATE works SET outcome = ?, licence = ?, file = ?, service = ? WHERE key = ? OR (doi = ? AND doi != '')"
        )
        if not self._write(done, (outcome, licence, file, service, key, key)).rowcount:
            raise KeyError(key)

    def counts(self) -> dict[str, int]:
        """Papers by outcome; `waiting` have none yet, `not_drawn` are outside the sample."""
        return dict(self._db.execute(_COUNTS).fetchall())


def outcomes(folder: Path) -> dict[str, int]:
    """The counts of a corpus's record, only read, also from a disk that can't be written.

    Raises UsageError for a file that is no such record.
    """
    path = folder / FILE
    for mode in ("mode=ro", "mode=ro&immutable=1"):  # a read-only disk has no place for WAL's own files
        db = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)
        try:
            return dict(db.execute(_COUNTS).fetchall())
        except sqlite3.OperationalError as error:
            fault: sqlite3.Error = error
        except sqlite3.DatabaseError as error:
            fault = error
            break
        finally:
            db.close()
    raise UsageError(f"{path}: no record of a collection ({fault}); move it away, or collect again")


def public(url: str) -> str:
    """An address without keys and the e-mail address of who asks."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if name.lower() not in _PRIVATE]
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=urlencode(query)))


def _found(row: sqlite3.Row) -> Found:
    work = json.loads(row["work"])
    return Found(row["doi"], row["pmcid"], row["title"], row["year"], row["source"], work)
