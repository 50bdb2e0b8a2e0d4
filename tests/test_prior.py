"""The fitted weights: what is shipped, and other weights in their place."""

import numpy as np
import pytest

from program.answers import STAGES
from ptmreuse.embedded import engine, own_use
from ptmreuse.embedded.prior import feature_names, generation, matrix, prior, replaced, rows
from ptmreuse.embedded.prompt import Prompt
from ptmreuse.embedded.reading import read_passages

LINE = read_passages("[1] (methods) We trained a convolutional neural network.").lines[0]


def test_every_head_has_weights_of_the_right_classes() -> None:
    assert set(prior()) == {"own_use", *STAGES}
    assert {head: len(weights) for head, weights in prior().items()} == {
        "own_use": 1,
        **{stage: len(engine.HEADS[stage].CLASSES) for stage in STAGES},
    }


@pytest.mark.parametrize("head", ["own_use", *STAGES])
def test_the_weights_of_a_head_are_finite_small_and_of_the_same_features(head: str) -> None:
    weights = matrix(head)
    assert weights.shape == (len(prior()[head]), len(feature_names(head)))
    assert np.isfinite(weights).all()
    assert 0 < np.abs(weights).max() < 10
    assert {frozenset(one) for one in prior()[head]} == {frozenset(feature_names(head))}
    assert "bias" in feature_names(head)


def test_rows_follow_the_features_and_leave_out_what_the_prior_does_not_know() -> None:
    with replaced({"own_use": [{"b": 2.0, "a": 1.0}, {"c": 3.0}]}):
        assert feature_names("own_use") == ("a", "b", "c")
        assert matrix("own_use").tolist() == [[1.0, 2.0, 0.0], [0.0, 0.0, 3.0]]
        assert rows("own_use", [{"c": 5.0, "unknown": 9.0}, {}]).tolist() == [[0.0, 0.0, 5.0], [0.0, 0.0, 0.0]]
        assert rows("own_use", []).shape == (0, 3)


def test_other_weights_hold_inside_the_block_only() -> None:
    before = own_use.score(LINE)
    with replaced({"own_use": [{"bias": 7.0}]}):
        assert own_use.score(LINE) == 7.0
        with replaced({"own_use": [{"bias": -1.0}]}):
            assert own_use.score(LINE) == -1.0
        assert own_use.score(LINE) == 7.0
    assert own_use.score(LINE) == before


def test_other_weights_end_with_an_error_too() -> None:
    before = matrix("own_use").tolist()
    with pytest.raises(ZeroDivisionError), replaced({"own_use": [{"bias": 7.0}]}):
        raise ZeroDivisionError
    assert matrix("own_use").tolist() == before


def test_every_change_has_a_generation_of_its_own() -> None:
    seen = [generation()]
    for _ in range(2):
        with replaced({"own_use": [{}]}):
            seen.append(generation())
        seen.append(generation())
    assert len(set(seen)) == len(seen)


def test_what_demos_moved_follows_the_weights() -> None:
    """The moved weights of a prompt's demos are kept; under another prior they are others."""
    asked = {"title": "", "year": "2020", "passages": "We trained a convolutional neural network."}
    prompt = Prompt("uses_deep_learning", ((asked, {"uses_deep_learning": "False"}),), asked, as_json=False)
    before = engine.answer(prompt)
    with replaced(prior() | {"uses_deep_learning": [{"bias": 50.0}]}):
        assert engine.answer(prompt)["uses_deep_learning"] is True
    with replaced(prior() | {"uses_deep_learning": [{"bias": -50.0, "best": 0.0}]}):
        assert engine.answer(prompt)["uses_deep_learning"] is False
    assert engine.answer(prompt) == before
