"""A run's answers about a paper as the page shows them: with each quote where it stands."""

from collections.abc import Iterator
from typing import Any

from program.answers import Answer
from program.evidence import Evidence
from program.paper import Paper
from ptmreuse.reporting.record import NAMES, PATTERN, STEP, YES_NO, Told

_YES_NO = {"yes": True, "no": False}


def machine(told: Told, paper: Paper) -> dict[str, Any]:
    """The two yes/no answers (null where unresolved), the models, and the quotes, each with paragraph, start and end.

    Places count characters as Unicode has them, in the paragraph of that number.
    """
    answers = {stage: _YES_NO.get(told.value(stage)) for stage in YES_NO}
    quotes = [each for answer in told.answers.values() for each in _quotes(answer, paper)]
    return {**answers, "models": list(_models(told)), "quotes": quotes}


def _models(told: Told) -> Iterator[dict[str, Any]]:
    named = told.answers.get(NAMES)
    for finding in named.resolved if named else ():
        steps = told.values_of(STEP, finding.model)
        yield {
            "name": finding.model,
            "mention": finding.value,
            "patterns": list(told.values_of(PATTERN, finding.model)),
            "step": steps[0] if steps else "",
        }


def _quotes(answer: Answer, paper: Paper) -> Iterator[dict[str, Any]]:
    for finding in answer.resolved:
        if evidence := finding.evidence:
            told = {"stage": answer.stage, "model": finding.model, "text": evidence.quote}
            yield told | _where(evidence, paper)


def _where(evidence: Evidence, paper: Paper) -> dict[str, int]:
    """The place of a quote; of one that an older reader put elsewhere the page looks for the words."""
    for number, paragraph in enumerate(paper.paragraphs):
        if paragraph.place == evidence.place and paragraph.text[evidence.start : evidence.end] == evidence.quote:
            return {"paragraph": number, "start": evidence.start, "end": evidence.end}
    return {}
