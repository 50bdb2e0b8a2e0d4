"""Papers from which there is most to learn: doubtful ones first, of many kinds, near-duplicates apart."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from types import MappingProxyType

from rapidfuzz import fuzz

from program.catalogue import canonical
from ptmreuse.reporting.doubts import Doubt, doubts
from ptmreuse.reporting.for_estimate import Drawn
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reporting.record import PATTERN, STEP, Told
from ptmreuse.reporting.reread import NEAR, Reread, shared
from ptmreuse.reporting.strata import DEEP, NEITHER, OPEN, REUSE, answer_of, lot, period_of

# Points of a paper without a doubt: of a reuse all five stages can learn.
BASE: Mapping[str, float] = MappingProxyType({REUSE: 1.0, DEEP: 0.5, OPEN: 0.5, NEITHER: 0.1})
ALIKE = 90.0  # percent, from which two titles are of near-duplicates
_SHORT = 20  # characters of a title that says too little to compare


@dataclass(frozen=True)
class Knowledge:
    """What is known besides the run: another run's papers, and what the files tell, both by source; a group each."""

    pairs: Mapping[str, Pair] = field(default_factory=dict)
    reread: Mapping[str, Reread] = field(default_factory=dict)
    group: Callable[[Told], str] = lambda _: ""


@dataclass(frozen=True)
class Picked:
    """The papers to label, best first; how many were passed over as near-duplicates; how many have each doubt."""

    papers: tuple[Drawn, ...]
    near: int
    kinds: Mapping[str, int]


def picked(papers: Sequence[Told], n: int, seed: int, known: Knowledge) -> Picked:
    """The `n` papers with the most points, or all that are no near-duplicates of one another.

    A paper's points are its doubts' and its `BASE`, times the mean over its kinds (answer, period, journal, group,
    models with their families, patterns, steps) of 1 / (1 + papers of that kind already picked).
    """
    candidates = [_candidate(told, lot(seed, told.text_hash), known) for told in papers if told.readable]
    taken: list[_Candidate] = []
    seen: Counter[str] = Counter()
    near = 0
    queue = [(-each.gain(seen), each.lot, each) for each in candidates]
    heapify(queue)
    while queue and len(taken) < n:
        _, ticket, best = heappop(queue)
        now = -best.gain(seen)
        if queue and (now, ticket) > queue[0][:2]:  # gains only fall: it is the best one if it still leads
            heappush(queue, (now, ticket, best))
        elif any(_is_near(best.told, other.told, known) for other in taken):
            near += 1
        else:
            taken.append(best)
            seen.update(best.kinds)
    drawn = tuple(Drawn(each.told, why="; ".join(doubt.words for doubt in each.doubts)) for each in taken)
    return Picked(drawn, near, Counter(kind for each in taken for kind in {doubt.kind for doubt in each.doubts}))


@dataclass(frozen=True, slots=True)
class _Candidate:
    told: Told
    lot: str
    doubts: tuple[Doubt, ...]
    kinds: tuple[str, ...]

    def gain(self, seen: Counter[str]) -> float:
        """Its points, the fewer the more of its kinds there are."""
        points = BASE[answer_of(self.told)] + sum(doubt.points for doubt in self.doubts)
        return points * sum(1 / (1 + seen[kind]) for kind in self.kinds) / len(self.kinds)


def _candidate(told: Told, ticket: str, known: Knowledge) -> _Candidate:
    again = known.reread.get(told.source)
    found = doubts(told, known.pairs.get(told.source), again.chance if again else None)
    return _Candidate(told, ticket, tuple(found), _kinds(told, known))


def _kinds(told: Told, known: Knowledge) -> tuple[str, ...]:
    """What a paper is one of; each kind once."""
    of = [f"answer {answer_of(told)}", f"period {period_of(told)}", f"journal {told.journal}"]
    of += [f"group {known.group(told)}"]
    for model in told.models:
        of += [f"model {model}", f"family {canonical(model).family}"]
        of += [f"{stage} {value}" for stage in (PATTERN, STEP) for value in told.values_of(stage, model)]
    return tuple(dict.fromkeys(of))


def _is_near(one: Told, other: Told, known: Knowledge) -> bool:
    """By the texts where both are at hand, and by the titles."""
    texts = [known.reread.get(told.source) for told in (one, other)]
    if texts[0] and texts[1] and shared(texts[0].sketch, texts[1].sketch) >= NEAR:
        return True
    titles = [" ".join(told.title.lower().split()) for told in (one, other)]
    return min(map(len, titles)) >= _SHORT and fuzz.token_sort_ratio(*titles) >= ALIKE
