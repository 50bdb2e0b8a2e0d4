"""What the service answers about a paper: the fields of a ledger's rows, and the models as one list."""

from typing import Any

from pydantic import BaseModel, Field

from program.answers import Answer, Finding, Value
from program.catalogue import canonical
from program.evidence import Evidence
from program.paper import Paper, SectionKind
from program.passages import paper_tokens
from ptmreuse.ledger import SCHEMA, Key, Row
from ptmreuse.specimen import EXPECTED, SPECIMEN


class Quote(BaseModel):
    """A verbatim quote; `start` and `end` are characters (code points) of the paragraph at `place`."""

    quote: str
    section: str
    place: str
    start: int
    end: int


class Found(BaseModel):
    """One thing that a stage found. `value` is the mention, the pattern or the step; no evidence, then a reason."""

    model: str
    value: str
    evidence: Quote | None
    reason: str


class StageAnswer(BaseModel):
    """A stage's answer: a row of the ledger. `error` is the kind of error that left it unresolved."""

    stage: str
    value: Value
    reason: str
    findings: list[Found]
    quote: str
    place: str
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    usd: float | None
    seconds: float
    attempts: int
    error: str


class ReusedModel(BaseModel):
    """A reused model; `patterns` and `step` are empty where they are unresolved."""

    model: str
    family: str
    in_catalogue: bool
    mention: str
    patterns: list[str]
    step: str


class BodyParagraph(BaseModel):
    """A paragraph of the paper as it was read."""

    text: str
    kind: SectionKind
    section: str
    place: str


class PaperFacts(BaseModel):
    """What the paper says of itself, "" or null where it does not; `text_hash` is its key in a ledger."""

    source: str
    doi: str
    pmcid: str
    title: str
    journal: str
    year: int | None
    article_type: str
    subjects: list[str]
    license: str
    text_hash: str
    paragraphs: int
    tokens: int
    body: list[BodyParagraph] | None = Field(default=None, description="only where it was asked for")


class PaperReply(BaseModel):
    """The answers about one paper, in stage order; a no or an unresolved stage ends them."""

    paper: PaperFacts
    answers: list[StageAnswer]
    models: list[ReusedModel]
    program: str = Field(description="digest of the program with its catalogue and compiled state")
    lm: str
    ledger_schema: int = SCHEMA


def facts(paper: Paper, *, body: bool = False) -> PaperFacts:
    """What a paper says of itself."""
    names = ("source", "doi", "pmcid", "title", "journal", "year", "article_type", "license", "text_hash")
    told: dict[str, Any] = {name: getattr(paper, name) for name in names}
    paragraphs = [BodyParagraph(**each._asdict()) for each in paper.paragraphs] if body else None
    return PaperFacts(
        **told,
        subjects=list(paper.subjects),
        paragraphs=len(paper.paragraphs),
        tokens=paper_tokens(paper),
        body=paragraphs,
    )


def stage_answer(row: Row) -> StageAnswer:
    """A row; of an error, which may quote a provider, only its kind is told."""
    answer = row.answer
    first = next((f.evidence for f in answer.findings if f.evidence), None)
    return StageAnswer(
        stage=answer.stage,
        value=answer.value,
        reason=answer.reason,
        findings=[_found(finding) for finding in answer.findings],
        quote=first.quote if first else "",
        place=first.where if first else "",
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cached_tokens=row.cached_tokens,
        usd=row.usd,
        seconds=round(row.seconds, 4),
        attempts=row.attempts,
        error=row.error.partition(":")[0] if row.error else "",
    )


def reply(paper: Paper, rows: list[Row], key: Key, lm: str, *, body: bool = False) -> PaperReply:
    """The whole reply about a paper."""
    return PaperReply(
        paper=facts(paper, body=body),
        answers=[stage_answer(row) for row in rows],
        models=_models({row.answer.stage: row.answer for row in rows}),
        program=key.program,
        lm=lm,
    )


def _found(finding: Finding) -> Found:
    return Found(model=finding.model, value=finding.value, evidence=_quote(finding.evidence), reason=finding.reason)


def _quote(evidence: Evidence | None) -> Quote | None:
    if evidence is None:
        return None
    return Quote(
        quote=evidence.quote,
        section=evidence.section,
        place=evidence.place,
        start=evidence.start,
        end=evidence.end,
    )


def _models(answers: dict[str, Answer]) -> list[ReusedModel]:
    def values(stage: str, model: str) -> list[str]:
        answer = answers.get(stage)
        return [f.value for f in answer.resolved if f.model == model] if answer else []

    named = answers.get("names_ptms")
    found = []
    for finding in named.resolved if named else ():
        name, step = canonical(finding.model), values("science_step", finding.model)
        found.append(
            ReusedModel(
                model=finding.model,
                family=name.family,
                in_catalogue=name.in_catalogue,
                mention=finding.value,
                patterns=values("reuse_pattern", finding.model),
                step=step[0] if step else "",
            )
        )
    return found


def example() -> dict[str, Any]:
    """The reply about a short synthetic paper, for the OpenAPI document."""
    rows = [
        Row(answer, input_tokens=812, output_tokens=64, cached_tokens=0, usd=0.0, seconds=0.004)
        for answer in EXPECTED.values()
    ]
    return reply(SPECIMEN, rows, Key("0123456789ab", ""), "embedded").model_dump(mode="json")
