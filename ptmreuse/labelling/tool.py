"""What came back from another tool: rows by annotator, and what could not be made one."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ptmreuse.labelling.checking import misquoted
from ptmreuse.labelling.filled_in import FilledIn, row_of
from ptmreuse.rows import PaperRow, checked


class Answered(NamedTuple):
    """What somebody answered about a paper, which is as `paper_of` gives it."""

    who: str
    paper: Mapping[str, Any]
    answers: FilledIn


@dataclass(frozen=True, slots=True)
class Imported:
    """Labels by annotator, and a line for each answer that makes no row."""

    by_annotator: Mapping[str, list[PaperRow]]
    faults: tuple[str, ...]


def collected(tasks: Iterable[tuple[str, Any]], read: Callable[[Any], Iterable[Answered]]) -> Imported:
    """The rows of tasks, each with its place in the file; without an answer to the first question there is no label."""
    rows: dict[str, list[PaperRow]] = {}
    faults: list[str] = []
    places: dict[tuple[str, str], str] = {}
    for place, task in tasks:
        for who, row, problems in _rows(task, read):
            faults += [f"{place}{f', {who}' if who else ''}: {problem}" for problem in problems]
            if row and (who, row.key) in places:
                faults.append(f"{place}, {who}: {row.key} is labelled in {places[who, row.key]} already")
            elif row:
                places[who, row.key] = place
                rows.setdefault(who, []).append(row)
    return Imported(rows, tuple(faults))


def _rows(task: Any, read: Callable[[Any], Iterable[Answered]]) -> Iterable[tuple[str, PaperRow | None, Iterable[str]]]:
    try:
        answered = [each for each in read(task) if each.answers.uses_deep_learning]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # another program's file, in which any part may have any shape
        return [("", None, [f"can't be read ({type(error).__name__}: {error})"])]
    return [(each.who, *_row(each.paper, each.answers)) for each in answered]


def _row(paper: Mapping[str, Any], answers: FilledIn) -> tuple[PaperRow | None, list[str]]:
    try:
        row, problems = checked(row_of(paper, answers))
    except (AttributeError, TypeError, ValueError) as error:
        return None, [str(error)]
    problems += misquoted(row) if row else ()
    return (None if problems else row), problems
