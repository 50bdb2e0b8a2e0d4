"""The linear model: a prior over weights, moved by the demos of a prompt.

Each class is a logistic regression. With demos its weights are the maximum a posteriori estimate under a Gaussian prior
centred on the fitted weights: ridge towards the prior, Newton's method with halved steps (Bishop, Pattern Recognition
and Machine Learning, 2006, sections 4.3.3 and 4.5).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STIFFNESS: Final = 10.0  # precision of the prior: what one unit of weight costs, in demos
_STEPS = 50
_LEAST = 1e-6  # a smaller step ends the search


def probabilities(weights: Array, features: Array) -> Array:
    """Items × classes, from weights (classes × features) and features (items × features)."""
    return _logistic(features @ weights.T)


def _logistic(odds: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


def moved(prior: Array, features: Array, truths: Array, stiffness: float = STIFFNESS) -> Array:
    """The weights after seeing items (items × features) with their truths (items × classes, 0 or 1)."""
    if not len(features):
        return prior
    basis = _basis(features)
    seen = features @ basis
    moves = [_move(features @ prior[k], seen, truths[:, k], stiffness) for k in range(len(prior))]
    return np.asarray(prior + np.stack(moves) @ basis.T)


def _basis(features: Array) -> Array:
    """An orthonormal basis of what the items can move (features × dimensions): few items, small matrices."""
    items, names = features.shape
    return np.linalg.qr(features.T)[0] if items < names else np.eye(names)


def _move(odds: Array, features: Array, truth: Array, stiffness: float) -> Array:
    """How far the weights of one class go, from the log odds that the prior gives the items."""
    move = np.zeros(features.shape[1])
    loss = _loss(move, odds, features, truth, stiffness)
    for _ in range(_STEPS):
        chance = _logistic(odds + features @ move)
        gradient = features.T @ (chance - truth) + stiffness * move
        curvature = features.T * (chance * (1 - chance)) @ features + stiffness * np.eye(len(move))
        step = np.linalg.solve(curvature, gradient)
        # Where the prior is sure and the demos say the opposite, a whole step overshoots, and back, without end.
        while (lower := _loss(move - step, odds, features, truth, stiffness)) > loss and np.abs(step).max() > _LEAST:
            step = step / 2
        move, loss = move - step, lower
        if np.abs(step).max() <= _LEAST:
            break
    return move


def _loss(move: Array, odds: Array, features: Array, truth: Array, stiffness: float) -> float:
    """The negative log posterior, constants apart."""
    odds = odds + features @ move
    return float(np.sum(np.logaddexp(0, odds) - truth * odds) + stiffness / 2 * np.sum(move**2))
