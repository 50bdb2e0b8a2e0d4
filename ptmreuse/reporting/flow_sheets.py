"""The flow of the papers, and what of the metadata could be joined, as tables."""

from collections.abc import Mapping

from ptmreuse.evaluation.sheet import Sheet, Value
from ptmreuse.reporting.gathered import Gathered
from ptmreuse.reporting.metadata import Joined
from ptmreuse.reporting.paper_flow import Flow, Gate

_LATER = {"names_ptms": "models named", "reuse_pattern": "every pattern known", "science_step": "every step known"}


def flow_sheet(flow: Flow) -> Sheet:
    """Every number of the flow diagram, each row a part of the one before its block. Unit: papers."""
    rows: list[tuple[Value, ...]] = [
        *(_gathered(flow.gathered) if flow.gathered else ()),
        ("sources", "found", "", flow.found),
        ("sources", "duplicate", "", flow.duplicates),
        *_by_reason("sources", "unreadable", flow.unreadable),
        ("sources", "read", "", flow.read),
    ]
    for gate in flow.gates:
        rows += _gate(gate)
    columns = ("stage", "outcome", "reason", "papers")
    note = "At each stage: came = yes + no + unresolved + not asked. Papers that were read come to the first stage."
    return Sheet("flow", "The way of the papers through the stages: papers", columns, tuple(rows), note)


def _gathered(told: Gathered) -> list[tuple[Value, ...]]:
    return [
        ("collection", "found", "", told.found),
        *_by_reason("collection", "not asked for", told.unfit),
        ("collection", "not drawn", "", told.not_drawn),
        *_by_reason("collection", "without text", told.without_text),
        ("collection", "full text", "", told.texts),
    ]


def _gate(gate: Gate) -> list[tuple[Value, ...]]:
    noes: list[tuple[Value, ...]] = [] if gate.stage in _LATER else [(gate.stage, "no", "", gate.no)]
    return [
        (gate.stage, "came", "", gate.came),
        (gate.stage, _LATER.get(gate.stage, "yes"), "", gate.yes),
        *noes,
        *_by_reason(gate.stage, "unresolved", gate.unresolved),
        (gate.stage, "not asked", "", gate.not_asked),
    ]


def _by_reason(stage: str, outcome: str, counts: Mapping[str, int]) -> list[tuple[Value, ...]]:
    return [(stage, outcome, reason, number) for reason, number in counts.items()] or [(stage, outcome, "", 0)]


def metadata_sheet(joined: Joined) -> Sheet:
    """How the works of the metadata and the papers of the run met."""
    rows: tuple[tuple[Value, ...], ...] = (
        ("rows in the file", joined.rows),
        ("rows without a DOI", joined.without_doi),
        ("rows that repeat a DOI", joined.repeated),
        ("works of a paper of the run", joined.matched),
        ("works of no paper of the run", joined.without_paper),
        ("papers with a work", joined.papers),
        ("papers whose work has another year, which counts", joined.other_year),
        ("papers with a DOI and no work", joined.papers_without),
        ("papers without a DOI", joined.papers_without_doi),
    )
    return Sheet("metadata", "OpenAlex works joined by DOI", ("what", "number"), rows)
