"""Labelled papers that say something of the embedded LM: none that it was fitted on, and none that is kept for a test.

Ours are those of the split val of `trainsets/papers.jsonl`, which are synthetic; a user's come from any trainset.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from program.paper import Paper
from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.labelled import LabelledPaper, trainset
from ptmreuse.trainset import load, overlaps

_REAL = TRAINSET.with_name("real.jsonl")  # the development papers, without their text

FITTED, TEST, TWICE = "the embedded LM was fitted on", "of a split test", "given twice"


@dataclass(frozen=True)
class HeldOut:
    """Labelled papers with where they come from, and how many were left out for which reason."""

    papers: tuple[LabelledPaper, ...]
    source: str
    left_out: Counter[str]

    @property
    def yes(self) -> int:
        """How many of them use deep learning."""
        return sum(labelled.uses_deep_learning for labelled in self.papers)

    def __add__(self, other: "HeldOut") -> "HeldOut":
        kept, twice = _once(other.papers, self.papers)
        left_out = self.left_out + other.left_out + Counter({TWICE: twice})
        return HeldOut(self.papers + kept, " and ".join(filter(None, (self.source, other.source))), left_out)


NOTHING = HeldOut((), "", Counter())


def ours() -> HeldOut:
    """The project's own; nothing where the program was installed without its trainsets."""
    if not TRAINSET.is_file():
        return NOTHING
    return HeldOut(tuple(trainset(TRAINSET, "val")), f"the split val of {TRAINSET.name} (synthetic)", Counter())


def theirs(sources: Sequence[str], copies: Path | None) -> HeldOut:
    """A user's. `copies` is where the papers are whose labels come without their text. Raises UsageError."""
    found = NOTHING
    for source in sources:
        papers = load(source, papers=copies)
        kept, left_out = _held_out(papers)
        found += HeldOut(kept, Path(source).name, left_out)
    return found


def _held_out(papers: Sequence[LabelledPaper]) -> tuple[tuple[LabelledPaper, ...], Counter[str]]:
    fitted = {overlap.second for overlap in overlaps(_train(), papers)}
    left_out: Counter[str] = Counter()
    kept = []
    for labelled in papers:
        paper = labelled.paper
        if paper.source in fitted or {paper.doi.lower(), Path(paper.source).name} & _real():
            left_out[FITTED] += 1
        elif labelled.split == "test":
            left_out[TEST] += 1
        else:
            kept.append(labelled)
    once, twice = _once(kept, ())
    return once, left_out + Counter({TWICE: twice})


def _once(papers: Iterable[LabelledPaper], before: Iterable[LabelledPaper]) -> tuple[tuple[LabelledPaper, ...], int]:
    """The papers that were not there before, and how many were."""
    known = {name for labelled in before for name in _names(labelled.paper)}
    kept, twice = [], 0
    for labelled in papers:
        names = _names(labelled.paper)
        twice += bool(names & known)
        kept += [] if names & known else [labelled]
        known |= names
    return tuple(kept), twice


def _names(paper: Paper) -> set[str]:
    return {paper.text_hash, paper.doi.lower()} - {""}


@cache
def _train() -> tuple[LabelledPaper, ...]:
    return tuple(trainset(TRAINSET, "train")) if TRAINSET.is_file() else ()


@cache
def _real() -> frozenset[str]:
    """DOIs and file names of the development papers."""
    if not _REAL.is_file():
        return frozenset()
    rows = [json.loads(line) for line in _REAL.read_text(encoding="utf-8").splitlines()]
    return frozenset({row["doi"].lower() for row in rows} | {row["file"] for row in rows}) - {""}
