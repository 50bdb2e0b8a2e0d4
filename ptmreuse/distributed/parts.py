"""Parts of a run's answers: Parquet files that any node writes and one process takes into the ledger.

A part is complete or absent: it is written under another name and then renamed.
"""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from program.answers import Answer, Finding
from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Key, Row

_SUFFIX = ".parquet"
_COSTS = pa.schema(
    [
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("cached_tokens", pa.int64()),
        ("usd", pa.float64()),
        ("seconds", pa.float64()),
        ("attempts", pa.int64()),
        ("error", pa.string()),
    ]
)
_KEY = ("text_hash", "program", "lm", "stage", "value", "reason", "findings")
COLUMNS = pa.schema([*((name, pa.string()) for name in _KEY), *_COSTS])

_FINDINGS = TypeAdapter(tuple[Finding, ...])


@dataclass(frozen=True, slots=True)
class Entry:
    """A new answer about a paper, as the ledger will hold it."""

    text_hash: str
    key: Key
    row: Row


class Writer:
    """Gathers answers and writes a part at the latest when the next one comes `seconds` after the first."""

    def __init__(self, folder: Path, key: Key, seconds: float = 2.0) -> None:
        self._folder, self._key, self._seconds = folder, key, seconds
        self._waiting: list[Entry] = []
        self._since = 0.0

    def add(self, text_hash: str, row: Row) -> None:
        """Take an answer. Raises SystemicError when a part can't be written."""
        now = time.monotonic()
        self._since = self._since if self._waiting else now
        self._waiting.append(Entry(text_hash, self._key, row))
        if now - self._since >= self._seconds:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises SystemicError when it can't be written."""
        if self._waiting:
            write(self._folder, self._waiting)
            self._waiting = []


def write(folder: Path, entries: Iterable[Entry]) -> Path:
    """Write a part. Raises SystemicError when it can't be written."""
    table = pa.Table.from_pylist([_told(entry) for entry in entries], COLUMNS)
    path = folder / f"{time.time_ns()}-{uuid4().hex}{_SUFFIX}"
    beside = path.with_suffix(".unfinished")
    try:
        with beside.open("wb") as file:
            pq.write_table(table, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        advice = "give an --out that every node sees under the same path, then run again to resume"
        raise SystemicError(f"{folder}: can't be written ({error.strerror}); {advice}") from error
    return path


def _told(entry: Entry) -> dict[str, object]:
    row, answer = entry.row, entry.row.answer
    findings = _FINDINGS.dump_json(answer.findings).decode()
    key = (entry.text_hash, entry.key.program, entry.key.lm, answer.stage, answer.value, answer.reason, findings)
    return {**dict(zip(_KEY, key, strict=True)), **{name: getattr(row, name) for name in _COSTS.names}}


def parts(folder: Path) -> list[Path]:
    """The parts in a folder, the oldest first."""
    return sorted(folder.glob(f"*{_SUFFIX}"))


def read(path: Path) -> list[Entry]:
    """The answers of a part. Raises SystemicError when the file is damaged."""
    try:
        with path.open("rb") as file:
            rows = pq.read_table(file, schema=COLUMNS).to_pylist()
    except (OSError, pa.ArrowException) as error:
        advice = "move it away and run again: its papers are asked anew"
        raise SystemicError(f"{path}: can't be read ({error}); {advice}") from error
    return [_entry(row) for row in rows]


def _entry(told: dict[str, object]) -> Entry:
    values = {name: told[name] for name in _KEY}
    findings = _FINDINGS.validate_json(str(values["findings"]))
    answer = Answer(str(values["stage"]), values["value"], findings, str(values["reason"]))  # type: ignore[arg-type]
    row = Row(answer, **{name: told[name] for name in _COSTS.names})  # type: ignore[arg-type]
    return Entry(str(values["text_hash"]), Key(str(values["program"]), str(values["lm"])), row)


def remove(folder: Path) -> None:
    """Remove all parts."""
    for path in parts(folder):
        path.unlink(missing_ok=True)


def tidy(folder: Path) -> None:
    """Remove what was not finished, by nodes that are gone."""
    for path in folder.glob("*.unfinished"):
        path.unlink(missing_ok=True)
