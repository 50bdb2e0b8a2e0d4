"""OpenAlex works from a file: JSON lines as the API gives them, a page of its answers, or CSV.

    {"doi": "https://doi.org/10.1234/abc", "publication_year": 2024, "cited_by_count": 3, "primary_topic": {…}, …}

    doi,publication_year,cited_by_count,primary_topic.field.display_name,topics.display_name
    10.1234/abc,2024,3,Neuroscience,Functional Brain Connectivity|EEG

A CSV may also say `year`, `citations`, `field` and `topics`; its topics are separated by "|".
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ptmreuse.errors import UsageError

RESOLVER = r"^\s*(?:https?://)?(?:(?:dx|www)\.)?doi\.org/|^\s*doi:?\s*"
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_SHOWN = 50  # faulty rows in one message
_FIRST_YEAR, _LAST_YEAR = 1600, 2100
_COLUMNS = {
    "doi": ("doi",),
    "year": ("publication_year", "year"),
    "citations": ("cited_by_count", "citations"),
    "field": ("primary_topic.field.display_name", "primary_field", "field"),
    "topics": ("topics.display_name", "topics"),
}  # a CSV's: what is meant, and what it may be called
_MEND = "correct them, or leave the rows out"


class Work(NamedTuple):
    """What a report needs of a work; "" and None where OpenAlex does not say."""

    doi: str
    field: str
    topics: tuple[str, ...]
    citations: int | None
    year: int | None


class Read(NamedTuple):
    """The works of a file, each DOI once. `rows` are all that were in it, `without_doi` those that can't be joined."""

    works: tuple[Work, ...]
    rows: int
    without_doi: int


class _Named(BaseModel):
    model_config = ConfigDict(extra="ignore")

    display_name: str | None = None


class _Topic(_Named):
    field: _Named | None = None


class Row(BaseModel):
    model_config = ConfigDict(extra="ignore")

    doi: str | None = None
    publication_year: Annotated[int, Field(ge=_FIRST_YEAR, le=_LAST_YEAR)] | None = None
    cited_by_count: Annotated[int, Field(ge=0)] | None = None
    primary_topic: _Topic | None = None
    topics: tuple[_Topic, ...] | None = None

    def work(self) -> Work:
        """The row; its field is that of the primary topic, else of the first topic that has one."""
        topics = self.topics or ()
        fields = [each.field.display_name for each in (self.primary_topic, *topics) if each and each.field]
        names = [topic.display_name for topic in (topics or filter(None, [self.primary_topic])) if topic.display_name]
        return Work(
            bare(self.doi or ""),
            next(filter(None, fields), ""),
            tuple(names),
            self.cited_by_count,
            self.publication_year,
        )


def bare(doi: str) -> str:
    """A DOI in small letters without its resolver, however it was written."""
    return re.sub(RESOLVER, "", doi, flags=re.IGNORECASE).strip().lower()


def works(path: Path) -> Read:
    """The works of a file.

    Raises UsageError with every row that can't be used and why, for a DOI that is given twice with different fields or
    years, and for a file that can't be read or has no works.
    """
    found: dict[str, tuple[str, Work]] = {}
    problems: list[str] = []
    rows = without = 0
    for place, value, fault in _values(path):
        rows += 1
        row, faults = (None, [fault]) if fault else _checked(value)
        if row and row.doi:
            faults = _kept(found, place, row.work())
        problems += [f"{place}: {each}" for each in faults]
        without += bool(row and not row.doi)
    _raise(path, problems)
    if not rows:
        raise UsageError(f"{path}: no works in it; give OpenAlex works as JSON lines or CSV")
    return Read(tuple(work for _, work in found.values()), rows, without)


def _checked(value: Any) -> tuple[Row | None, list[str]]:
    if not isinstance(value, dict):
        return None, [f"{str(value)[:40]!r}: not a work, which is a JSON object"]
    try:
        row = Row.model_validate(value)
    except ValidationError as error:
        return None, [_told(problem) for problem in error.errors(include_url=False)]
    if row.doi and not _DOI.fullmatch(bare(row.doi)):
        return None, [f"doi = {row.doi!r}: not a DOI, which begins with 10."]
    return row, []


