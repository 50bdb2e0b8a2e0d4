"""The threshold of a screen: published numbers, and that the promise is kept as often as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from ptmreuse.screening import Promise, Threshold, highest, judged, lower_bound, most, surest


@pytest.mark.parametrize(
    ("recall", "confidence", "misses", "cases"),
    [  # one-sided tolerance limits of Wilks, as tabled for 95 % / 95 %, 90 % / 95 %, 95 % / 99 %, 99 % / 95 %
        *((0.95, 0.95, misses, cases) for misses, cases in enumerate((59, 93, 124, 153, 181))),
        *((0.90, 0.95, misses, cases) for misses, cases in enumerate((29, 46, 61, 76, 89))),
        (0.95, 0.99, 0, 90),
        (0.99, 0.95, 0, 299),
    ],
)
def test_the_number_of_papers_is_that_of_the_tables(recall: float, confidence: float, misses: int, cases: int) -> None:
    promise = Promise(recall, confidence)
    assert promise.misses(cases) == misses
    assert promise.misses(cases - 1) == (misses - 1 if misses else None)
    assert misses or promise.needed == cases


@pytest.mark.parametrize(("hits", "cases"), [(0, 5), (1, 5), (47, 48), (48, 48), (181, 200)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_the_bound_is_that_of_clopper_and_pearson(hits: int, cases: int, confidence: float) -> None:
    low = binomtest(hits, cases, alternative="greater").proportion_ci(confidence, method="exact").low
    assert lower_bound(hits, cases, confidence) == pytest.approx(low, abs=1e-12)
    assert hits == 0 or binom.sf(hits - 1, cases, low) == pytest.approx(1 - confidence)


def test_no_cases_show_nothing() -> None:
    assert highest([], Promise()) is None
    assert judged(0.5, [], 0.95) == Threshold(0.5, 0, 0, 0.0)


@given(
    chances=st.lists(st.sampled_from([0.0, 1e-9, 0.05, 0.0631641, 0.3, 0.99995, 1.0]) | st.floats(0, 1), max_size=80),
    recall=st.floats(0.5, 0.99),
    confidence=st.floats(0.5, 0.99),
)
def test_it_is_the_highest_that_keeps_the_promise(chances: list[float], recall: float, confidence: float) -> None:
    promise = Promise(recall, confidence)
    found = highest(chances, promise)
    assert (found is None) == (len(chances) < promise.needed)
    if found:
        assert found == judged(found.value, chances, confidence)
        assert found.bound >= recall
        higher = [chance for chance in chances if chance > found.value * 1.002]  # of what was rounded
        assert all(judged(chance, chances, confidence).bound < recall for chance in higher)


@pytest.mark.parametrize("value", [0.0631641, 0.99999, 1.0, 0.1, 1e-9, 0.0])
def test_a_threshold_is_short_and_never_above_its_paper(value: float) -> None:
    found = highest([value] * 100, Promise())
    assert found is not None
    assert value * (1 - 1e-3) <= found.value <= value
    assert len(f"{found.value!r}") <= len("0.06316")
    assert found.value == float(f"{found.value:g}")


def test_what_too_few_papers_can_promise_they_do_promise() -> None:
    for cases in (1, 5, 48, 58):
        for promise in (most(cases, Promise()), surest(cases, Promise())):
            assert promise.needed == cases
    assert most(48, Promise()).recall == pytest.approx(0.9395, abs=1e-4)
    assert surest(48, Promise()).confidence == pytest.approx(0.9148, abs=1e-3)


DRAWS = 2000


def kept(cases: int, promise: Promise, ties: int = 0, more: int = 0) -> float:
    """How often a threshold's true recall is what was promised, where chances are uniform; `more` breaks the rule."""
    draws = np.random.default_rng([7, cases]).random((DRAWS, cases))
    chances = np.sort(np.floor(draws * ties) / ties if ties else draws, axis=1)
    if more:
        thresholds = list(chances[:, (promise.misses(cases) or 0) + more])
    else:
        thresholds = [found.value for each in chances if (found := highest(each.tolist(), promise))]
    assert len(thresholds) == DRAWS
    return float(np.mean(1 - np.array(thresholds) >= promise.recall - 1e-9))


@pytest.mark.parametrize(("recall", "confidence"), [(0.9, 0.9), (0.9, 0.95), (0.95, 0.95), (0.8, 0.99)])
@pytest.mark.parametrize("cases", [62, 200])
@pytest.mark.parametrize("ties", [0, 20])
def test_the_promise_is_kept_as_often_as_it_says(cases: int, recall: float, confidence: float, ties: int) -> None:
    share = kept(cases, Promise(recall, confidence), ties)
    error = 3 * np.sqrt(confidence * (1 - confidence) / DRAWS)
    assert share >= confidence - error
    if not ties:  # and not by being far too careful
        misses = Promise(recall, confidence).misses(cases)
        assert share == pytest.approx(1 - binom.cdf(misses, cases, 1 - recall), abs=error)


def test_the_simulation_can_tell() -> None:
    assert kept(62, Promise(0.9, 0.95), more=1) < 0.9
