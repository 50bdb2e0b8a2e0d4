"""Label files, one annotator each: `labels.ann.jsonl` is ann's, `second_reader.jsonl` second_reader's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ptmreuse.errors import UsageError
from ptmreuse.rows import PaperRow, checked, from_csv, from_jsonl

SECOND_READER = ("doubt",)  # of a second reader's file: no part of a label
_READERS = {".csv": from_csv, ".jsonl": from_jsonl, ".json": from_jsonl}


def by_annotator(paths: Sequence[Path]) -> dict[str, list[PaperRow]]:
    """The rows of each file by its annotator, the last part of the stem; by the path where two have one name.

    Raises UsageError for a file that can't be read, and with every faulty row.
    """
    names = [path.stem.rsplit(".", 1)[-1] for path in paths]
    found: dict[str, list[PaperRow]] = {}
    for path, name in zip(paths, names, strict=True):
        rows, problems = numbered(path)
        if problems:
            raise UsageError(f"{path}: {len(problems)} at fault; correct them" + "".join(f"\n  {p}" for p in problems))
        found[name if names.count(name) == 1 else str(path)] = [row for _, row in rows]
    return found


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
