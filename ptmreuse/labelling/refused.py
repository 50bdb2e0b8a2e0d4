"""Labels to train on that are of papers of the project's own test split, or of near-duplicates of them.

Whoever trained on one would let the program learn what it is tested on.
"""

from collections.abc import Iterable, Sequence

from program.paper import Paper, Paragraph
from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.labelled import LabelledPaper, trainset
from ptmreuse.rows import PaperRow
from ptmreuse.trainset import overlaps


def refused(rows: Iterable[PaperRow]) -> dict[str, str]:
    """The reason for each row that may not be trained on, by its key; rows of the split test may be of any paper.

    A row without passages is known by id and DOI alone. Nothing where the trainsets are not installed.
    """
    own = [_unlabelled(row) for row in rows if row.split != "test"]
    if not own or not TRAINSET.is_file():
        return {}
    return {
        pair.second: f"{pair.second} shares {pair.share:.0%} of its text with {pair.first} of the test split; "
        "take it away, or say that its split is test"
        for pair in overlaps(trainset(TRAINSET, "test"), own)
    }


def without_refused(rows: Sequence[PaperRow]) -> tuple[list[PaperRow], list[str]]:
    """The rows that may be trained on or tested with, and a line for each other one."""
    reasons = refused(rows)
    return [row for row in rows if row.key not in reasons], list(reasons.values())


def _unlabelled(row: PaperRow) -> LabelledPaper:
    passages = tuple(Paragraph(p.text, p.kind, p.section, f"passages[{n}]") for n, p in enumerate(row.passages))
    return LabelledPaper(Paper(row.key, row.title, passages, doi=row.doi), False, False, (), ())
