import numpy as np
import pytest

from ptmreuse.reporting.ppi import ppi_mean


def study(seed: int, labels: int = 120, papers: int = 900) -> tuple[np.ndarray, np.ndarray]:
    """Truth and prediction of papers, the first ones labelled."""
    rng = np.random.default_rng(seed)
    true = rng.random(papers) < 0.3
    said = np.where(true, rng.random(papers) < 0.85, rng.random(papers) < 0.1)
    said = np.where(rng.random(papers) < 0.05, 0.5, said)
    return true[:labels].astype(float), said


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_same_as_ppi_python(seed: int, weighted: bool) -> None:
    theirs = pytest.importorskip("ppi_py", reason="ppi-python is not installed")
    true, said = study(seed)
    weights = np.random.default_rng(seed).uniform(0.5, 2, len(true)) if weighted else np.ones(len(true))
    weights /= weights.mean()
    given = (true, said[: len(true)], said[len(true) :])
    found = ppi_mean(*given, weights)
    low, high = theirs.ppi_mean_ci(*given, alpha=0.05, w=weights)
    assert (found.low, found.high) == pytest.approx((float(low[0]), float(high[0])), abs=1e-9)


def test_predictions_that_are_right_leave_only_what_the_other_papers_vary() -> None:
    true, said = study(4)
    said = np.concatenate([true, said[len(true) :].round()])
    found = ppi_mean(true, said[: len(true)], said[len(true) :])
    assert found.high - found.low < 2 * 1.96 * true.std() / np.sqrt(len(true))


def test_predictions_that_tell_nothing_leave_the_mean_of_the_labels() -> None:
    true, _ = study(5)
    found = ppi_mean(true, np.zeros(len(true)), np.zeros(500))
    away = 1.959964 * true.std() / np.sqrt(len(true))
    assert found == pytest.approx((true.mean(), true.mean() - away, true.mean() + away), abs=1e-6)
