"""The evidence gate of every stage: what an LM answered becomes an `Answer` only with quotes that are in the paper."""

from collections.abc import Iterable, Sequence

from program import catalogue
from program.answers import Answer, Finding, no, unresolved
from program.evidence import locate
from program.paper import Paper

NOT_FOUND = "evidence_not_found"
NOT_ANSWERED = "not_answered"


def finding(model: str, value: str, quote: str, paper: Paper) -> Finding:
    """A finding with its evidence, or without it and the reason."""
    evidence = locate(quote, paper)
    return Finding(model, value, evidence, "" if evidence else NOT_FOUND)


def yes_or_no(stage: str, value: bool, quote: str, paper: Paper) -> Answer:
    """A no needs nothing; a yes needs its quote."""
    return listed(stage, (finding("", "", quote, paper),)) if value else no(stage)


def listed(stage: str, findings: tuple[Finding, ...]) -> Answer:
    """Yes when at least one finding has its evidence, else unresolved."""
    if any(f.evidence for f in findings):
        return Answer(stage, "yes", findings)
    return unresolved(stage, findings[0].reason, findings)


def per_model(
    stage: str, given: Iterable[tuple[str, str, str]], paper: Paper, models: Sequence[str], *, once: bool = False
) -> Answer:
    """Findings for exactly the models that were asked about, from (model, value, quote) as the LM gave them.

    An answer for another model is not taken; a model without an answer is unresolved; a value is taken once, and with
    `once` only the first value of a model.
    """
    findings: dict[tuple[str, str], Finding] = {}
    for name, value, quote in given:
        model = _asked(name, models)
        key = (model or "", "" if once else value)
        if model and not (key in findings and findings[key].evidence):
            findings[key] = finding(model, value, quote, paper)
    answered = {model for model, _ in findings}
    missing = tuple(Finding(model, "", None, NOT_ANSWERED) for model in models if model not in answered)
    ordered = sorted((*findings.values(), *missing), key=lambda f: models.index(f.model))
    return listed(stage, tuple(ordered))


def _asked(name: str, models: Sequence[str]) -> str | None:
    """The model of the list that the LM meant, spelling apart."""
    if name in models:
        return name
    canonical = catalogue.canonical(name).name
    return next((m for m in models if m == canonical or m.casefold() == name.strip().casefold()), None)
