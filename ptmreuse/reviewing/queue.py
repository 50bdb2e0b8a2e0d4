"""In which order papers are labelled, and what speaks for each of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from program.answers import STAGES
from ptmreuse.reporting.doubts import Doubt, doubts, narrow
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reporting.record import NAMES, YES_NO
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper

GIVEN, UNCERTAINTY, DISAGREEMENT = "given", "uncertainty", "disagreement"
ORDERS = (GIVEN, UNCERTAINTY, DISAGREEMENT, *STAGES)


class Queued(NamedTuple):
    """A paper and what speaks for labelling it, "" for nothing."""

    paper: ReviewedPaper
    why: str


def queued(papers: Sequence[ReviewedPaper], order: str, pairs: Mapping[str, Pair]) -> list[Queued]:
    """All papers in one of `ORDERS`: as they are given, or those with the most points of the doubts that count first.

    Counted are all doubts, those between two runs (`pairs`, by source), or those of one stage; ties stay as given.
    """
    counts = _counting(order)
    of = [(each, [doubt for doubt in _doubts(each, pairs) if counts(doubt)]) for each in papers]
    if order != GIVEN:
        of.sort(key=lambda one: -sum(doubt.points for doubt in one[1]))
    return [Queued(each, "; ".join(doubt.words for doubt in found)) for each, found in of]


def _doubts(each: ReviewedPaper, pairs: Mapping[str, Pair]) -> list[Doubt]:
    told = each.told
    return doubts(told, pairs.get(told.source), each.chance) if told else narrow(each.chance)


def _counting(order: str) -> Callable[[Doubt], bool]:
    if order in (GIVEN, UNCERTAINTY):
        return lambda _: True
    if order == DISAGREEMENT:
        return lambda doubt: doubt.kind == "runs differ"
    also = {"narrow chance"} if order in YES_NO else {"not in the catalogue"} if order == NAMES else set()
    return lambda doubt: order in doubt.words.split() or doubt.kind in also
