"""The papers to label: of a run, or of a sample; and their texts, read once more from where they lie."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from program.paper import Paper
from ptmreuse.corpus.read import documents, read
from ptmreuse.errors import UnreadablePaper, UsageError
from ptmreuse.reporting.for_training import Knowledge, picked
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reporting.record import Record
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper, Wanted
from ptmreuse.rows import Split

_NEEDED = ("id", "source")
_GONE = "its file is not where the run found it"


def from_run(run: Record, n: int, seed: int, pairs: Mapping[str, Pair]) -> list[Wanted]:
    """The `n` papers of a run from which there is most to learn, as `ptmreuse sample --for training` picks them."""
    found = picked(run.papers, n, seed, Knowledge(pairs))
    return [Wanted(each.told.text_hash, each.told.source, "train", each.told) for each in found.papers]


def from_sample(path: Path, run: Record | None) -> list[Wanted]:
    """The papers of a CSV that `ptmreuse sample` wrote, in its order, with the answers of a run where one is given.

    Raises UsageError for a file that can't be read, or is no sample.
    """
    told = {each.text_hash: each for each in run.papers if each.readable} if run else {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: can't be read ({error}); give a CSV that ptmreuse sample wrote") from error
    found: dict[str, Wanted] = {}
    for number, row in enumerate(rows, 2):
        if missing := [name for name in _NEEDED if not row.get(name)]:
            advice = "give a CSV that ptmreuse sample wrote"
            raise UsageError(f"{path}, row {number}: has no {' and no '.join(missing)}; {advice}")
        found[row["id"]] = Wanted(row["id"], row["source"], _split(path, number, row), told.get(row["id"]))
    if not found:
        raise UsageError(f"{path}: no paper is in it; give a sample with papers")
    return list(found.values())


def _split(path: Path, number: int, row: Mapping[str, str]) -> Split:
    split = row.get("split") or "train"
    for known in get_args(Split):
        if split == known:
            return known  # type: ignore[no-any-return]
    raise UsageError(f"{path}, row {number}: split = {split!r}; give one of {', '.join(get_args(Split))}")


def read_again(wanted: Sequence[Wanted]) -> tuple[list[ReviewedPaper], dict[str, str]]:
    """The papers with their texts, in the same order; and by source the reason for each that is not there as it was."""
    reasons = {each.source: _GONE for each in wanted}
    papers: dict[str, Paper] = {}
    ids = {each.source: each.id for each in wanted}
    for source, paper in _read(ids):
        if isinstance(paper, Paper) and paper.text_hash == ids[source]:
            papers[source] = paper
            del reasons[source]
        else:
            reasons[source] = "its text has changed since the run" if isinstance(paper, Paper) else paper
    return [ReviewedPaper(each, papers[each.source]) for each in wanted if each.source in papers], reasons


def _read(sources: Iterable[str]) -> Iterable[tuple[str, Paper | str]]:
    left = set(sources)
    roots = dict.fromkeys(Path(source.split("!")[0]) for source in sources)
    for document in documents([path for path in roots if path.is_file()]):
        if document.source in left:
            left.discard(document.source)
            try:
                yield document.source, read(document)
            except UnreadablePaper as error:
                yield document.source, str(error)
        if not left:
            return
