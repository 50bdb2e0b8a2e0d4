"""What an LM answered in one run of a sentinel, one word per paper and stage, fit to be compared with another run."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from program.answers import STAGES
from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.judged import Judged
from ptmreuse.evaluation.measure import Measure
from ptmreuse.ledger import RETRIED

RIGHT, WRONG, UNRESOLVED, FAILED = "right", "wrong", "unresolved", "failed"


@dataclass(frozen=True, slots=True)
class Said:
    """One paper in one stage. `state` is failed where the call did, which says nothing of the LM; `given` is a text.

    A stage on models is right when it is about all of a paper's models, unresolved when it is about any of them.
    """

    state: str
    given: str


Answers: TypeAlias = Mapping[str, Mapping[str, Said]]
"""By stage, and by the paper's source."""


def answers(judged: Iterable[Judged]) -> Answers:
    """The answers of a cell in the isolated view."""
    found: dict[str, dict[str, list[Judged]]] = {stage: {} for stage in STAGES}
    for item in judged:
        found[item.stage].setdefault(item.paper, []).append(item)
    return {stage: {paper: _said(items) for paper, items in each.items()} for stage, each in found.items() if each}


def _said(items: list[Judged]) -> Said:
    reasons = {item.reason for item in items if item.reason}
    right = RIGHT if all(item.right for item in items) else WRONG
    state = FAILED if reasons & RETRIED else UNRESOLVED if reasons else right
    told = sorted([item.model, item.reason or sorted(item.given)] for item in items)
    return Said(state, json.dumps(told, ensure_ascii=False))


def accuracy(said: Mapping[str, Said]) -> Measure:
    """The share of right answers with Wilson's interval, papers whose call failed left out."""
    known = [each for each in said.values() if each.state != FAILED]
    hits = sum(each.state == RIGHT for each in known)
    return Measure(hits / len(known), *wilson(hits, len(known)), len(known)) if known else Measure(None, None, None, 0)


def number(said: Mapping[str, Said], state: str) -> int:
    """How many papers are in a state."""
    return sum(each.state == state for each in said.values())
