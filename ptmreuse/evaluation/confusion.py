"""Which answer was given for which: counts of a stage's items by true and given answer."""

from collections.abc import Sequence

import pandas as pd

from ptmreuse.evaluation.judged import Judged

UNRESOLVED = "unresolved"
NOT_NAMED = "not named"


def confusion(items: Sequence[Judged]) -> pd.DataFrame:
    """Items of one stage by true answer (rows) and given answer (columns, the last two "unresolved" and "not named").

    A set of several patterns is one answer, joined by " + ". Answers that do not occur are left out.
    """
    raise NotImplementedError
