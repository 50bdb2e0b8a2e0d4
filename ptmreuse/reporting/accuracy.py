"""Sensitivity and specificity of the machine, estimated from labels for all papers of the run.

The labels are weighted by the strata that they were drawn from: among papers labelled because the machine said yes,
sensitivity would be far too high (Begg and Greenes 1983, Biometrics 39, 207).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ptmreuse.reporting.answered_by_hand import ByHand, by_hand
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.labelled_run import labelled_run
from ptmreuse.reporting.questions import NO, OUTSIDE, YES, Question, asked
from ptmreuse.reporting.shares import Estimate
from ptmreuse.reporting.stratified import Flags

TOO_FEW = "too few labels"


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often the machine is right about one answer, from the first stage to this one; 0 to 1 with 95 % limits.

    `measure` is sensitivity (of the papers that truly are yes, the share to which it says yes) or specificity (of those
    that truly are no, the share to which it says no). Unresolved is neither. Of a pattern or step (`value`) only papers
    that truly reuse a PTM count. `n_labels` is how many labels have that truth; without a figure `note`
    says why.
    """

    stage: str
    value: str
    measure: str
    estimate: float | None
    low: float | None
    high: float | None
    n_labels: int
    note: str = ""


def accuracies(papers: pd.DataFrame, labels: Sequence[HandLabel], models: pd.DataFrame | None = None) -> list[Accuracy]:
    """Sensitivity and specificity of each question that the run asked. Raises UsageError as `labelled_run` does."""
    run = labelled_run(papers, labels)
    known = {question: by_hand(question, run, answers) for question, answers in asked(run.papers, models).items()}
    return [each for question, labelled in known.items() for each in _both(question, labelled)]


def _both(question: Question, known: ByHand) -> list[Accuracy]:
    said_no = (known.machine == NO) | (known.machine == OUTSIDE)
    return [
        _accuracy(question, "sensitivity", known, known.true == YES, known.machine == YES),
        _accuracy(question, "specificity", known, known.true == NO, said_no),
    ]


def _accuracy(question: Question, measure: str, known: ByHand, truly: Flags, right: Flags) -> Accuracy:
    number = int(truly.sum())
    if known.papers.too_few or not number:
        note = TOO_FEW if known.papers.too_few else f"no label is truly {'yes' if measure == 'sensitivity' else 'no'}"
        return Accuracy(question.stage, question.value, measure, None, None, None, number, note)
    found: Estimate = known.papers.among(truly & right, truly & ~right, unknown_hits=False)
    value, low, high = (float(np.asarray(each)) for each in found)
    return Accuracy(question.stage, question.value, measure, value, low, high, number)
