"""A person's answers as other tools ask for them: two choices, models as lines, and spans of the text as quotes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ptmreuse.labelling.model_lines import from_lines, from_plain, lines, plain
from ptmreuse.rows import QUOTED, PaperRow, YesNo

BETWEEN = "\n\n"  # passages
SPANS = (*QUOTED, "models")  # what a span may be a quote of
ANSWERS = (*QUOTED, "models", "note")  # of a row; the rest is the paper's


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of the text that somebody marked, and as what, one of `SPANS`."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class FilledIn:
    """One person's answers: "yes", "no" or "" for each question, the rest as text.

    `quotes` has, as `question: quote`, those that are no span of the text.
    """

    uses_deep_learning: str
    reuses_ptm: str
    models: str = ""
    quotes: str = ""
    note: str = ""
    spans: tuple[Span, ...] = ()


def text_of(paper: Mapping[str, Any]) -> str:
    """The text that is shown and marked: all passages."""
    return BETWEEN.join(passage["text"] for passage in paper.get("passages", ()))


def paper_of(row: PaperRow) -> dict[str, Any]:
    """What a row says of the paper itself."""
    dumped = row.model_dump(mode="json", exclude_defaults=True)
    return {name: value for name, value in dumped.items() if name not in ANSWERS}


def filled_in(row: PaperRow, text: str) -> FilledIn:
    """A row's answers about the text that is shown."""
    spans, quotes = [], []
    for question in QUOTED:
        answer: YesNo = getattr(row, question)
        dumped = answer.model_dump(mode="json")["quote"]
        at = text.find(dumped) if isinstance(dumped, str) else -1
        if dumped and at >= 0:
            spans.append(Span(at, at + len(dumped), question))
        elif dumped:
            quotes.append(f"{question}: {plain(dumped)}")
    yes_no = ["yes" if getattr(row, question).answer else "no" for question in QUOTED]
    first, second = yes_no
    return FilledIn(first, second, lines(row.models), "\n".join(quotes), row.note, tuple(spans))


def row_of(paper: Mapping[str, Any], given: FilledIn) -> dict[str, Any]:
    """A row, not yet checked, of a paper and what somebody answered. The first no ends it.

    A span of models is the quote of the first model without one that it names, else of the first without one.
    Raises ValueError for lines of models or quotes that can't be read.
    """
    text = text_of(paper)
    row: dict[str, Any] = dict(paper)
    quotes = dict(_quotes(given.quotes)) | {
        span.label: text[span.start : span.end] for span in reversed(given.spans) if span.label in QUOTED
    }
    answers = {"uses_deep_learning": given.uses_deep_learning, "reuses_ptm": given.reuses_ptm}
    if answers["uses_deep_learning"] == "no":
        answers["reuses_ptm"] = answers["reuses_ptm"] or "no"
    for question, answer in answers.items():
        if answer:
            row[question] = {"answer": answer, "quote": quotes.get(question, "")}
    models = from_lines(given.models)
    for span in sorted(given.spans, key=lambda span: span.start):
        if span.label == "models":
            _give(models, text[span.start : span.end])
    return row | {"models": models} | ({"note": given.note} if given.note else {})


def _quotes(text: str) -> Iterator[tuple[str, Any]]:
    for line in filter(str.strip, text.split("\n")):
        question, found, quote = line.strip().partition(":")
        if not found or question not in QUOTED:
            raise ValueError(f"{line[:60]!r} is not `question: quote`; questions are {', '.join(QUOTED)}")
        yield question, from_plain(quote.strip())


def _give(models: list[dict[str, Any]], quote: str) -> None:
    without = [model for model in models if not model.get("quote")]
    naming = [model for model in without if any(model.get(n, "") in quote for n in ("name", "mention") if model.get(n))]
    for model in (naming or without)[:1]:
        model["quote"] = quote
