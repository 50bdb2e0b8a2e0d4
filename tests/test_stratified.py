"""The coverage simulation of the default method: whole studies, a thousand at once, and the parts it is made of."""

from typing import NamedTuple

import numpy as np
import pytest

from ptmreuse.evaluation.intervals import Numbers
from ptmreuse.reporting.mover import total
from ptmreuse.reporting.ppi import ppi_mean
from ptmreuse.reporting.shares import Estimate, jeffreys, within
from ptmreuse.reporting.stratified import Stratified

PAPERS = 2_000
STUDIES = 2_000
PROMISED = 0.93  # of intervals that are to cover in 95 %; the simulation itself is right to ±0.01

YES, NO, OPEN = "reuse", "no deep learning", "unresolved"


class Studies(NamedTuple):
    """Papers that are truly yes, all papers and labels, per simulated study and machine's answer (yes, no)."""

    true: Numbers
    papers: Numbers
    labels: Numbers


def studies(prevalence: float, sensitivity: float, specificity: float, labels: int, yes_share: float) -> Studies:
    """Papers as a machine with these errors answers, and how many of each answer are labelled."""
    rng = np.random.default_rng(6)
    positives = rng.binomial(PAPERS, prevalence, STUDIES)
    hits = rng.binomial(positives, sensitivity)
    yes = hits + rng.binomial(PAPERS - positives, 1 - specificity)
    true, papers = np.stack([hits, positives - hits], axis=1), np.stack([yes, PAPERS - yes], axis=1)
    first = np.minimum(round(labels * yes_share), papers[:, 0])
    keep = papers[:, 0] > 0
    return Studies(*(each[keep] for each in (true, papers, np.stack([first, labels - first], axis=1))))


def neyman(prevalence: float, sensitivity: float, specificity: float, labels: int) -> float:
    """The share of labels for the yes that gives the smallest variance, at least five labels on either side."""
    yes = prevalence * sensitivity + (1 - prevalence) * (1 - specificity)
    right, missed = prevalence * sensitivity / yes, prevalence * (1 - sensitivity) / (1 - yes)
    spreads = yes * np.sqrt(right * (1 - right)), (1 - yes) * np.sqrt(missed * (1 - missed))
    return float(np.clip(spreads[0] / sum(spreads), 5 / labels, 1 - 5 / labels))


def estimated(drawn: Studies) -> Estimate:
    """The default method on all studies at once."""
    hits = np.random.default_rng(7).hypergeometric(
        *map(np.int64, (drawn.true, drawn.papers - drawn.true, drawn.labels))
    )
    hits = hits.astype(float)
    parts = within(jeffreys(hits, drawn.labels), hits, drawn.labels, drawn.papers)
    return total(parts.scaled(drawn.papers / PAPERS))


def coverage(found: Estimate, truth: Numbers) -> float:
    """The share of intervals that hold the truth."""
    return float(np.mean((found.low <= truth + 1e-12) & (truth - 1e-12 <= found.high)))


@pytest.mark.parametrize("allocation", ["equal", "neyman"])
@pytest.mark.parametrize("labels", [100, 200, 400])
@pytest.mark.parametrize("specificity", [0.95, 0.99, 0.998])
@pytest.mark.parametrize("sensitivity", [0.6, 0.8, 0.9, 0.97])
@pytest.mark.parametrize("prevalence", [0.005, 0.03, 0.2])
def test_intervals_cover(
    prevalence: float, sensitivity: float, specificity: float, labels: int, allocation: str
) -> None:
    machine = (prevalence, sensitivity, specificity)
    drawn = studies(*machine, labels, 0.5 if allocation == "equal" else neyman(*machine, labels))
    assert coverage(estimated(drawn), drawn.true.sum(axis=1) / PAPERS) >= PROMISED


