"""The linear model: what demos do to a prior."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_np

from ptmreuse.embedded.learner import Array, moved, probabilities

FINITE = st.floats(-6, 6, allow_nan=False)
SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 8), st.integers(1, 3))  # items, features, classes


def chance(weights: Array, *features: float) -> float:
    return float(probabilities(weights, np.array([features]))[0, 0])


@pytest.mark.parametrize(
    ("odds", "expected"), [(0.0, 0.5), (1.0, 0.7310586), (-1.0, 0.2689414), (1e6, 1.0), (-1e6, 0.0)]
)
def test_probabilities_are_logistic_and_never_overflow(odds: float, expected: float) -> None:
    assert chance(np.array([[odds]]), 1.0) == pytest.approx(expected, abs=1e-6)


def test_probabilities_are_items_by_classes() -> None:
    assert probabilities(np.zeros((3, 5)), np.zeros((2, 5))).shape == (2, 3)
    assert probabilities(np.zeros((3, 5)), np.zeros((0, 5))).shape == (0, 3)


def test_without_demos_the_prior_stays() -> None:
    prior = np.array([[1.0, -2.0]])
    assert moved(prior, np.zeros((0, 2)), np.zeros((0, 1))) is prior


@pytest.mark.parametrize("sure", [0.0, 1.0, 5.0, 20.0, 35.0])
@pytest.mark.parametrize("truth", [0.0, 1.0])
@pytest.mark.parametrize("items", [2, 6, 16])
def test_demos_that_contradict_a_sure_prior_turn_it(sure: float, truth: float, items: int) -> None:
    """Newton's method without halved steps jumps to and fro here."""
    features = np.ones((items, 40))
    prior = np.full((1, 40), (sure if truth == 0 else -sure) / 40)
    after = moved(prior, features, np.full((items, 1), truth), stiffness=1.0)
    assert (chance(after, *features[0]) > 0.5) == (truth == 1)


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_more_demos_move_further_and_a_stiffer_prior_less(truth: float) -> None:
    prior, one = np.array([[0.3, -0.2]]), np.array([[1.0, 1.0]])

    def distance(items: int, stiffness: float = 1.0) -> float:
        after = moved(prior, np.repeat(one, items, axis=0), np.full((items, 1), truth), stiffness)
        return abs(truth - chance(after, 1.0, 1.0))

    assert distance(8) < distance(4) < distance(2) < distance(1) < abs(truth - chance(prior, 1.0, 1.0))
    assert distance(2, 0.1) < distance(2, 1.0) < distance(2, 100.0)


def test_classes_are_learned_apart() -> None:
    features, truths = np.array([[1.0, 0.0], [0.0, 1.0]] * 4), np.array([[1.0, 0.0], [0.0, 1.0]] * 4)
    after = moved(np.zeros((2, 2)), features, truths)
    assert probabilities(after, np.eye(2)).argmax(axis=1).tolist() == [0, 1]
    assert np.allclose(after, moved(np.zeros((1, 2)), features, truths[:, :1])[[0, 0]] * [[1, 1], [-1, -1]])


def test_a_feature_that_no_demo_has_keeps_its_weight() -> None:
    after = moved(np.array([[0.4, -3.25]]), np.array([[1.0, 0.0]] * 3), np.ones((3, 1)))
    assert after[0, 1] == pytest.approx(-3.25)


@given(st.data(), SHAPES)
def test_the_result_is_where_the_posterior_is_highest(data: st.DataObject, shape: tuple[int, int, int]) -> None:
    items, features, classes = shape
    prior = data.draw(st_np.arrays(float, (classes, features), elements=FINITE))
    rows = data.draw(st_np.arrays(float, (items, features), elements=FINITE))
    truths = data.draw(st_np.arrays(float, (items, classes), elements=st.sampled_from([0.0, 1.0])))
    after = moved(prior, rows, truths, stiffness=1.0)
    slope = (probabilities(after, rows) - truths).T @ rows + (after - prior)
    assert np.isfinite(after).all()
    assert np.abs(slope).max() < 1e-3
