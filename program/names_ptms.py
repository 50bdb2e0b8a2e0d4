"""Stage 3: which published models do they reuse?"""

from collections.abc import Sequence
from typing import Any

import dspy

from program import catalogue, gate
from program.answers import Answer, Finding, unresolved
from program.paper import Paper
from program.passages import Passages, neutralise, stated_title, stated_year
from program.stage import Stage
from signatures.labels import PTMMention
from signatures.names_ptms import NamesPTMs as Signature

STAGE = "names_ptms"


class NamesPTMs(Stage):
    """Ask the question of one paper's passages."""

    signature = Signature


def inputs(paper: Paper, passages: Passages) -> dict[str, Any]:
    """The signature's input fields for a paper."""
    return {"title": stated_title(paper), "year": stated_year(paper), "passages": passages.text}


def answer(prediction: dspy.Prediction, paper: Paper) -> Answer:
    """The gated answer: every model once, by its canonical name, with a quote that is in the paper."""
    named = [(meant(ptm.mention, prediction.ptms), ptm) for ptm in prediction.ptms if ptm.mention.strip()]
    kept = _most_specific([name for name, _ in named], paper)
    findings: dict[str, Finding] = {}
    for name, ptm in named:
        if name.name in kept and not (name.name in findings and findings[name.name].evidence):
            findings[name.name] = gate.finding(name.name, ptm.mention, ptm.evidence, paper)
    if not findings:
        return unresolved(STAGE, "no_model_named")
    return gate.listed(STAGE, tuple(findings.values()))


def meant(mention: str, ptms: Sequence[PTMMention]) -> catalogue.CanonicalName:
    """The canonical name; a bare family name beside a tool that wraps one version of it is that version."""
    name = catalogue.canonical(neutralise(mention))
    known = catalogue.entries()
    tools = (known.get(catalogue.canonical(ptm.mention).name) for ptm in ptms)
    wrapped = [known[model] for tool in tools if tool for model in tool.wraps if model in known]
    versions = [entry.name for entry in wrapped if entry.is_version and entry.family == name.name]
    return catalogue.canonical(versions[0]) if versions else name


def _most_specific(names: list[catalogue.CanonicalName], paper: Paper) -> set[str]:
    """Leave out shallow tools, a bare family name beside its version, and a tool beside the model that it wraps."""
    known, year = catalogue.entries(), paper.year or paper.latest_cited_year
    kept = {n.name for n in names if n.name not in known or known[n.name].is_deep(year)}
    versioned = {n.family for n in names if n.name in kept and n.in_catalogue and known[n.name].is_version}
    kept -= versioned
    return {name for name in kept if name not in known or kept.isdisjoint(known[name].wraps)}
