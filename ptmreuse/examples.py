"""Labelled papers, from the trainset or from development labels beside the papers' own files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from program.paper import Paper, Paragraph
from ptmreuse.corpus.read import Document, read
from ptmreuse.errors import UsageError


@dataclass(frozen=True, slots=True)
class LabelledModel:
    """A reused model: canonical name, other names to accept, mention, patterns, step, and a quote for each answer."""

    name: str
    mention: str
    patterns: tuple[str, ...]
    step: str
    quotes: tuple[str, ...]
    also: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class LabelledPaper:
    """A paper with the true answers. `quotes` are evidence for the two yes/no stages."""

    paper: Paper
    uses_deep_learning: bool
    reuses_ptm: bool
    models: tuple[LabelledModel, ...]
    quotes: tuple[str, ...]

    @property
    def all_quotes(self) -> tuple[str, ...]:
        """Every labelled quote."""
        return self.quotes + tuple(quote for model in self.models for quote in model.quotes)


def trainset(path: Path, split: str = "train") -> list[LabelledPaper]:
    """The rows of one split of a trainset, whose passages are in the row itself; a row without a split is in `train`.

    Raises UsageError naming the file and line of a row that is not JSON or lacks a field.
    """
    return [_from_row(row) for row in _rows(path) if row.get("split", "train") == split]


def development_set(labels: Path, papers: Path) -> list[LabelledPaper]:
    """Development labels joined with the files in `papers`.

    Raises UsageError for a missing file, UnreadablePaper for one that can't be read.
    """
    return [_from_gold(row, read(Document(row["file"], (papers / row["file"]).read_bytes()))) for row in _rows(labels)]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: can't be read ({error.strerror}); give a JSONL file of labelled papers") from error
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            raise UsageError(f"{path}, line {number}: not JSON ({error}); one object per line") from error


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
    paper = Paper(row["id"], row["title"], tuple(paragraphs), year=row["year"])
    quotes = tuple(answer["quote"] for answer in yes_no if answer["quote"])
    return LabelledPaper(paper, yes_no[0]["answer"], yes_no[1]["answer"], tuple(models), quotes)


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
        )
        for model in row["models"]
    ]
    quotes = (row["dl_quote"],) if row["dl_quote"] else ()
    return LabelledPaper(paper, row["uses_deep_learning"], row["reuses_ptm"], tuple(models), quotes)
