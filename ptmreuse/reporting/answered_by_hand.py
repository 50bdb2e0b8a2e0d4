"""A question's papers in strata by the machine's answer, with the labels that answer it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ptmreuse.evaluation.intervals import Numbers
from ptmreuse.reporting.labelled_run import LabelledRun
from ptmreuse.reporting.questions import Question, Texts
from ptmreuse.reporting.strata import REUSE
from ptmreuse.reporting.stratified import Flags, Stratified

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ByHand:
    """Strata of the readable papers, the true answer and the machine's about each labelled one, and all `answers`.

    `chances` are those of the labelled papers to be drawn, empty where they are not known.
    """

    papers: Stratified
    true: Texts
    machine: Texts
    answers: Texts
    chances: Numbers


def by_hand(question: Question, run: LabelledRun, answers: Texts, rows: Rows | None = None) -> ByHand:
    """The readable papers of a run, or those of them in these rows, and the labels that answer the question.

    `answers` are the machine's to the question, one per row of the run's papers.
    """
    wanted = run.readable.copy()
    if rows is not None:
        wanted &= np.isin(np.arange(len(wanted)), rows)
    true = {at: question.truth(label) for at, label in run.labels.items() if wanted[at]}
    labelled = [at for at in sorted(true) if true[at] is not None]
    chances = np.array([run.labels[at].probability or 1.0 for at in labelled]) if run.weighted else np.zeros(0)
    stands = (1 - chances) / chances if len(chances) else chances
    found = Stratified(run.strata[wanted], run.strata[labelled], stands)
    if question.among_reuse:
        parted = _parted(run.strata, answers, wanted)
        finer = Stratified(parted[wanted], parted[labelled], stands)
        found = found if any(name.startswith(REUSE) for name in finer.thin) else finer
    return ByHand(
        found, np.array([true[at] for at in labelled], dtype=object), answers[labelled], answers[wanted], chances
    )


def _parted(strata: Texts, answers: Texts, wanted: Flags) -> Texts:
    """The papers that reuse, apart by the machine's answer: narrower intervals where each part has labels enough."""
    parted = strata.astype(object)
    reuse = np.flatnonzero(wanted & (strata == REUSE))
    parted[reuse] = [f"{REUSE} · {answer}" for answer in answers[reuse]]
    return parted
