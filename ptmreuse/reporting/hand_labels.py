"""What a person says of papers, without their text: a filled-in sample, or any trainset.

    doi,source,uses_deep_learning,reuses_ptm,models,probability
    10.1234/abc,,yes,yes,AlphaFold 2 | deployment | hypothesis,0.5
    ,papers.zip!7.xml,no,,,0.02

A row is joined with the run's paper by DOI, source, file name or id. `probability` is the paper's chance of having
been drawn, as `ptmreuse sample` writes it. A row whose two answers are empty is not labelled yet. Other columns are
left alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ptmreuse.errors import UsageError
from ptmreuse.labelled import LabelledPaper
from ptmreuse.rows import ModelRow, YesNo, from_csv, from_jsonl
from ptmreuse.trainset import load

_READERS = {".csv": from_csv, ".jsonl": from_jsonl, ".json": from_jsonl}


@dataclass(frozen=True, slots=True)
class HandLabel:
    """True answers about one paper; None is not known. `patterns` and `steps` are those of all its models.

    `probability` is the paper's chance of having been drawn, above 0 and at most 1.
    """

    doi: str = ""
    source: str = ""
    uses_deep_learning: bool | None = None
    reuses_ptm: bool | None = None
    patterns: frozenset[str] | None = None
    steps: frozenset[str] | None = None
    probability: float | None = None

    @property
    def name(self) -> str:
        """The paper as its row calls it."""
        return self.doi or self.source


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    doi: str = ""
    source: str = ""
    file: str = ""
    id: str = ""
    uses_deep_learning: YesNo | None = None
    reuses_ptm: YesNo | None = None
    models: tuple[ModelRow, ...] = ()
    probability: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, value: Any) -> Any:
        return {n: v for n, v in value.items() if v not in (None, "")} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _consistent(self) -> "_Row":
        if not (self.doi or self.source or self.file or self.id):
            raise ValueError("give the doi or source of the paper")
        if self.reuses_ptm and self.reuses_ptm.answer and self.uses_deep_learning == YesNo(answer=False):
            raise ValueError("reuses_ptm is yes and uses_deep_learning no")
        return self


def hand_labels(source: str, papers: Path | None = None) -> list[HandLabel]:
    """The labels in a CSV or JSONL file by DOI or source; of any other trainset, with the text in its rows or `papers`.

    Raises UsageError with every faulty row (its line, field and value), for a paper that is in it twice, and for a file
    without a label.
    """
    reader = _READERS.get(Path(source).suffix.lower())
    labels = _read(source, reader(_lines(source))) if reader else from_papers(load(source, papers=papers))
    if not labels:
        raise UsageError(f"{source}: no paper is labelled in it; fill in uses_deep_learning and reuses_ptm")
    return labels


def from_papers(papers: Iterable[LabelledPaper]) -> list[HandLabel]:
    """The labels of labelled papers, which say nothing of how they were drawn."""
    return [
        HandLabel(
            labelled.paper.doi.lower(),
            labelled.paper.source,
            labelled.uses_deep_learning,
            labelled.reuses_ptm,
            frozenset(pattern for model in labelled.required for pattern in model.patterns),
            frozenset(model.step for model in labelled.required),
        )
        for labelled in papers
    ]


def bare_doi(doi: str) -> str:
    """A DOI in small letters without its resolver."""
    return doi.strip().lower().removeprefix("https://doi.org/").removeprefix("http://dx.doi.org/").removeprefix("doi:")


def _lines(source: str) -> list[str]:
    try:
        return Path(source).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source}: can't be read ({error}); give a UTF-8 CSV or JSONL file of labels") from error


def _read(source: str, raw: Iterable[tuple[int, Any, str]]) -> list[HandLabel]:
    labels: list[HandLabel] = []
    problems: list[str] = []
    for line, value, fault in raw:
        faults = [fault] if fault else []
        try:
            row = None if fault else _Row.model_validate(value)
        except ValidationError as error:
            row, faults = None, list(_told(error))
        problems += [f"line {line}: {each}" for each in faults]
        if row and (row.uses_deep_learning or row.reuses_ptm):
            labels.append(_label(row))
    if problems:
        each = "".join(f"\n  {problem}" for problem in problems)
        raise UsageError(f"{source}: {len(problems)} at fault; correct them{each}")
    return labels


def _told(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False):
        field = ".".join(str(part) for part in problem["loc"])
        reason = problem["msg"].removeprefix("Value error, ")
        yield f"{field} = {str(problem['input'])[:60]!r}: {reason}" if field else reason


def _label(row: _Row) -> HandLabel:
    deep = row.uses_deep_learning.answer if row.uses_deep_learning else None
    reuse = row.reuses_ptm.answer if row.reuses_ptm else None
    reuse = False if deep is False else reuse  # the first no ends the row
    models = [model for model in row.models if not model.optional]
    known = bool(models) or reuse is False
    return HandLabel(
        bare_doi(row.doi),
        row.source or row.file or row.id,
        True if reuse else deep,
        reuse,
        frozenset(pattern.pattern for model in models for pattern in model.patterns) if known else None,
        frozenset(model.step for model in models) if known else None,
        row.probability,
    )
