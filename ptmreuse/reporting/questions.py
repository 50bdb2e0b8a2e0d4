"""What a prevalence is of: a yes/no stage among all papers, a pattern or a step among the papers that reuse a PTM."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.strata import DEEP, NEITHER, OPEN, REUSE
from signatures.labels import Pattern, Step

Texts = npt.NDArray[np.object_]  # of str: comparing and counting them is faster than of fixed width

YES, NO, UNRESOLVED, OUTSIDE = "yes", "no", "unresolved", "outside"


@dataclass(frozen=True, slots=True)
class Question:
    """A stage, and of stages 4 and 5 the pattern or step; `column` is that of the table of models."""

    stage: str
    value: str = ""
    column: str = ""

    @property
    def among_reuse(self) -> bool:
        """Whether it is a share of the papers that reuse a PTM, not of all."""
        return bool(self.value)

    def truth(self, label: HandLabel) -> str | None:
        """yes, no, or outside for a paper that it is not asked of; None where the label does not say."""
        told = self._told(label)
        return None if told is None else YES if told else OUTSIDE if self.among_reuse and not label.reuses_ptm else NO

    def _told(self, label: HandLabel) -> bool | None:
        if self.stage == "uses_deep_learning":
            return label.uses_deep_learning
        if self.stage == "reuses_ptm":
            return label.reuses_ptm
        values = label.patterns if self.column == "pattern" else label.steps
        return False if label.reuses_ptm is False else None if values is None else self.value in values


QUESTIONS = (
    Question("uses_deep_learning"),
    Question("reuses_ptm"),
    *(Question("reuse_pattern", pattern, "pattern") for pattern in get_args(Pattern)),
    *(Question("science_step", step, "step") for step in get_args(Step)),
)


def asked(papers: pd.DataFrame, models: pd.DataFrame | None) -> dict[Question, Texts]:
    """The machine's answer to each question that the run asked, one per row of `papers`.

    yes, no, unresolved, or outside for a paper that reuses no PTM; what was not asked to its end is unresolved.
    """
    found: dict[Question, Texts] = {}
    for question in QUESTIONS:
        if not question.among_reuse and (papers[question.stage] != "").any():
            found[question] = np.array([answer or UNRESOLVED for answer in papers[question.stage]], dtype=object)
        elif question.among_reuse and models is not None and (models[question.column] != "").any():
            found[question] = _of_models(question, papers, models)
    return found


def _of_models(question: Question, papers: pd.DataFrame, models: pd.DataFrame) -> Texts:
    joined = models.groupby("source")[question.column].agg(";".join)
    values = papers["source"].map(joined).fillna("")
    tell: Callable[[str], str] = lambda told: _of_one(question.value, told.split(";"))  # noqa: E731
    told = values.map(tell).to_numpy(dtype=object)
    reuse = papers["reuses_ptm"].to_numpy(dtype=object)
    told[reuse != YES] = UNRESOLVED
    told[reuse == NO] = OUTSIDE
    return told


def _of_one(value: str, told: list[str]) -> str:
    """A paper has a pattern when one of its models has it, and has it not when all of them are known without it."""
    return YES if value in told else UNRESOLVED if {"", UNRESOLVED} & set(told) else NO


def strata_of(papers: pd.DataFrame) -> Texts:
    """The machine's two answers about each paper in one: the strata that `ptmreuse sample` draws from."""
    first, second = (papers[stage].to_numpy(dtype=object) for stage in ("uses_deep_learning", "reuses_ptm"))
    strata = np.full(len(papers), OPEN, dtype=object)
    strata[first == NO] = NEITHER
    strata[(first == YES) & (second == YES)] = REUSE
    strata[(first == YES) & (second == NO)] = DEEP
    return strata
