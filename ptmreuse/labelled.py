"""Labelled papers: true answers with their quotes, from the trainset or from development labels and their files."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from program.catalogue import canonical
from program.paper import Paper, Paragraph
from ptmreuse.corpus.read import Document, read
from ptmreuse.errors import UsageError
from signatures.labels import Pattern, Step

NONE = "none"  # the evidence of a no


@dataclass(frozen=True, slots=True)
class LabelledModel:
    """A reused model: canonical name, other names to accept, mention, patterns, step, and a quote for each answer.

    `quotes` are the mention's, one per pattern in their order, and the step's; or the mention's alone, for all of them.
    An `optional` model is neither required nor an error; of a debatable pattern or step the readers were of two minds.
    """

    name: str
    mention: str
    patterns: tuple[Pattern, ...]
    step: Step
    quotes: tuple[str, ...]
    also: tuple[str, ...] = ()
    optional: bool = False
    pattern_debatable: bool = False
    step_debatable: bool = False

    @property
    def canonical(self) -> str:
        """The name by the catalogue, which is what stages 4 and 5 are asked about."""
        return canonical(self.name).name

    @property
    def quote(self) -> str:
        """Evidence that the model is reused; "" where the labels have none."""
        return self.quotes[0] if self.quotes else ""

    @property
    def pattern_quotes(self) -> tuple[str, ...]:
        """Evidence of each pattern."""
        return self.quotes[1:-1] if len(self.quotes) == len(self.patterns) + 2 else (self.quote,) * len(self.patterns)

    @property
    def step_quote(self) -> str:
        """Evidence of the step."""
        return self.quotes[-1] if self.quotes else ""


@dataclass(frozen=True, slots=True)
class LabelledPaper:
    """A paper with the true answers. `quotes` are evidence for the two yes/no stages, or one quote for both."""

    paper: Paper
    uses_deep_learning: bool
    reuses_ptm: bool
    models: tuple[LabelledModel, ...]
    quotes: tuple[str, ...]
    split: str = "train"

    @property
    def deep_quote(self) -> str:
        """Evidence of deep learning; "none" for a no, "" where the labels have none."""
        return NONE if not self.uses_deep_learning else self.quotes[0] if self.quotes else ""

    @property
    def reuse_quote(self) -> str:
        """Evidence of reuse; "none" for a no, "" where the labels have none."""
        if not self.reuses_ptm:
            return NONE
        return next(filter(None, (*self.quotes[1:], *(model.quote for model in self.models), *self.quotes)), "")

    @property
    def required(self) -> tuple[LabelledModel, ...]:
        """The models that must be named."""
        return tuple(model for model in self.models if not model.optional)

    @property
    def distinct(self) -> tuple[LabelledModel, ...]:
        """The models, each canonical name once: of two of one name the required one."""
        by_name = {model.canonical: model for model in sorted(self.models, key=lambda m: not m.optional)}
        return tuple(model for model in self.models if by_name[model.canonical] is model)

    @property
    def all_quotes(self) -> tuple[str, ...]:
        """Every labelled quote."""
        return self.quotes + tuple(quote for model in self.models for quote in model.quotes)


def trainset(path: Path, split: str = "train") -> list[LabelledPaper]:
    """The rows of one split of a trainset, whose passages are in the row itself; a row without a split is in `train`.

    Raises UsageError naming the file and line of a row that is not JSON or lacks a field.
    """
    return [_made(_from_row, row, where) for where, row in _rows(path) if row.get("split", "train") == split]


def development_set(labels: Path, papers: Path) -> list[LabelledPaper]:
    """Development labels joined with the files in `papers`.

    Raises UsageError for a row that is not JSON or lacks a field and for a missing file, UnreadablePaper for a file
    that can't be read.
    """

    def labelled(row: dict[str, Any]) -> LabelledPaper:
        return _from_gold(row, _paper(papers, row["file"]))

    return [_made(labelled, row, where) for where, row in _rows(labels)]


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, line in enumerate(_content(path, "a JSONL file of labelled papers").splitlines(), 1):
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{where}: not JSON ({error}); one object per line") from error
        if not isinstance(row, dict):
            raise UsageError(f"{where}: not a JSON object; one object per line")
        yield where, row


def _content(path: Path, wanted: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror}); give {wanted}") from error


def _paper(folder: Path, file: str) -> Paper:
    return read(Document(file, _content(folder / file, "the folder that holds the labelled papers")))


def _made(make: Callable[[dict[str, Any]], LabelledPaper], row: dict[str, Any], where: str) -> LabelledPaper:
    try:
        return make(row)
    except KeyError as error:
        raise UsageError(f"{where}: has no field {error}; see the data card for the fields of a row") from error


def _from_row(row: dict[str, Any]) -> LabelledPaper:
    paragraphs = [
        Paragraph(p["text"], p["kind"], p["section"], f"passages[{n}]") for n, p in enumerate(row["passages"])
    ]
    yes_no = [row[stage] for stage in ("uses_deep_learning", "reuses_ptm")]
    models = [
        LabelledModel(
            model["name"],
            model["mention"],
            tuple(p["pattern"] for p in model["patterns"]),
            model["step"],
            (model["quote"], *(p["quote"] for p in model["patterns"]), model["step_quote"]),
        )
        for model in row["models"]
    ]
    subjects = (row["field"],) if row.get("field") else ()
    paper = Paper(row["id"], row["title"], tuple(paragraphs), year=row["year"], subjects=subjects)
    quotes = tuple(answer["quote"] for answer in yes_no if answer["quote"])
    return LabelledPaper(
        paper, yes_no[0]["answer"], yes_no[1]["answer"], tuple(models), quotes, row.get("split", "train")
    )


def _from_gold(row: dict[str, Any], paper: Paper) -> LabelledPaper:
    models = [
        LabelledModel(
            model["name"],
            model["mention"],
            tuple(model["patterns"]),
            model["step"],
            (model["quote"],),
            tuple(model["also"]),
            model["optional"],
            model["pattern_debatable"],
            model["step_debatable"],
        )
        for model in row["models"]
    ]
    quotes = (row["dl_quote"],) if row["dl_quote"] else ()
    return LabelledPaper(paper, row["uses_deep_learning"], row["reuses_ptm"], tuple(models), quotes)