def _told(problem: Any) -> str:
    name = ".".join(map(str, problem["loc"]))
    shown = repr(problem["input"])
    reason = problem["msg"][0].lower() + problem["msg"][1:]
    return f"{name} = {shown if len(shown) <= 80 else shown[:77] + '...'}: {reason}" if name else reason


def _kept(found: dict[str, tuple[str, Work]], place: str, work: Work) -> list[str]:
    """Keep a work, or say in what it differs from what was given before."""
    before, known = found.setdefault(work.doi, (place, work))
    if (known.field, known.year) == (work.field, work.year):
        return []
    pair = [", ".join(map(str, filter(None, (each.field, each.year)))) or "nothing" for each in (known, work)]
    return [f"doi = {work.doi!r}: {pair[1]}, but {pair[0]} in {before}; keep one of the two"]


def _values(path: Path) -> Iterator[tuple[str, Any, str]]:
    """The place of each row, its value, and what is wrong with it."""
    read = {".csv": _from_csv, ".json": _from_json}.get(path.suffix.lower(), _from_jsonl)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield from read(lines, path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read ({error}); give a UTF-8 file of OpenAlex works") from error


def _from_jsonl(lines: Iterable[str], _: Path) -> Iterator[tuple[str, Any, str]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield from _of_page(f"line {number}", json.loads(line))
            except ValueError as error:
                yield f"line {number}", None, f"not JSON ({error}); one work per line"


def _from_json(lines: Iterable[str], path: Path) -> Iterator[tuple[str, Any, str]]:
    """One JSON value over all lines: a page, a list or a work; else JSON lines under another name."""
    several = list(lines)
    try:
        value = json.loads("".join(several))
    except ValueError:
        yield from _from_jsonl(several, path)
        return
    for number, each in enumerate(value if isinstance(value, list) else [value], 1):
        yield from _of_page(f"work {number}", each)


def _of_page(place: str, value: Any) -> Iterator[tuple[str, Any, str]]:
    """The API answers with pages of works."""
    if isinstance(value, dict) and isinstance(value.get("results"), list):
        yield from ((f"{place}, work {n}", each, "") for n, each in enumerate(value["results"], 1))
    else:
        yield place, value, ""


def _from_csv(lines: Iterable[str], path: Path) -> Iterator[tuple[str, Any, str]]:
    reader = csv.DictReader(lines, strict=True)
    try:
        names = _names([name.strip() for name in reader.fieldnames or ()], path)
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        for cells in reader:
            place = f"line {reader.line_num}"
            fault = "more cells than the heading has; put a value that holds a comma in double quotes"
            yield place, None if None in cells else _of_cells(cells, names), fault if None in cells else ""
    except csv.Error as error:
        yield f"line {reader.line_num}", None, f"not CSV ({error})"


def _names(heading: list[str], path: Path) -> dict[str, str]:
    """What is meant, and the column in which it stands."""
    names = {meant: next((n for n in called if n in heading), "") for meant, called in _COLUMNS.items()}
    if not names["doi"]:
        raise UsageError(f"{path}: no column doi; the heading has {', '.join(heading) or 'nothing'}")
    return names


def _of_cells(cells: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A CSV's row as the API would give it."""
    told = {meant: (cells.get(name) or "").strip() for meant, name in names.items()}
    topics = [{"display_name": name.strip()} for name in told["topics"].split("|") if name.strip()]
    field = {"field": {"display_name": told["field"]}} if told["field"] else None
    return {
        "doi": told["doi"],
        "publication_year": told["year"] or None,
        "cited_by_count": told["citations"] or None,
        "primary_topic": field,
        "topics": topics,
    }


def _raise(path: Path, problems: list[str]) -> None:
    if problems:
        more = [f"and {len(problems) - _SHOWN:,} more"] if len(problems) > _SHOWN else []
        lines = "\n  ".join([*problems[:_SHOWN], *more])
        raise UsageError(f"{path}: {len(problems):,} faults; {_MEND}\n  {lines}")
