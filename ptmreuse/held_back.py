"""Papers that nobody may train on or choose by: those of the project's own test split, and near-duplicates of them.

Whoever did would let the program learn what it is tested on.
"""

from collections.abc import Iterable, Sequence

from program.paper import Paper, Paragraph
from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.labelled import LabelledPaper, trainset
from ptmreuse.rows import PaperRow
from ptmreuse.trainset import overlaps


def held_back(papers: Iterable[Paper]) -> dict[str, str]:
    """The reason for each paper that is held back, by its source; none where the trainsets are not installed."""
    theirs = [LabelledPaper(paper, False, False, (), ()) for paper in papers]
    if not theirs or not TRAINSET.is_file():
        return {}
    return {
        pair.second: f"{pair.second} shares {pair.share:.0%} of its text with {pair.first} of the test split"
        for pair in overlaps(trainset(TRAINSET, "test"), theirs)
    }


def held_back_rows(rows: Iterable[PaperRow]) -> dict[str, str]:
    """The same of rows, by their key; those of the split test may be of any paper.

    A row without passages is known by id and DOI alone.
    """
    reasons = held_back(_paper(row) for row in rows if row.split != "test")
    return {key: f"{reason}; take it away, or say that its split is test" for key, reason in reasons.items()}


def without_held_back(rows: Sequence[PaperRow]) -> tuple[list[PaperRow], list[str]]:
    """The rows that may be trained on or tested with, and a line for each other one."""
    reasons = held_back_rows(rows)
    return [row for row in rows if row.key not in reasons], list(reasons.values())


def _paper(row: PaperRow) -> Paper:
    passages = tuple(Paragraph(p.text, p.kind, p.section, f"passages[{n}]") for n, p in enumerate(row.passages))
    return Paper(row.key, row.title, passages, doi=row.doi)
