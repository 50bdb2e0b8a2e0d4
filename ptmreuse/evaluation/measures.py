"""The numbers of one stage in one view of one cell, each with its 95 % interval.

`n` of every measure is its papers, the independent cases; models, names and quotes come several to a paper. A proportion
with at most one case per paper has Wilson's interval; a proportion with several, F1, kappa and macro means have the
bootstrap over the papers that have a case. Where every draw gives the same value (all right, all wrong) the bootstrap
has no width, which would be a lie: there the share of papers moves that Wilson's interval still allows to be otherwise.

An answer that is unresolved is a third answer: not right, not a yes, not a no, and a miss in recall. So is a model that
was not named.
"""

from collections.abc import Callable, Sequence

import numpy as np

from program.answers import STAGES
from program.catalogue import canonical
from ptmreuse.evaluation.intervals import DRAWS, Interval, Numbers, Statistic, bootstrap, unseen, wilson
from ptmreuse.evaluation.judged import Judged
from ptmreuse.evaluation.measure import Measure

YES_NO, NAMES, PATTERN, STEP = STAGES[:2], STAGES[2], STAGES[3], STAGES[4]
_ANSWERS = ("yes", "no")


def measures(items: Sequence[Judged], draws: int = DRAWS, seed: int = 0) -> dict[str, Measure]:
    """Every measure of one stage by name, in the order of a table; {} without an item.

    All stages: `n` (items), `accuracy`, `unresolved`, `quotes_verbatim`, `quotes_labelled`. Stages 1 and 2: `n_yes`,
    `n_no`, `precision`, `recall`, `specificity`, `f1`, `balanced_accuracy`, `kappa`. Stage 3 (its accuracy is the share
    of papers whose set is exactly right): `micro_` and `macro_` `precision`, `recall`, `f1`, and all six by `family_`.
    Stages 4 and 5: `micro_f1`, `macro_f1`, and `rightly_named_` before `n`, `accuracy`, `micro_f1` and `macro_f1`: of
    the models that stage 3 named. A macro mean is over the kinds that occur in labels or answers.
    Raises ValueError for items of several stages.
    """
    raise NotImplementedError


def papers_wholly_right(items: Sequence[Judged]) -> Measure:
    """The share of papers of which every answer of every stage is right."""
    raise NotImplementedError
