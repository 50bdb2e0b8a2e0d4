"""Label files, one annotator each: `labels.ann.jsonl` is ann's, `second_reader.jsonl` second_reader's."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.rows import PaperRow, checked, from_csv, from_jsonl

SECOND_READER = ("doubt",)  # of a second reader's file: no part of a label
_READERS = {".csv": from_csv, ".jsonl": from_jsonl, ".json": from_jsonl}


def by_annotator(paths: Sequence[Path]) -> dict[str, list[PaperRow]]:
    """The rows of each file by its annotator, the last part of the stem; by the path where two have one name.

    Raises UsageError for a file that can't be read, has no paper or is given twice, and with every faulty row.
    """
    names = [path.stem.rsplit(".", 1)[-1] for path in paths]
    if twice := [path for at, path in enumerate(paths) if path.resolve() in [p.resolve() for p in paths[:at]]]:
        raise UsageError(f"{twice[0]}: is given twice; give each annotator's file once")
    found: dict[str, list[PaperRow]] = {}
    for path, name in zip(paths, names, strict=True):
        rows, problems = numbered(path)
        if problems:
            raise UsageError(f"{path}: {len(problems)} at fault; correct them" + "".join(f"\n  {p}" for p in problems))
        if not rows:
            raise UsageError(f"{path}: it holds no labelled paper; give one row per paper")
        found[name if names.count(name) == 1 else str(path)] = [row for _, row in rows]
    return found


def jsonl(rows: Iterable[PaperRow]) -> str:
    """Rows as a trainset's JSONL, without what is not filled in."""
    dumped = (row.model_dump(mode="json", exclude_defaults=True) for row in rows)
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in dumped)


def write_new(path: Path, text: str) -> None:
    """Write a new file.

    Raises UsageError for one that is there already, for it may hold somebody's labels, SystemicError when the disk
    refuses.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: is there already and may hold labels; give another --out") from error
    except OSError as error:
        raise SystemicError(f"{path}: can't be written ({error.strerror or error}); give another --out") from error


def numbered(path: Path, strict: bool = False) -> tuple[list[tuple[int, PaperRow]], list[str]]:
    """Line number and row of each label in a CSV or JSONL file, and what is wrong with the others.

    Unless it is strict, a row may leave out where the text of its paper is: an id will do.
    Raises UsageError for a file that can't be read.
    """
    rows: list[tuple[int, PaperRow]] = []
    problems: list[str] = []
    for line, value, fault in _READERS.get(path.suffix.lower(), from_jsonl)(_lines(path)):
        row, faults = (None, [fault]) if fault else checked(value if strict else _eased(value))
        rows += [(line, row)] if row else []
        problems += [f"line {line}: {each}" for each in faults]
    return rows, problems


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read ({error}); give a UTF-8 CSV or JSONL file of labels") from error


def _eased(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    given = {name: each for name, each in value.items() if name not in SECOND_READER}
    return given if given.get("passages") or given.get("doi") else {"file": given.get("id")} | given
