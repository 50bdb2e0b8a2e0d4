"""Results of an evaluation made up by seed: cells of a given skill, which answer rightly with that probability."""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import labelling

from program.answers import STAGES
from ptmreuse.evaluation.comparisons import Comparison
from ptmreuse.evaluation.judged import VIEWS, Cell, Cost, Judged, Quote, Result, View
from ptmreuse.evaluation.measures import measures
from ptmreuse.evaluation.tally import Tally
from ptmreuse.labelled import LabelledModel, LabelledPaper
from signatures.labels import Pattern, Step

SKILLS: Mapping[Cell, float] = {
    Cell("none", "majority"): 0.45,
    Cell("none", "keywords"): 0.65,
    Cell("embedded", "zero-shot"): 0.8,
    Cell("openai/large", "compiled"): 0.92,
}
YES, NO = frozenset({"yes"}), frozenset({"no"})
UNKNOWN = Cost(0, None, None, None, ())


def results(papers: Sequence[LabelledPaper], skills: Mapping[Cell, float] = SKILLS, seed: int = 0) -> list[Result]:
    """One result per cell. USD is known for names with a slash; a cell without an LM costs nothing but time."""
    made = []
    for number, (cell, skill) in enumerate(skills.items()):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - answers, not secrets
        judged = {view: [j for paper in papers for j in _paper(chance, paper, skill, view)] for view in VIEWS}
        costs = {view: _cost(chance, cell, len(papers), number) for view in VIEWS}
        made.append(Result(cell, judged, costs))
    return made


def _cost(chance: random.Random, cell: Cell, papers: int, number: int) -> Cost:
    seconds = tuple(chance.lognormvariate(0.8 * number - 3, 0.4) for _ in range(papers))
    if cell.lm == "none":
        return Cost(0, 0, 0, 0.0, seconds)
    usd = 0.004 * papers if "/" in cell.lm else None
    return Cost(4 * papers, 9000 * papers, 300 * papers, usd, seconds)


def _paper(chance: random.Random, labelled: LabelledPaper, skill: float, view: View) -> Iterator[Judged]:
    gates = (labelled.uses_deep_learning, labelled.reuses_ptm)
    quotes = _quotes(chance, labelled)
    going = True
    for stage, truth in zip(STAGES, gates, strict=False):
        true = YES if truth else NO
        said = true if chance.random() < skill else YES - true or NO
        given = said if going or view == "isolated" else NO
        reason = "unparsable" if chance.random() < (1 - skill) / 5 else ""
        yield Judged(labelled.paper.source, stage, true, frozenset() if reason else given, "", reason, True, quotes)
        going = given == YES and not reason
        if view == "isolated" and not truth:
            return
    names = [model.canonical for model in labelled.distinct]
    if not names:
        return
    kept = frozenset(name for name in names if going and chance.random() < skill)
    more = {"BERT"} if chance.random() > skill else set()
    yield Judged(labelled.paper.source, STAGES[2], frozenset(names), kept | more, quotes=quotes)
    for model in labelled.distinct:
        named = view == "isolated" or model.canonical in kept
        yield from _about(chance, labelled, model, skill, named)


def _about(
    chance: random.Random, labelled: LabelledPaper, model: LabelledModel, skill: float, named: bool
) -> Iterator[Judged]:
    for stage, true, kinds in (
        (STAGES[3], frozenset(model.patterns), get_args(Pattern)),
        (STAGES[4], frozenset({model.step}), get_args(Step)),
    ):
        given = frozenset[str](true) if chance.random() < skill else frozenset({chance.choice(kinds)})
        reason = "evidence_not_found" if named and chance.random() < (1 - skill) / 4 else ""
        yield Judged(
            labelled.paper.source, stage, frozenset(true), given if named and not reason else frozenset(),
            model.canonical, reason, named, _quotes(chance, labelled) if named else (),
        )  # fmt: skip


def _quotes(chance: random.Random, labelled: LabelledPaper) -> tuple[Quote, ...]:
    passage = chance.choice(labelled.paper.paragraphs)
    verbatim = chance.random() < 0.9
    return (Quote(passage.text[:120] if verbatim else "", passage.place if verbatim else "", verbatim, None),)


class Told(Comparison):
    """A comparison whose words are known."""

    @property
    def sentence(self) -> str:
        return f"{self.view}, {self.stage}: {self.one.name} against {self.other.name}."


def compared(several: Sequence[Result]) -> tuple[Comparison, ...]:
    """Every pair of cells by their mean, of which those with the first cell show a difference."""
    told = []
    for view in VIEWS:
        for one, other in combinations(several, 2):
            p = 0.0004 if one is several[0] else 0.4
            told.append(Told(view, "mean", "headline", one.cell, other.cell, 9, -0.25, -0.4, -0.1, p, min(1, 9 * p)))
    return tuple(told)


@cache
def made(cells: int = len(SKILLS), papers: int = 40) -> Tally:
    """A tally of the last so many cells on small papers, without the time that real comparisons take."""
    with TemporaryDirectory() as folder:
        labelled = labelling.papers(Path(folder), "test", train=0, val=0, test=papers)
    return tallied(results(labelled, dict(list(SKILLS.items())[-cells:])), labelled)


def tallied(several: Sequence[Result], labelled: Sequence[LabelledPaper]) -> Tally:
    """The tally of results, with made-up comparisons."""
    found = {
        (result.cell.name, view, stage): measures([item for item in judged if item.stage == stage])
        for result in several
        for view, judged in result.judged.items()
        for stage in STAGES
    }
    return Tally(tuple(several), tuple(labelled), found, compared(several))


ABOUT = {"data": "papers.jsonl", "git commit": "0123abcd", "seed": 0}
