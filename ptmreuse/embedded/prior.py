"""The fitted weights, from `prior.json`: {head: [{feature: weight}, one per class]}."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import count

import numpy as np

from ptmreuse.embedded.learner import Array

Weights = dict[str, list[dict[str, float]]]

_replaced: list[Weights] = []
_generations = count(1)
_generation = 0


def generation() -> int:
    """A number that changes with the weights, for what is computed from them and kept."""
    return _generation


def prior() -> Weights:
    """All heads of the prior."""
    return _replaced[-1] if _replaced else _shipped()


@cache
def _shipped() -> Weights:
    loaded: Weights = json.loads(files("ptmreuse.embedded").joinpath("prior.json").read_text())
    return loaded


@contextmanager
def replaced(weights: Weights) -> Iterator[None]:
    """Use other weights inside the block: while fitting, and in tests."""
    _replaced.append(weights)
    _clear()
    try:
        yield
    finally:
        _replaced.pop()
        _clear()


def _clear() -> None:
    global _generation
    _generation = next(_generations)
    feature_names.cache_clear()
    matrix.cache_clear()


@cache
def feature_names(head: str) -> tuple[str, ...]:
    """The features of a head, in the order of its weight matrix."""
    return tuple(sorted({name for weights in prior()[head] for name in weights}))


@cache
def matrix(head: str) -> Array:
    """The weights of a head, classes × features."""
    return np.array([[weights.get(name, 0.0) for name in feature_names(head)] for weights in prior()[head]])


def rows(head: str, items: list[dict[str, float]]) -> Array:
    """Feature dictionaries as rows of a matrix; features that the prior doesn't know are left out."""
    names = feature_names(head)
    return np.array([[item.get(name, 0.0) for name in names] for item in items]).reshape(len(items), len(names))
