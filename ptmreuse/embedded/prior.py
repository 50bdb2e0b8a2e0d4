"""The fitted weights, from `prior.json`: {head: [{feature: weight}, one per class]}."""

import json
from functools import cache
from importlib.resources import files

import numpy as np

from ptmreuse.embedded.learner import Array

Weights = dict[str, list[dict[str, float]]]


@cache
def prior() -> Weights:
    """All heads of the fitted prior."""
    loaded: Weights = json.loads(files("ptmreuse.embedded").joinpath("prior.json").read_text())
    return loaded


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
