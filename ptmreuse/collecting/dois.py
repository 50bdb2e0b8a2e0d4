"""Papers by a list of DOIs: a text file with one DOI a line, or the rows of a trainset."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.identifiers import doi
from ptmreuse.errors import UsageError

_SHOWN = 20  # faulty lines in one message


def listed(path: Path) -> list[Found]:
    """The papers of a file, each once, in its order; empty lines and lines after a # count for nothing.

    Raises UsageError for a file that can't be read, for every line without a DOI, and for a file without DOIs.
    """
    papers: dict[str, Found] = {}
    problems: list[str] = []
    for number, line in _lines(path):
        paper = _of_row(line) if line.startswith("{") else _named(line)
        if paper.doi:
            papers.setdefault(paper.doi, paper)
        else:
            problems.append(f"line {number}: {line[:60]!r}: no DOI, which begins with 10.")
    if problems:
        more = [f"and {len(problems) - _SHOWN:,} more"] if len(problems) > _SHOWN else []
        told = "\n  ".join([*problems[:_SHOWN], *more])
        raise UsageError(f"{path}: {len(problems):,} faults; correct them, or leave the lines out\n  {told}")
    if not papers:
        raise UsageError(f"{path}: no DOIs in it; give one a line, or a trainset whose rows have a doi")
    return list(papers.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read ({error}); give a UTF-8 file of DOIs") from error
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _named(line: str) -> Found:
    return Found(doi(line.strip("\"',")), "", "", None, "dois")


def _of_row(line: str) -> Found:
    try:
        row: Any = json.loads(line)
    except ValueError:
        row = {}
    title, year = row.get("title"), row.get("year")
    told = title if isinstance(title, str) else ""
    return Found(doi(row.get("doi")), "", told, year if isinstance(year, int) else None, "dois")
