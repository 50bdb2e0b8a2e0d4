"""What came back from another tool: rows by annotator, and what could not be made one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ptmreuse.labelling.filled_in import FilledIn, row_of
from ptmreuse.rows import PaperRow, checked


@dataclass(frozen=True, slots=True)
class Imported:
    """Labels by annotator, and a line for each answer that makes no row."""

    by_annotator: Mapping[str, list[PaperRow]]
    faults: tuple[str, ...]


def collected(given: Iterable[tuple[str, str, Mapping[str, Any], FilledIn]]) -> Imported:
    """The rows of answers: each with its place in the file, its annotator, its paper, and what was filled in."""
    rows: dict[str, list[PaperRow]] = {}
    faults: list[str] = []
    for place, who, paper, answers in given:
        if answers.uses_deep_learning:
            row, problems = _row(paper, answers)
            rows.setdefault(who, []).extend([row] if row else [])
            faults += [f"{place}, {who}: {problem}" for problem in problems]
    return Imported(rows, tuple(faults))


def _row(paper: Mapping[str, Any], answers: FilledIn) -> tuple[PaperRow | None, list[str]]:
    try:
        return checked(row_of(paper, answers))
    except ValueError as error:
        return None, [str(error)]
