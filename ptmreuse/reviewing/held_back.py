"""Papers that nobody may label here: those of the project's own test split, and their near-duplicates.

A label of one of them in a trainset would let the program learn what it is tested on.
"""

from collections.abc import Mapping, Sequence

from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.labelled import LabelledPaper, trainset
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper
from ptmreuse.trainset import overlaps


def held_back(papers: Sequence[ReviewedPaper]) -> Mapping[str, str]:
    """The reason for each paper that is held back, by its source; none where there are no trainsets installed."""
    if not TRAINSET.is_file():
        return {}
    unlabelled = [LabelledPaper(each.paper, False, False, (), ()) for each in papers]
    return {
        pair.second: f"shares {pair.share:.0%} of its text with {pair.first} of the test split"
        for pair in overlaps(trainset(TRAINSET, "test"), unlabelled)
    }
