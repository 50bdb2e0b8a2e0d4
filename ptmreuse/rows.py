"""One row of labels, as pydantic checks it: ours, a user's, or one whose quotes are places in the user's own copy.

A row has its passages, or says by `doi` or `file` which paper it is about. Quotes may be left out; such a paper can be
scored but shows nothing as a demo.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator

from program.catalogue import canonical
from program.paper import SectionKind
from signatures.labels import MAX_QUOTE, Pattern, Step

Split = Literal["train", "val", "test"]
COLUMNS = ("doi", "file", "id", "split", "title", "field", "year", "note", "not_research")  # of a CSV, beside answers
SAMPLED = ("source", "stratum", "probability")  # of what `ptmreuse sample` wrote: no part of a label, nor is
MACHINE = "machine_"  # what begins with this, the machine's answers
QUOTED = ("uses_deep_learning", "reuses_ptm")
_TAGS = ("text", "place")  # of a quote; not part of a field's name


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, value: Any) -> Any:
        """A field that is null is a field that is not there: Parquet has every field in every row."""
        return {n: v for n, v in value.items() if v is not None} if isinstance(value, dict) else value


class QuotePlace(_Strict):
    """Where a quote stands: the reader's place, the characters in that paragraph, and the paragraph's digest."""

    place: str
    start: int = Field(ge=0)
    end: int = Field(gt=0)
    digest: str


def _is_place(value: Any) -> str:
    return "place" if isinstance(value, dict | QuotePlace) else "text"


Quote = Annotated[
    Annotated[str, Field(max_length=MAX_QUOTE), Tag("text")] | Annotated[QuotePlace, Tag("place")],
    Discriminator(_is_place),
]


class YesNo(_Strict):
    """An answer with its quote; a bare true, false, yes or no will do."""

    answer: bool
    quote: Quote = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"answer": value}


class PatternRow(_Strict):
    """A pattern with its quote; the bare pattern will do."""

    pattern: Pattern
    quote: Quote = ""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        return value if isinstance(value, dict) else {"pattern": value}


class ModelRow(_Strict):
    """A reused model."""

    name: str = Field(min_length=1)
    mention: str = ""
    quote: Quote = ""
    patterns: tuple[PatternRow, ...] = Field(min_length=1)
    step: Step
    step_quote: Quote = ""
    also: tuple[str, ...] = ()
    optional: bool = False
    pattern_debatable: bool = False
    step_debatable: bool = False


class PassageRow(_Strict):
    """A paragraph of the paper."""

    kind: SectionKind
    section: str = ""
    text: str = Field(min_length=1)


class PaperRow(_Strict):
    """A labelled paper."""

    id: str = ""
    doi: str = ""
    file: str = ""
    split: Split = "train"
    title: str = ""
    field: str = ""
    year: int | None = None
    note: str = ""
    passages: tuple[PassageRow, ...] = ()
    uses_deep_learning: YesNo
    reuses_ptm: YesNo
    models: tuple[ModelRow, ...] = ()
    traps: tuple[str, ...] = ()
    not_research: bool = False

    @field_validator("doi", mode="after")
    @classmethod
    def _bare_doi(cls, value: str) -> str:
        return re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", value.strip(), flags=re.IGNORECASE).lower()

    @model_validator(mode="after")
    def _consistent(self) -> "PaperRow":
        names = [canonical(model.name).name for model in self.models if not model.optional]
        if not (self.passages or self.doi or self.file):
            raise ValueError("give passages, or the doi or file of the paper")
        if self.reuses_ptm.answer and not self.uses_deep_learning.answer:
            raise ValueError("reuses_ptm is yes and uses_deep_learning no")
        if self.reuses_ptm.answer != bool(self.models):
            raise ValueError("models must be given when reuses_ptm is yes, and only then")
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"models: {', '.join(sorted(twice))} given more than once")
        return self

    @property
    def key(self) -> str:
        """What the paper is called: its id, else its DOI, else its file."""
        return self.id or self.doi or self.file


def checked(value: Any) -> tuple[PaperRow | None, list[str]]:
    """The row, or what is wrong with it: one line per value, with field, value and reason."""
    if isinstance(value, dict):
        value = {name: v for name, v in value.items() if name not in SAMPLED and not str(name).startswith(MACHINE)}
    try:
        return PaperRow.model_validate(value), []
    except ValidationError as error:
        return None, [_told(dict(problem)) for problem in error.errors(include_url=False)]


def _told(problem: dict[str, Any]) -> str:
    field = ""
    for part in problem["loc"]:
        if part not in _TAGS:
            field += f"[{part}]" if isinstance(part, int) else f".{part}" if field else str(part)
    if problem["type"] == "missing":
        return f"{field}: is missing"
    reason = str(problem["msg"]).removeprefix("Value error, ")
    if not field:
        return reason
    shown = repr(problem["input"])
    return f"{field} = {shown if len(shown) <= 80 else shown[:77] + '...'}: {reason}"


def from_jsonl(lines: Iterable[str]) -> Iterator[tuple[int, Any, str]]:
    """Line number and object of each line that is not blank, or what is wrong with it."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line.removeprefix("\ufeff")), ""
            except ValueError as error:
                yield number, None, f"not JSON ({error}); one object per line"


def from_csv(lines: Iterable[str]) -> Iterator[tuple[int, Any, str]]:
    """Line number and row of each record of a CSV with a heading, or what is wrong with it."""
    reader = csv.DictReader((f"{line}\n" for line in lines), strict=True)
    try:
        names = [name.strip().removeprefix("\ufeff") for name in reader.fieldnames or ()]
        reader.fieldnames = names
        for cells in reader:
            yield reader.line_num, *_record(cells)
    except csv.Error as error:
        yield reader.reader.line_num, None, f"not CSV ({error})"


def _record(cells: dict[Any, Any]) -> tuple[Any, str]:
    if None in cells:
        return None, "more cells than the heading has; put a value that holds a comma in double quotes"
    row: dict[str, Any] = {name: cell.strip() for name, cell in cells.items() if cell and cell.strip()}
    try:
        row["models"] = _models(row.get("models", ""))
    except ValueError as error:
        return None, f"models = {row['models'][:77]!r}: {error}"
    for name in QUOTED:
        quote = row.pop(f"{name}_quote", "")
        if name in row:
            row[name] = {"answer": row[name], "quote": quote}
    return row, ""


def _models(cell: str) -> list[Any]:
    """Models as JSON, or as `name | pattern | step`, several patterns joined by +, several models by ;."""
    if cell.startswith("["):
        given = json.loads(cell)
        return given if isinstance(given, list) else [given]
    models = []
    for each in filter(None, map(str.strip, cell.split(";"))):
        parts = [part.strip() for part in each.split("|")]
        if len(parts) != 3:
            raise ValueError(f"{each!r} is not name | pattern | step")
        name, patterns, step = parts
        models.append({"name": name, "patterns": [p.strip() for p in patterns.split("+")], "step": step})
    return models
