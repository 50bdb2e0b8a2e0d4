"""The numbers of one stage in one view of one cell, each with its 95 % interval (which one: `estimates`).

`n` of every measure is its papers, the independent cases: models, names and quotes come several to a paper. An answer
that is unresolved is a third answer: not right, not a yes, not a no, a miss in recall, a third label in kappa. So is a
model that was not named.
"""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from program.answers import STAGES
from program.catalogue import canonical
from ptmreuse.evaluation.estimates import estimate, mean_of_two, per_paper, proportion
from ptmreuse.evaluation.intervals import Numbers
from ptmreuse.evaluation.judged import Judged, Quote
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.scores import f1, kappa, macro_f1, macro_precision, macro_recall, moved_f1, moved_kappa
from ptmreuse.evaluation.scores import moved_share as moved

_YES, _NO = frozenset({"yes"}), frozenset({"no"})


def measures(items: Sequence[Judged]) -> dict[str, Measure]:
    """Every measure of one stage by name, in the order of a table; {} without an item.

    All stages: `n` (items), `accuracy`, `unresolved`, `quotes_verbatim`, `quotes_labelled`. Stages 1 and 2: `n_yes`,
    `n_no`, `precision`, `recall`, `specificity`, `f1`, `balanced_accuracy`, `kappa`. Stage 3 (its accuracy is the share
    of papers whose set is exactly right): `micro_` and `macro_` `precision`, `recall`, `f1`, and all six by `family_`.
    Stages 4 and 5: `micro_f1`, `macro_f1`, and `rightly_named_` before `n`, `accuracy`, `micro_f1` and `macro_f1`: of
    the models that stage 3 named. A macro mean is over the kinds that occur in labels or answers.
    Raises ValueError for items of several stages.
    """
    if not items:
        return {}
    if len(stages := sorted({item.stage for item in items})) > 1:
        raise ValueError(f"items of {' and '.join(stages)} together; give those of one stage")
    return _own(stages[0], items) | _given(items)


def papers_wholly_right(items: Sequence[Judged]) -> Measure:
    """The share of papers of which every answer is right, from the items of all stages in one view."""
    wrong = per_paper(items, [[not item.right] for item in items]) if items else np.empty((0, 1))
    return proportion(np.hstack([wrong == 0, np.ones_like(wrong)]))


def _own(stage: str, items: Sequence[Judged]) -> dict[str, Measure]:
    if stage in STAGES[:2]:
        return _right(items) | _yes_no(items)
    if stage == STAGES[2]:
        families = _sets(items, lambda names: {canonical(name).family for name in names})
        return _right(items) | _sets(items) | {f"family_{name}": value for name, value in families.items()}
    rightly = [item for item in items if item.named]
    return _models(items) | {f"rightly_named_{name}": value for name, value in _models(rightly).items()}


def _right(items: Sequence[Judged]) -> dict[str, Measure]:
    return {"n": _number(items), "accuracy": _share(items, lambda item: item.right)}


def _yes_no(items: Sequence[Judged]) -> dict[str, Measure]:
    yes, no = ([item for item in items if item.true == truth] for truth in (_YES, _NO))
    recall, specificity = (_share(given, lambda item: item.right) for given in (yes, no))
    counts = per_paper(items, [_row(item.true & _YES, item.given & _YES) for item in items])
    return {
        "n_yes": _number(yes),
        "n_no": _number(no),
        "precision": proportion(counts[:, [0, 2]]),
        "recall": recall,
        "specificity": specificity,
        "f1": estimate(counts, f1, moved_f1),
        "balanced_accuracy": mean_of_two(recall, specificity),
        "kappa": estimate(per_paper(items, [_table(item) for item in items]), kappa, moved_kappa),
    }


def _models(items: Sequence[Judged]) -> dict[str, Measure]:
    sets = _sets(items)
    return _right(items) | {name: sets[name] for name in ("micro_f1", "macro_f1")}


def _sets(
    items: Sequence[Judged], kinds: Callable[[frozenset[str]], Collection[str]] = frozenset
) -> dict[str, Measure]:
    """Precision, recall and F1 of sets: micro, over all their members, and macro, the mean over the kinds of member."""
    pairs = [(kinds(item.true), kinds(item.given)) for item in items]
    occurring = sorted({kind for pair in pairs for members in pair for kind in members})
    rows = [
        [number for kind in occurring for number in _row({kind} & {*true}, {kind} & {*given})] for true, given in pairs
    ]
    each = per_paper(items, np.array(rows, dtype=np.float64).reshape(len(items), 3 * len(occurring)))
    every = each.reshape(len(each), len(occurring), 3).sum(axis=1)
    return {
        "micro_precision": proportion(every[:, [0, 2]]),
        "micro_recall": proportion(every[:, [0, 1]]),
        "micro_f1": estimate(every, f1, moved_f1),
        "macro_precision": estimate(each, macro_precision, moved, over_kinds=True),
        "macro_recall": estimate(each, macro_recall, moved, over_kinds=True),
        "macro_f1": estimate(each, macro_f1, moved_f1, over_kinds=True),
    }


def _given(items: Sequence[Judged]) -> dict[str, Measure]:
    """What can be told of the answers whatever the stage."""
    return {
        "unresolved": _share(items, lambda item: bool(item.reason)),
        "quotes_verbatim": _quotes(items, lambda quote: quote.verbatim),
        "quotes_labelled": _quotes(items, lambda quote: quote.labelled),
    }


def _quotes(items: Sequence[Judged], told: Callable[[Quote], bool | None]) -> Measure:
    """A share of the quotes of which it can be told."""
    known = [[told(quote) for quote in item.quotes if told(quote) is not None] for item in items]
    return proportion(_counted(items, [(sum(map(bool, quotes)), len(quotes)) for quotes in known]))


def _share(items: Sequence[Judged], is_hit: Callable[[Judged], bool]) -> Measure:
    return proportion(_counted(items, [(is_hit(item), 1) for item in items]))


def _counted(items: Sequence[Judged], rows: Sequence[Sequence[float]]) -> Numbers:
    return per_paper(items, np.array(rows, dtype=np.float64).reshape(len(items), 2))


def _number(items: Sequence[Judged]) -> Measure:
    """How many items; a count has no interval."""
    return Measure(float(len(items)), None, None, len({item.paper for item in items}))


def _row(true: Collection[str], given: Collection[str]) -> tuple[int, int, int]:
    """(both, true, given)."""
    return len({*true} & {*given}), len(true), len(given)


def _table(item: Judged) -> list[float]:
    """One item in a table of true by given answer: yes, no, neither."""
    places = [0 if answer == _YES else 1 if answer == _NO else 2 for answer in (item.true, item.given)]
    return [float(place == 3 * places[0] + places[1]) for place in range(9)]
