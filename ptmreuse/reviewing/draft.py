"""A label that a person is making: what the page sends, what keeps it from being done, and the row that it becomes."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from program.catalogue import canonical
from program.evidence import locate
from program.paper import Paper
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper
from ptmreuse.rows import PaperRow, checked
from signatures.labels import MAX_QUOTE, Pattern, Step

State = Literal["open", "started", "done", "cannot"]
_Text = Annotated[str, Field(max_length=2000)]
_NOT_ANSWERED = "is not answered"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerDraft(_Sent):
    """Yes, no, or nothing yet; a yes has its quote."""

    answer: bool | None = None
    quote: _Text = ""


class PatternDraft(_Sent):
    """A pattern with its quote."""

    pattern: Pattern
    quote: _Text = ""


class ModelDraft(_Sent):
    """A model with what is answered of it so far."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    mention: _Text = ""
    quote: _Text = ""
    patterns: Annotated[tuple[PatternDraft, ...], Field(max_length=3)] = ()
    step: Step | Literal[""] = ""
    step_quote: _Text = ""

    @property
    def quotes(self) -> Iterator[tuple[str, str]]:
        """Every quote with its field, empty ones too."""
        yield "quote", self.quote
        for number, each in enumerate(self.patterns):
            yield f"patterns[{number}].quote", each.quote
        yield "step_quote", self.step_quote


class Draft(_Sent):
    """One person's label of one paper. "cannot" is one that can't be decided, for a `reason`."""

    state: State = "open"
    reason: _Text = ""
    uses_deep_learning: AnswerDraft = AnswerDraft()
    reuses_ptm: AnswerDraft = AnswerDraft()
    models: Annotated[tuple[ModelDraft, ...], Field(max_length=100)] = ()
    note: Annotated[str, Field(max_length=10_000)] = ""

    @property
    def is_reuse(self) -> bool:
        """Whether models are asked about: yes to both."""
        return bool(self.uses_deep_learning.answer and self.reuses_ptm.answer)


class Fault(NamedTuple):
    """What is wrong with a draft, and in which field of it."""

    field: str
    message: str


def faults(draft: Draft, paper: Paper) -> list[Fault]:
    """What keeps a draft from its end: answers, reasons and quotes that are missing, and quotes not in the paper."""
    if draft.state == "cannot":
        return [] if draft.reason.strip() else [Fault("reason", "say why it can't be decided")]
    return [*_unanswered(draft), *_unquoted(draft), *_misquoted(draft, paper)]


def row(draft: Draft, about: ReviewedPaper) -> PaperRow:
    """A draft without faults as a row of a trainset, with the paper's text.

    Raises ValueError for one that still has faults.
    """
    paper = about.paper
    passages = [{"kind": p.kind, "section": p.section, "text": p.text} for p in paper.paragraphs if p.text]
    made: dict[str, Any] = {"id": about.id, "doi": paper.doi, "split": about.wanted.split, "title": paper.title}
    made |= {"year": paper.year, "passages": passages, "note": draft.note}
    deep, reuse = draft.uses_deep_learning, draft.reuses_ptm
    made["uses_deep_learning"] = {"answer": bool(deep.answer), "quote": deep.quote if deep.answer else ""}
    made["reuses_ptm"] = {"answer": draft.is_reuse, "quote": reuse.quote if draft.is_reuse else ""}
    made["models"] = [each.model_dump() for each in draft.models] if draft.is_reuse else []
    found, problems = checked(made)
    if not found:
        raise ValueError("; ".join(problems))
    return found


def _unanswered(draft: Draft) -> Iterator[Fault]:
    if draft.uses_deep_learning.answer is None:
        yield Fault("uses_deep_learning", _NOT_ANSWERED)
    elif draft.uses_deep_learning.answer and draft.reuses_ptm.answer is None:
        yield Fault("reuses_ptm", _NOT_ANSWERED)
    elif draft.is_reuse and not draft.models:
        yield Fault("models", "name at least one model")
    names: set[str] = set()
    for at, model in enumerate(draft.models if draft.is_reuse else ()):
        if (name := canonical(model.name).name) in names:
            yield Fault(f"models[{at}].name", f"{name} is in the list already")
        names.add(name)
        if not model.patterns:
            yield Fault(f"models[{at}].patterns", "choose a pattern")
        if len({each.pattern for each in model.patterns}) < len(model.patterns):
            yield Fault(f"models[{at}].patterns", "a pattern is chosen twice")
        if not model.step:
            yield Fault(f"models[{at}].step", "choose a step")


def _unquoted(draft: Draft) -> Iterator[Fault]:
    if draft.uses_deep_learning.answer and not draft.uses_deep_learning.quote:
        yield Fault("uses_deep_learning.quote", "a yes needs its quote")
    if not draft.is_reuse:
        return
    quoted = [any(quote for _, quote in model.quotes) for model in draft.models]
    if not draft.reuses_ptm.quote and not any(quoted):
        yield Fault("reuses_ptm.quote", "a yes needs its quote")
    for at, has_quote in enumerate(quoted):
        if not has_quote:
            yield Fault(f"models[{at}].quote", "a model needs a quote")


def _misquoted(draft: Draft, paper: Paper) -> Iterator[Fault]:
    for field, quote in _quotes(draft):
        if len(quote) > MAX_QUOTE:
            yield Fault(field, f"a quote has at most {MAX_QUOTE} characters, this one {len(quote)}")
        elif quote and not locate(quote, paper):
            yield Fault(field, "this quote is not in the paper")


def _quotes(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.uses_deep_learning.answer:
        yield "uses_deep_learning.quote", draft.uses_deep_learning.quote
    if draft.is_reuse:
        yield "reuses_ptm.quote", draft.reuses_ptm.quote
        for at, model in enumerate(draft.models):
            yield from ((f"models[{at}].{field}", quote) for field, quote in model.quotes)
