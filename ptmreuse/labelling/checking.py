"""What is wrong with a file of labels, and what is odd about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from program.catalogue import canonical
from program.evidence import locate
from program.paper import Paper, Paragraph
from ptmreuse.held_back import held_back_rows
from ptmreuse.labelling.annotated import numbered
from ptmreuse.rows import PaperRow, QuotePlace


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file's papers; its faults, which keep it from being loaded; and remarks, which do not. Each names its line."""

    papers: int
    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def checked_file(path: Path) -> CheckedFile:
    """Check every row as a trainset's: values, a paper twice, quotes that its passages have not, papers to test on.

    Remarked are a yes without a quote, a model that the catalogue does not know, and a pattern or step in doubt.
    Raises UsageError for a file that can't be read.
    """
    rows, faults = numbered(path, strict=True)
    lines: dict[str, int] = {}
    remarks: list[str] = []
    for line, row in rows:
        if row.key in lines:
            faults.append(f"line {line}: {row.key} is labelled in line {lines[row.key]} already")
        lines.setdefault(row.key, line)
        faults += [f"line {line}: {each}" for each in misquoted(row)]
        remarks += [f"line {line}: {each}" for each in _remarks(row)]
    reasons = held_back_rows(row for _, row in rows)
    faults += [f"line {lines[key]}: {reason}" for key, reason in reasons.items()]
    if not rows and not faults:
        faults.append("it holds no labelled paper; give one row per paper")
    return CheckedFile(len(rows), tuple(faults), tuple(remarks))


def quotes(row: PaperRow) -> Iterator[tuple[str, str | QuotePlace]]:
    """Every quote of a row with its field, those that are left out among them."""
    yield "uses_deep_learning.quote", row.uses_deep_learning.quote
    yield "reuses_ptm.quote", row.reuses_ptm.quote
    for at, model in enumerate(row.models):
        yield f"models[{at}].quote", model.quote
        for number, each in enumerate(model.patterns):
            yield f"models[{at}].patterns[{number}].quote", each.quote
        yield f"models[{at}].step_quote", model.step_quote


def misquoted(row: PaperRow) -> Iterator[str]:
    """A line for each quote that is not in the passages; nothing of a row that has none."""
    if not row.passages:
        return
    paragraphs = (Paragraph(p.text, p.kind, p.section, f"passage {n}") for n, p in enumerate(row.passages, 1))
    paper = Paper(row.key, row.title, tuple(paragraphs))
    for field, quote in quotes(row):
        if isinstance(quote, str) and quote and not locate(quote, paper):
            yield f"{field} = {quote[:60]!r}: is not in {row.key}"


def _remarks(row: PaperRow) -> Iterator[str]:
    for stage, answer in (("uses_deep_learning", row.uses_deep_learning), ("reuses_ptm", row.reuses_ptm)):
        if answer.answer and not answer.quote and not row.models:
            yield f"{stage} of {row.key} is yes without a quote"
    for at, model in enumerate(row.models):
        if not any((model.quote, model.step_quote, *(each.quote for each in model.patterns))):
            yield f"models[{at}] of {row.key}, {model.name}, has no quote"
        if not canonical(model.name).in_catalogue:
            yield f"models[{at}] of {row.key}, {model.name}, is not in the catalogue"
        elif (known := canonical(model.name).name) != model.name:
            yield f"models[{at}] of {row.key}, {model.name}, is {known} in the catalogue"
        for what in ("pattern", "step"):
            if getattr(model, f"{what}_debatable"):
                yield f"models[{at}] of {row.key}, {model.name}: its {what} is marked as debatable"
