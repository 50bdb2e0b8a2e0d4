"""How many papers use deep learning and reuse PTMs, and how: raw, and corrected by labels for the machine's errors.

The unit is the paper: a pattern or step is the share of the reusing papers that have a model with it. Without labels,
or with too few, there is the raw share and what the unresolved papers could make of it.

    labels = hand_labels("sample.csv")
    prevalences(results.papers, labels, by=("field",), models=results.models)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ptmreuse.reporting.allocation import LEAST
from ptmreuse.reporting.answered_by_hand import ByHand, Rows, by_hand
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.labelled_run import LabelledRun, labelled_run
from ptmreuse.reporting.questions import NO, YES, Question, Texts, asked
from ptmreuse.reporting.raw import raw_share
from ptmreuse.reporting.shares import Estimate
from ptmreuse.reporting.strata import PERIOD, UNKNOWN_YEAR
from ptmreuse.reporting.stratified import Stratified

ALL = "all papers"
UNCORRECTED = "uncorrected"
METHOD = "stratified labels, Jeffreys and MOVER"
ASSUMED = "labels without inclusion probability: taken as drawn at random within each of the machine's answers"


@dataclass(frozen=True, slots=True)
class Prevalence:
    """How common something is; all shares are 0 to 1.

    Of stages 1 and 2 the share among all papers, of a pattern or step (`value`) among the papers that reuse a PTM.
    `stratum` is the value of the column `by`, or `ALL` where `by` is "". `papers` is how many papers it is about.

    `raw` is the machine's share among its answers, None where it has none; `low_bound` and `high_bound` are the shares
    were all that is unresolved or unreadable no, or yes. `corrected` is the share among the readable papers, with its
    95 % limits `low` and `high`; None where `method` is `UNCORRECTED`, and `note` says why.
    """

    stage: str
    value: str
    by: str
    stratum: str
    papers: int
    raw: float | None
    low_bound: float
    high_bound: float
    corrected: float | None
    low: float | None
    high: float | None
    method: str
    n_labels: int
    note: str = ""


class _Group(NamedTuple):
    by: str
    stratum: str
    rows: Rows


def prevalences(
    papers: pd.DataFrame,
    labels: Sequence[HandLabel] = (),
    by: Sequence[str] = (),
    models: pd.DataFrame | None = None,
) -> list[Prevalence]:
    """Of each question that the run asked: among all papers, then for each value of each column in `by`.

    `papers` and `models` are the run's two tables; patterns and steps need the second. Raises UsageError for a paper
    that is labelled twice, KeyError for a column in `by` that `papers` lacks.
    """
    run = labelled_run(papers, labels)
    groups = list(_groups(run.papers, by))
    return [
        _prevalence(question, group, run, answers)
        for question, answers in asked(run.papers, models).items()
        for group in groups
    ]


def in_periods(years: pd.Series) -> pd.Series:
    """The five years around each year, 2020-2024, as a column to give in `by`."""
    first = years.astype("Int64") // PERIOD * PERIOD
    return pd.Series(
        [UNKNOWN_YEAR if pd.isna(year) else f"{year}-{year + PERIOD - 1}" for year in first],
        index=years.index,
        dtype="str",
    )


def _groups(papers: pd.DataFrame, by: Sequence[str]) -> Iterator[_Group]:
    yield _Group("", ALL, np.arange(len(papers)))
    for column in by:
        values = papers[column].astype("object")
        names = values.where(values.notna(), UNKNOWN_YEAR if column == "year" else "unknown").astype(str)
        for name, rows in sorted(names.groupby(names).indices.items()):
            yield _Group(column, str(name), np.asarray(rows))


def _prevalence(question: Question, group: _Group, run: LabelledRun, answers: Texts) -> Prevalence:
    raw = raw_share(answers[group.rows])
    known = by_hand(question, run, answers, group.rows)
    estimate = _corrected(question, known)
    value, low, high = (float(each) for each in estimate) if estimate else (None, None, None)
    return Prevalence(
        question.stage,
        question.value,
        group.by,
        group.stratum,
        len(group.rows),
        *raw,
        value,
        low,
        high,
        METHOD if estimate else UNCORRECTED,
        len(known.true),
        _note(known.papers, run, group, estimate is not None),
    )


def _corrected(question: Question, known: ByHand) -> Estimate | None:
    if known.papers.too_few:
        return None
    hits, others = known.true == YES, known.true == NO
    if not question.among_reuse:
        return known.papers.prevalence(hits)
    estimate = known.papers.among(hits, others)
    return None if np.isnan(estimate.value) else estimate


def _note(papers: Stratified, run: LabelledRun, group: _Group, corrected: bool) -> str:
    unread = int((~run.readable[group.rows]).sum())
    told = [f"of the readable papers; {unread} unreadable ones are left out"] if unread and corrected else []
    if not len(papers.labelled):
        told.append("no labels" if papers.sizes else "no readable papers")
    elif not corrected and not papers.too_few:
        told.append("no label says it of a paper that reuses a PTM")
    else:
        told += _thin(papers)
    if corrected and not run.weighted:
        told.append(ASSUMED)
    if run.missing and not group.by:
        told.append(f"{len(run.missing)} labelled papers are not among the run's readable papers")
    return "; ".join(told)


def _thin(papers: Stratified) -> Iterator[str]:
    """What is missing: the strata with too few labels, and what follows."""
    for name, (number, labels) in papers.thin.items():
        least = min(LEAST, number)
        lack = f"{labels} labels of {number} papers of the answer “{name}”, {least} needed"
        yield f"too few labels: {lack}" if papers.too_few else f"{lack}; the limits allow for all and for none of them"
