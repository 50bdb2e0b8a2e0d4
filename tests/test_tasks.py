"""What optimizers are given: examples without the labels' extra fields, and a metric that still knows them."""

from dataclasses import replace
from pathlib import Path

import dspy
from labelling import task


def test_the_pool_is_bare_shuffled_by_the_seed_and_fit_for_demos(tmp_path: Path) -> None:
    given = task(tmp_path)
    pool = given.pool()
    assert all(
        set(example.keys()) == {"title", "year", "passages", "uses_deep_learning", "evidence"} for example in pool
    )
    assert pool == given.pool() != replace(given, seed=1).pool()
    unquoted = given.train[0].copy(evidence="")
    assert len(replace(given, train=[unquoted, *given.train[1:]]).pool()) == len(pool) - 1


def test_the_metric_knows_the_labels_of_a_bare_example(tmp_path: Path) -> None:
    given = task(tmp_path)
    for example in (*given.train, *given.val):
        assert given.labelled(given.bare(example)) is example
        assert given.metric(given.bare(example), dspy.Prediction(**example.labels())) == 1.0
        assert given.metric(given.bare(example), None) == 0.0
