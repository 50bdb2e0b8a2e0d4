"""The corrected prevalence of the two yes/no stages by two other methods: PPI++, and Rogan and Gladen.

They use the same labels, weighted as they were drawn, and should come out near `prevalences`; their normal intervals
are too narrow where few labels are yes. What the machine left unresolved is left out where it has too few labels.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ptmreuse.evaluation.intervals import Numbers
from ptmreuse.reporting.answered_by_hand import ByHand, by_hand
from ptmreuse.reporting.hand_labels import HandLabel
from ptmreuse.reporting.labelled_run import labelled_run
from ptmreuse.reporting.ppi import ppi_mean
from ptmreuse.reporting.prevalence import ALL, Prevalence
from ptmreuse.reporting.questions import NO, YES, Texts, asked
from ptmreuse.reporting.raw import raw_share
from ptmreuse.reporting.rogan_gladen import delta_interval, rogan_gladen
from ptmreuse.reporting.stratified import Flags

PPI, ROGAN_GLADEN = "PPI++", "Rogan-Gladen"


def cross_checks(papers: pd.DataFrame, labels: Sequence[HandLabel]) -> list[Prevalence]:
    """Both methods for each yes/no stage that the run asked, among all papers; none where there are too few labels."""
    run = labelled_run(papers, labels)
    found: list[Prevalence] = []
    for question, answers in asked(run.papers, None).items():
        known = by_hand(question, run, answers)
        if not known.papers.too_few:
            raw = raw_share(answers)
            about = (question.stage, "", "", ALL, len(answers), *raw)
            found += [Prevalence(*about, *limits, name, len(known.true)) for name, limits in _by_method(known)]
    return found


def _by_method(known: ByHand) -> list[tuple[str, tuple[float | None, float | None, float | None]]]:
    kept = _outside(known.papers.labelled, known)
    rest = _outside(known.papers.strata, known)
    true, machine, answers = (known.true == YES)[kept], known.machine[kept], known.answers[rest]
    weights = _weights(known)[kept]
    powered = ppi_mean(true.astype(float), _scores(machine), _scores(answers), weights / weights.mean())
    value, low, high = (float(each) for each in powered)
    said = machine == YES
    sensitivity, positives = _weighted(said[true], weights[true])
    false_alarms, negatives = _weighted(said[~true], weights[~true])
    about = (float((answers == YES).mean()), sensitivity, 1 - false_alarms)
    limits = delta_interval(*about, positives, negatives) or (None, None)
    return [
        (PPI, (value, max(0.0, low), min(1.0, high))),
        (ROGAN_GLADEN, (rogan_gladen(*about) if limits[0] is not None else None, *limits)),
    ]


def _outside(strata: Texts, known: ByHand) -> Flags:
    """Which are in no stratum with too few labels."""
    return np.array([name not in known.papers.thin for name in strata], dtype=bool)


def _weights(known: ByHand) -> Numbers:
    """How many papers each labelled one stands for, itself among them."""
    if len(known.chances):
        return 1 / known.chances
    sizes = known.papers.sizes
    return np.array([sizes[name][0] / sizes[name][1] for name in known.papers.labelled.tolist()])


def _scores(answers: Texts) -> Numbers:
    return np.select([answers == YES, answers == NO], [1.0, 0.0], 0.5)


def _weighted(hits: Flags, weights: Numbers) -> tuple[float, float]:
    """The weighted share of hits, and the number of labels of equal weight that tell as much; 0 and 0 of none."""
    if not len(hits):
        return 0.0, 0.0
    return float(weights @ hits / weights.sum()), float(weights.sum() ** 2 / (weights**2).sum())
