"""Where a paper went wrong: the first stage of the pipeline with an error, and the kind of error.

Kinds: `missed` (a labelled yes, model or pattern is not given), `invented` (one that is not labelled is given), `wrong`
(something else is given instead), and `unresolved: ` with the reason.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from program import names_ptms, reuses_ptm, uses_deep_learning
from program.answers import STAGES
from ptmreuse.evaluation.judged import Judged

RIGHT = "right"
UNRESOLVED = "unresolved: "
_GATES = {reuses_ptm.STAGE: uses_deep_learning.STAGE, names_ptms.STAGE: reuses_ptm.STAGE}
_NO = frozenset({"no"})


@dataclass(frozen=True, slots=True)
class Origin:
    """The first stage at which a paper went wrong and the kind of error; `right` and "" where it did not."""

    paper: str
    stage: str
    kind: str


def kind(item: Judged) -> str:
    """What is wrong with an answer; "" where nothing is."""
    if item.right:
        return ""
    if item.reason:
        return f"{UNRESOLVED}{item.reason}"
    lacking, extra = item.true - item.given - _NO, item.given - item.true - _NO
    return "wrong" if lacking and extra else "missed" if lacking else "invented"


def wholly_right(items: Iterable[Judged]) -> bool:
    """Whether every answer about a paper is right, from its items of the end-to-end view."""
    return all(item.right for item in items)


def asked(items: Iterable[Judged]) -> list[Judged]:
    """Those items of the end-to-end view whose stage was asked: not what follows from a no or an unresolved gate."""
    several = list(items)
    answers = {(item.paper, item.stage): item.given for item in several}

    def closed(item: Judged) -> bool:
        return "yes" not in answers.get((item.paper, _GATES.get(item.stage, "")), {"yes"})

    return [item for item in several if item.named and not closed(item)]


def origin(items: Sequence[Judged]) -> Origin:
    """Where one paper went wrong, from its items of the end-to-end view.

    Of several models that went wrong at the same stage a wrong answer counts before an unresolved one.
    """
    wrong = sorted((item for item in items if not item.right), key=lambda item: STAGES.index(item.stage))
    if not wrong:
        return Origin(items[0].paper, RIGHT, "")
    kinds = [kind(item) for item in wrong if item.stage == wrong[0].stage]
    return Origin(items[0].paper, wrong[0].stage, min(kinds, key=lambda each: each.startswith(UNRESOLVED)))


def origins(items: Iterable[Judged]) -> list[Origin]:
    """Where each paper went wrong, from the items of the end-to-end view, sorted by paper."""
    by_paper = groupby(sorted(items, key=lambda item: item.paper), key=lambda item: item.paper)
    return [origin(list(several)) for _, several in by_paper]


def errors_begin_at(items: Iterable[Judged]) -> Mapping[tuple[str, str], int]:
    """Papers by stage and kind of their first error: `right` first, then in stage order, the most frequent first."""
    counted = Counter((found.stage, found.kind) for found in origins(items))
    order = (RIGHT, *STAGES)
    return dict(sorted(counted.items(), key=lambda each: (order.index(each[0][0]), -each[1], each[0][1])))
