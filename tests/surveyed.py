"""Tables of a run, for the tests of what is estimated from labels: papers by the machine's answers, and labels."""

from collections.abc import Iterable

import pandas as pd

from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.tables import MODEL_COLUMNS, PAPER_COLUMNS

ANSWERS = {
    "reuse": ("yes", "yes"),
    "deep": ("yes", "no"),
    "neither": ("no", "no"),
    "open": ("unresolved", "unresolved"),
}


def papers(**numbers: int) -> pd.DataFrame:
    """So many papers with each answer, in the order of `ANSWERS`: doi 10.5555/0 and so on, fields A and B in turn."""
    kinds = [kind for kind in ANSWERS for _ in range(numbers.get(kind, 0))]
    frame = pd.DataFrame("", index=range(len(kinds)), columns=PAPER_COLUMNS, dtype="str")
    frame["source"] = [f"in/{n}.xml" for n in range(len(kinds))]
    frame["doi"] = [f"10.5555/{n}" for n in range(len(kinds))]
    frame["text_hash"] = [f"{n:032x}" for n in range(len(kinds))]
    for at, stage in enumerate(("uses_deep_learning", "reuses_ptm")):
        frame[stage] = [ANSWERS[kind][at] for kind in kinds]
    frame["reason"] = ["uses_deep_learning: too_long" if kind == "open" else "" for kind in kinds]
    frame["year"] = pd.array([2018 + n % 4 for n in range(len(kinds))], dtype="Int64")
    return frame.assign(field=["AB"[n % 2] for n in range(len(kinds))])


def models(rows: Iterable[tuple[int, str, str]]) -> pd.DataFrame:
    """A table of models from number of the paper, pattern and step."""
    told = [dict.fromkeys(MODEL_COLUMNS, "") | {"source": f"in/{n}.xml", "pattern": p, "step": s} for n, p, s in rows]
    return pd.DataFrame(told, columns=MODEL_COLUMNS).astype(dict.fromkeys(MODEL_COLUMNS, "str"))


def label(number: int, answer: str, pattern: str = "", chance: float | None = None) -> HandLabel:
    """What a person says of a paper: reuse, deep or neither."""
    reuse = answer == "reuse"
    steps = frozenset({"test"}) if reuse else frozenset()
    patterns = frozenset({pattern} - {""})
    return HandLabel(f"10.5555/{number}", "", answer != "neither", reuse, patterns, steps, chance)