@pytest.mark.parametrize(("labels", "widest"), [(100, 0.062), (200, 0.032), (400, 0.017), (1000, 0.009)])
def test_the_study_simulated(labels: int, widest: float) -> None:
    """Prevalence 3.6 %, sensitivity 0.9, specificity 0.99, half of the labels for the yes."""
    drawn = studies(0.036, 0.9, 0.99, labels, 0.5)
    found, truth = estimated(drawn), drawn.true.sum(axis=1) / PAPERS
    assert coverage(found, truth) >= PROMISED
    assert np.mean(found.high - found.low) <= widest
    assert np.mean(found.value - truth) == pytest.approx(0, abs=5e-4)


def test_wald_in_place_of_jeffreys_is_found_out() -> None:
    """The simulation can fail: normal intervals of the same strata cover far too little."""
    drawn = studies(0.036, 0.9, 0.99, 200, 0.5)
    hits = np.random.default_rng(7).hypergeometric(
        *map(np.int64, (drawn.true, drawn.papers - drawn.true, drawn.labels))
    )
    share = hits / drawn.labels
    away = 1.96 * np.sqrt(share * (1 - share) / drawn.labels)
    parts = Estimate(share, share - away, share + away).scaled(drawn.papers / PAPERS)
    assert coverage(total(parts), drawn.true.sum(axis=1) / PAPERS) < PROMISED


def test_ppi_with_few_random_labels_covers_too_little() -> None:
    """Why it is a cross-check only."""
    rng = np.random.default_rng(8)
    covered = []
    for _ in range(2_000):
        true = rng.random(PAPERS) < 0.036
        said = np.where(true, rng.random(PAPERS) < 0.9, rng.random(PAPERS) < 0.01).astype(float)
        found = ppi_mean(true[:100].astype(float), said[:100], said[100:])
        covered.append(found.low <= true.mean() <= found.high)
    assert np.mean(covered) < PROMISED


def sample(rng: np.random.Generator, chances: tuple[float, float], papers: int = 1_500) -> tuple[Stratified, ...]:
    """One study in two fields, sampled unequally and estimated together; the labels' truth, and that of all papers."""
    field = rng.random(papers) < 0.4
    true = rng.random(papers) < np.where(field, 0.12, 0.02)
    said = np.where(true, rng.random(papers) < 0.8, rng.random(papers) < 0.03)
    strata = np.where(said, YES, NO).astype(object)
    labelled, stands = [], []
    for answer in (True, False):
        for part, chance in ((True, chances[0]), (False, chances[1])):
            rows = np.flatnonzero((said == answer) & (field == part))
            taken = rng.choice(
                rows, min(len(rows), max(5, round(len(rows) * chance * (5 if answer else 1)))), replace=False
            )
            labelled += taken.tolist()
            stands += [len(rows) / len(taken) - 1] * len(taken)
    return Stratified(strata, strata[labelled], np.array(stands)), true[labelled], true  # type: ignore[return-value]


@pytest.mark.parametrize("chances", [(0.05, 0.15), (0.2, 0.05), (0.1, 0.1)])
def test_unequal_chances_of_being_drawn_are_made_up_for(chances: tuple[float, float]) -> None:
    rng = np.random.default_rng(9)
    found, plain, truth = [], [], []
    for _ in range(300):
        papers, hits, true = sample(rng, chances)
        found.append(papers.prevalence(hits))  # type: ignore[arg-type]
        plain.append(float(Stratified(papers.strata, papers.labelled).prevalence(hits).value))  # type: ignore[arg-type]
        truth.append(float(true.mean()))  # type: ignore[attr-defined]
    estimates = Estimate(*(np.array(each, dtype=float) for each in zip(*found, strict=True)))
    assert coverage(estimates, np.array(truth)) >= PROMISED
    assert np.mean(estimates.value) == pytest.approx(np.mean(truth), abs=0.003)
    if chances[0] != chances[1]:
        assert abs(np.mean(plain) - np.mean(truth)) > 0.003  # without the probabilities it would be biased


