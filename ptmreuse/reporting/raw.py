"""The share of yes among the machine's answers, and how far what is unresolved could move it."""

from typing import NamedTuple

from ptmreuse.reporting.questions import NO, UNRESOLVED, YES, Texts


class Raw(NamedTuple):
    """`share` is of the answers that are yes or no, None where there is none.

    `low` and `high` are the shares if all that is unresolved were no, or were yes (Manski's bounds); 0 to 1.
    """

    share: float | None
    low: float
    high: float


def raw_share(answers: Texts) -> Raw:
    """The raw share of yes; papers outside the question do not count.

    A paper of which it is unresolved whether the question applies counts as unresolved, which gives the widest bounds.
    """
    yes, no, unresolved = (int((answers == answer).sum()) for answer in (YES, NO, UNRESOLVED))
    papers = yes + no + unresolved
    if not papers:
        return Raw(None, 0.0, 1.0)
    return Raw(yes / (yes + no) if yes + no else None, yes / papers, (yes + unresolved) / papers)
