"""The few labelled papers that a sentinel asks about on every call: the same ones each time, never a test paper."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.errors import UsageError
from ptmreuse.labelled import LabelledPaper, trainset
from ptmreuse.trainset import load

PAPERS = 40

# How many of four papers are of a kind: half of them reuses, which are all that the last three stages are asked about.
_TURNS = ("reuse", "deep", "reuse", "neither")


def chosen(labels: str = "", papers: Path | None = None, n: int = PAPERS) -> list[LabelledPaper]:
    """`n` papers of the split val of our trainset, or of `labels`; all of them where there are fewer.

    The choice hangs on the texts alone. Papers of a test split, ours or the labels' own, are left out. Raises
    UsageError where none is left, and as `load` does.
    """
    found = _found(labels, papers)
    kept = {each.paper.text_hash: each for each in reversed(found) if each.paper.text_hash not in _kept_for_test()}
    if not kept:
        raise UsageError(f"{labels or TRAINSET}: no labelled paper outside the test split; give other --labels")
    return _by_turns(sorted(kept.values(), key=_lot))[:n]


def _found(labels: str, papers: Path | None) -> list[LabelledPaper]:
    if labels and not (Path(labels).exists() and TRAINSET.is_file() and TRAINSET.samefile(labels)):
        return [each for each in load(labels, papers=papers) if each.split != "test"]
    if not TRAINSET.is_file():
        raise UsageError(f"{TRAINSET}: is not there; give your labelled papers with --labels")
    return trainset(TRAINSET, "val")


def _kept_for_test() -> frozenset[str]:
    if not TRAINSET.is_file():
        return frozenset()
    return frozenset(each.paper.text_hash for each in trainset(TRAINSET, "test"))


def _lot(labelled: LabelledPaper) -> str:
    return hashlib.blake2b(labelled.paper.text_hash.encode(), digest_size=8).hexdigest()


def _by_turns(papers: Sequence[LabelledPaper]) -> list[LabelledPaper]:
    """Every paper once, kinds by turns as long as there are some."""
    kinds: dict[str, list[LabelledPaper]] = {kind: [] for kind in _TURNS}
    for each in papers:
        kinds["reuse" if each.reuses_ptm else "deep" if each.uses_deep_learning else "neither"].append(each)
    found = []
    while any(kinds.values()):
        found += [kinds[kind].pop(0) for kind in _TURNS if kinds[kind]]
    return found
