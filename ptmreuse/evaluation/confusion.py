"""Which answer was given for which: a stage's items by true and given answer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import get_args

import pandas as pd

from ptmreuse.evaluation.judged import Judged
from signatures.labels import Pattern, Step

UNRESOLVED = "unresolved"
NOT_NAMED = "not named"
_ORDER = ("yes", "no", *get_args(Pattern), *get_args(Step))


def confusion(items: Sequence[Judged]) -> pd.DataFrame:
    """How many items of one stage have each true answer (rows) and each given one (columns).

    The answers of rows and columns are those that occur; the last two columns are "unresolved" and "not named", which
    is what a model is that stage 3 answered without. A set of several patterns is one answer, joined by " + ".
    """
    true, given = [_joined(item.true) for item in items], [_given(item) for item in items]
    columns = [*_ordered({*true, *given} - {UNRESOLVED, NOT_NAMED}), UNRESOLVED, NOT_NAMED]
    rows, counts = _ordered(true), Counter(zip(true, given, strict=True))
    return pd.DataFrame(
        [[counts[row, column] for column in columns] for row in rows],
        index=pd.Index(rows, name="true"),
        columns=pd.Index(columns, name="given"),
    )


def _given(item: Judged) -> str:
    if item.reason:
        return UNRESOLVED
    return _joined(item.given) if item.named else NOT_NAMED


def _joined(answers: Iterable[str]) -> str:
    return " + ".join(sorted(answers, key=_ORDER.index))


def _ordered(joined: Iterable[str]) -> list[str]:
    """In the order of the vocabulary, single answers first."""
    return sorted({*joined}, key=lambda each: [len(parts := each.split(" + ")), *map(_ORDER.index, parts)])
