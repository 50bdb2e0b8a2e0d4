"""The linear model: a prior over weights, moved by the demos of a prompt.

Each class is a logistic regression. With demos its weights are the maximum a posteriori estimate under a Gaussian prior
centred on the fitted weights: ridge towards the prior, Newton's method with halved steps (Bishop, Pattern Recognition
and Machine Learning, 2006, sections 4.3.3 and 4.5).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STIFFNESS: Final = 1.0  # precision of the prior: what one unit of weight costs, in demos
_STEPS = 50
_LEAST = 1e-6  # a smaller step ends the search


def probabilities(weights: Array, features: Array) -> Array:
    """Items × classes, from weights (classes × features) and features (items × features)."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(features @ weights.T, -30, 30))))


def moved(prior: Array, features: Array, truths: Array, stiffness: float = STIFFNESS) -> Array:
    """The weights after seeing items (items × features) with their truths (items × classes, 0 or 1)."""
    if not len(features):
        return prior
    return np.stack([_newton(prior[k], features, truths[:, k], stiffness) for k in range(len(prior))])


def _newton(prior: Array, features: Array, truth: Array, stiffness: float) -> Array:
    weights, loss = prior.copy(), _loss(prior, prior, features, truth, stiffness)
    for _ in range(_STEPS):
        chance = probabilities(weights[None, :], features)[:, 0]
        gradient = features.T @ (chance - truth) + stiffness * (weights - prior)
        curvature = features.T * (chance * (1 - chance)) @ features + stiffness * np.eye(len(weights))
        step = np.linalg.solve(curvature, gradient)
        # Where the prior is sure and the demos say the opposite, a whole step overshoots, and back, without end.
        while (next_loss := _loss(weights - step, prior, features, truth, stiffness)) > loss and np.abs(
            step
        ).max() > _LEAST:
            step = step / 2
        weights, loss = weights - step, next_loss
        if np.abs(step).max() <= _LEAST:
            break
    return weights


def _loss(weights: Array, prior: Array, features: Array, truth: Array, stiffness: float) -> float:
    """The negative log posterior, constants apart."""
    odds = features @ weights
    return float(np.sum(np.logaddexp(0, odds) - truth * odds) + stiffness / 2 * np.sum((weights - prior) ** 2))
