from typing import get_args

import pytest

from ptmreuse.embedded.engine import HEADS
from ptmreuse.embedded.expected import EXPECTED
from ptmreuse.embedded.prior import prior
from signatures.labels import Pattern, Step

SIZES = {"uses_deep_learning": 1, "reuse_pattern": len(get_args(Pattern)), "science_step": len(get_args(Step))}


@pytest.mark.parametrize("head", EXPECTED)
def test_each_class_of_a_head_has_its_weights(head: str) -> None:
    assert head in HEADS
    assert len(EXPECTED[head]) == SIZES[head]


@pytest.mark.parametrize("head", EXPECTED)
def test_expected_features_are_in_the_prior(head: str) -> None:
    """A misspelt feature would never be seen; the prior has every one of them, and has learned of most."""
    for weights, expected in zip(prior()[head], EXPECTED[head], strict=True):
        assert expected.keys() <= weights.keys()
        moved = [name for name, weight in expected.items() if weights[name] != weight]
        assert len(moved) > len(expected) / 2 or head == "uses_deep_learning"
