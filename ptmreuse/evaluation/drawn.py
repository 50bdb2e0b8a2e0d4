"""The headline statistics of several cells in the same bootstrap draws of their papers, and two set side by side."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from program.answers import STAGES
from ptmreuse.evaluation.estimates import per_paper
from ptmreuse.evaluation.intervals import Numbers, Statistic, weights
from ptmreuse.evaluation.judged import Judged
from ptmreuse.evaluation.scores import divided, f1, ratio

MEAN = "mean"
_CHUNK = 5_000  # draws that are in memory together

Key: TypeAlias = tuple[str, str]  # stage, statistic


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cell: the counts per paper that each statistic is made from, and its draws, the last of which is its value."""

    counts: Mapping[Key, Numbers]
    draws: Mapping[Key, Numbers]


@dataclass(frozen=True, slots=True)
class Pair:
    """One cell minus another: the difference, its draws, and on how many of the papers their counts differ.

    `apart` are the papers of which the first count (the right answers) is higher in one and in the other. The
    difference is NaN where it is not defined.
    """

    stage: str
    statistic: str
    papers: int
    difference: float
    drawn: Numbers
    differing: int
    apart: tuple[int, int]


def _hit(item: Judged) -> tuple[int, ...]:
    return int(item.right), 1


def _yes(item: Judged) -> tuple[int, ...]:
    true, given = "yes" in item.true, "yes" in item.given
    return int(true and given), int(true), int(given)


def _members(item: Judged) -> tuple[int, ...]:
    return len(item.true & item.given), len(item.true), len(item.given)


HEADLINES: Mapping[Key, tuple[Statistic, Callable[[Judged], tuple[int, ...]]]] = {
    **{(stage, name): how for stage in STAGES[:2] for name, how in (("accuracy", (ratio, _hit)), ("f1", (f1, _yes)))},
    (STAGES[2], "micro_f1"): (f1, _members),
    **{(stage, "accuracy"): (ratio, _hit) for stage in STAGES[3:]},
}
_MEANT = [key for key in HEADLINES if key[1] != "f1"]  # one statistic of each stage makes the mean


def drawn(cells: Sequence[Sequence[Judged]], draws: int, seed: int) -> list[Drawn]:
    """Each cell's headline statistics in the same draws; papers are those of all cells, in the order of their names."""
    papers = sorted({item.paper for items in cells for item in items})
    counts = [_counts(items, papers) for items in cells]
    places = [(cell, key) for cell, each in enumerate(counts) for key in each]
    if not places:
        return [Drawn({}, {}) for _ in cells]
    blocks = [counts[cell][key] for cell, key in places]
    together, edges = np.hstack(blocks), np.cumsum([block.shape[1] for block in blocks])[:-1]
    values: list[list[Numbers]] = [[] for _ in places]
    for times in _times(len(papers), draws, seed):
        for (_, key), sums, found in zip(places, np.split(times @ together, edges, axis=1), values, strict=True):
            found.append(HEADLINES[key][0](sums))
    joined = {place: np.concatenate(found) for place, found in zip(places, values, strict=True)}
    return [Drawn(each, {key: joined[cell, key] for key in each}) for cell, each in enumerate(counts)]


def paired(one: Drawn, other: Drawn) -> Iterator[Pair]:
    """Two of `drawn` side by side, for each stage that both have; then the mean over those, where they are several."""
    common = [key for key in one.counts if key in other.counts]
    for key in common:
        yield _pair(key, one.counts[key], other.counts[key], one.draws[key] - other.draws[key])
    if len(meant := [key for key in common if key in _MEANT]) > 1:
        differences = np.stack([one.draws[key] - other.draws[key] for key in meant])
        defined = ~np.isnan(differences)
        mean = divided(np.nansum(differences, axis=0), defined.sum(axis=0).astype(np.float64))
        left, right = (np.hstack([each.counts[key] for key in meant]) for each in (one, other))
        yield _pair((MEAN, "accuracy_or_micro_f1"), left, right, mean)


def _pair(key: Key, one: Numbers, other: Numbers, differences: Numbers) -> Pair:
    differing = int((one != other).any(axis=1).sum())
    apart = int((one[:, 0] > other[:, 0]).sum()), int((one[:, 0] < other[:, 0]).sum())
    papers = int((one.any(axis=1) | other.any(axis=1)).sum())
    return Pair(*key, papers, float(differences[-1]), differences[:-1], differing, apart)


def _counts(items: Sequence[Judged], papers: Sequence[str]) -> dict[Key, Numbers]:
    """Counts per paper of each statistic whose stage has items; a paper without an item counts nothing."""
    places = {paper: place for place, paper in enumerate(papers)}
    found = {}
    for key, (_, row) in HEADLINES.items():
        if own := [item for item in items if item.stage == key[0]]:
            rows = per_paper(own, [row(item) for item in own])
            found[key] = np.zeros((len(papers), rows.shape[1]))
            found[key][[places[paper] for paper in dict.fromkeys(item.paper for item in own)]] = rows
    return found


def _times(papers: int, draws: int, seed: int) -> Iterator[Numbers]:
    """How often each paper comes up, some draws at a time; the last row is every paper once."""
    for number, start in enumerate(range(0, draws, _CHUNK)):
        yield weights(papers, min(_CHUNK, draws - start), seed + number)
    yield np.ones((1, papers))