def test_a_share_among_reuse_covers() -> None:
    """Which of the reusing papers have a pattern, when the machine errs about reuse and about the pattern."""
    rng = np.random.default_rng(10)
    found, truth = [], []
    for _ in range(300):
        reuse = rng.random(PAPERS) < 0.06
        pattern = reuse & (rng.random(PAPERS) < 0.7)
        said = np.where(reuse, rng.random(PAPERS) < 0.9, rng.random(PAPERS) < 0.01)
        has = np.where(pattern, rng.random(PAPERS) < 0.85, rng.random(PAPERS) < 0.2)
        strata = np.where(said, np.where(has, "reuse · yes", "reuse · no"), NO).astype(object)
        rows = [
            row
            for name, number in (("reuse · yes", 40), ("reuse · no", 25), (NO, 135))
            for row in rng.permutation(np.flatnonzero(strata == name))[:number]
        ]
        found.append(Stratified(strata, strata[rows]).among(pattern[rows], (reuse & ~pattern)[rows]))
        truth.append(pattern.sum() / reuse.sum())
    estimates = Estimate(*(np.array(each, dtype=float) for each in zip(*found, strict=True)))
    assert coverage(estimates, np.array(truth)) >= PROMISED
    assert np.mean(estimates.value) == pytest.approx(np.mean(truth), abs=0.02)


def strata(**papers: int) -> np.ndarray:
    """So many papers in each stratum."""
    return np.array([name for name, number in papers.items() for _ in range(number)], dtype=object)


def test_one_stratum_is_jeffreys_interval() -> None:
    found = Stratified(strata(yes=10**6), strata(yes=50)).prevalence(np.arange(50) < 3)
    expected = jeffreys(np.array(3.0), np.array(50.0))
    assert [float(each) for each in found] == pytest.approx([float(each) for each in expected])


def test_all_papers_labelled_leave_no_interval() -> None:
    found = Stratified(strata(yes=20, no=30), strata(yes=20, no=30)).prevalence(np.arange(50) < 12)
    assert found == pytest.approx((0.24, 0.24, 0.24))


def test_no_limit_speaks_against_the_labels() -> None:
    """Of 12 papers 10 are labelled, 8 of them yes: at least 8, at most 10 of 12."""
    found = Stratified(strata(yes=12), strata(yes=10)).prevalence(np.arange(10) < 8)
    assert found.low == pytest.approx(8 / 12)
    assert found.high == pytest.approx(10 / 12)


def test_unlabelled_unresolved_papers_open_the_limits() -> None:
    """A tenth is unresolved: the upper limit rises by it, the lower one is that of the rest counted among all."""
    hits = np.arange(100) < 20
    names, labelled = {YES: 300, NO: 600}, strata(**{YES: 50, NO: 50})
    closed = Stratified(strata(**names), labelled).prevalence(hits)
    opened = Stratified(strata(**names, **{OPEN: 100}), labelled).prevalence(hits)
    assert opened.value == pytest.approx(closed.value)
    assert opened.low == pytest.approx(closed.low * 0.9)
    assert opened.high == pytest.approx(closed.high * 0.9 + 0.1)


@pytest.mark.parametrize(
    ("papers", "labels", "thin", "too_few"),
    [
        ({YES: 20, NO: 80}, {YES: 5, NO: 5}, set(), False),
        ({YES: 20, NO: 80}, {YES: 4, NO: 50}, {YES}, True),
        ({YES: 3, NO: 80}, {YES: 3, NO: 5}, set(), False),  # all of them are labelled
        ({YES: 20, NO: 80}, {YES: 20}, {NO}, True),
        ({YES: 20, NO: 80, OPEN: 9}, {YES: 5, NO: 5, OPEN: 4}, {OPEN}, False),
        ({OPEN: 9}, {}, {OPEN}, True),
        ({}, {}, set(), True),
    ],
)
def test_too_few(papers: dict[str, int], labels: dict[str, int], thin: set[str], too_few: bool) -> None:
    found = Stratified(strata(**papers), strata(**labels))
    assert set(found.thin) == thin
    assert found.too_few is too_few
