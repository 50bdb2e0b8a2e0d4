"""What speaks against a machine's answers about a paper, as far as the ledger tells; and what it is worth in points."""

from collections.abc import Iterator
from dataclasses import dataclass

from program.answers import STAGES
from program.catalogue import canonical
from ptmreuse.ledger import RETRIED
from ptmreuse.reporting.changes import changes
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reporting.record import YES_NO, Told

NARROW = 3.0  # points of a chance of one half, which fall to 0 at 0 and 1
SURE = 0.05  # a chance no further than this from 0 or 1 is no doubt


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against an answer, and its points."""

    kind: str
    words: str
    points: float


def doubts(told: Told, pair: Pair | None = None, chance: float | None = None) -> list[Doubt]:
    """Every doubt about a paper.

    3 points for a yes/no stage, 2 for a later one that is unresolved (a call that the provider failed says nothing of
    the paper), 1 for a stage of which a part is; 1 for a stage that took more than one call; 1 for a model that the
    catalogue does not know; with another run 3 for another yes or no, 1 for other names, patterns or steps; `NARROW`
    and less for the embedded LM's chance of yes, the nearer to one half the more.
    """
    found = [*_unresolved(told), *_calls(told), *_unknown(told), *_other_run(pair)]
    return [*found, *narrow(chance)] if chance is not None else found


def narrow(chance: float) -> list[Doubt]:
    """The doubt that a chance of yes is, if it is one."""
    if not SURE < chance < 1 - SURE:
        return []
    return [Doubt("narrow chance", f"chance of yes {chance:.2f}", NARROW * (1 - abs(2 * chance - 1)))]


def _unresolved(told: Told) -> Iterator[Doubt]:
    for stage, answer in told.answers.items():
        if answer.value == "unresolved":
            if answer.reason not in RETRIED:
                points = 3.0 if stage in YES_NO else 2.0
                yield Doubt("unresolved", f"{stage} unresolved: {answer.reason}", points)
        elif any(not finding.evidence for finding in answer.findings):
            yield Doubt("unresolved in part", f"{stage} unresolved in part", 1.0)


def _calls(told: Told) -> Iterator[Doubt]:
    for stage, number in told.calls.items():
        if number > 1:
            yield Doubt("more than one call", f"{stage} took {number} calls", 1.0)


def _unknown(told: Told) -> Iterator[Doubt]:
    unknown = [model for model in told.models if not canonical(model).in_catalogue]
    if unknown:
        yield Doubt("not in the catalogue", f"not in the catalogue: {', '.join(unknown)}", 1.0)


def _other_run(pair: Pair | None) -> Iterator[Doubt]:
    differing = {change.stage for change in changes(pair)} if pair else set()
    for stage in STAGES:
        if stage in differing:
            yield Doubt("runs differ", f"runs differ in {stage}", 3.0 if stage in YES_NO else 1.0)
