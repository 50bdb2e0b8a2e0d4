"""Scores as functions of counts summed over papers, and what each would be with a share of the papers otherwise."""

import numpy as np

from ptmreuse.evaluation.intervals import Interval, Numbers


def ratio(sums: Numbers) -> Numbers:
    """A share, from (hits, cases)."""
    return divided(sums[..., 0], sums[..., 1])


def f1(sums: Numbers) -> Numbers:
    """F1, from (both, true, given): those that are true and given, that are true, that are given."""
    return divided(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def kappa(sums: Numbers) -> Numbers:
    """Cohen's kappa (Cohen 1960, Educational and Psychological Measurement 20), from a square table, row by row.

    Not defined where label and answer are one and the same throughout.
    """
    number, right, chance = _agreement(sums)
    return divided(right * number - chance, number**2 - chance)


def macro_precision(sums: Numbers) -> Numbers:
    """The mean precision of the kinds that occur, from (both, true, given) of each; 0 for one that is never given."""
    kinds = _by_kind(sums)
    return _mean(kinds, np.nan_to_num(divided(kinds[..., 0], kinds[..., 2])))


def macro_recall(sums: Numbers) -> Numbers:
    """The mean recall of the kinds that occur, from (both, true, given) of each; 0 for one that is never true."""
    kinds = _by_kind(sums)
    return _mean(kinds, np.nan_to_num(divided(kinds[..., 0], kinds[..., 1])))


def macro_f1(sums: Numbers) -> Numbers:
    """The mean F1 of the kinds that occur, from (both, true, given) of each."""
    kinds = _by_kind(sums)
    return _mean(kinds, np.nan_to_num(f1(kinds)))


def moved_share(_: Numbers, value: float, share: float) -> Interval:
    """A share, or a mean of shares."""
    return max(value - share, 0.0), min(value + share, 1.0)


def moved_f1(sums: Numbers, value: float, share: float) -> Interval:
    """F1 by the share s of right ones among all that are true or given, of which it is a function: 2 s / (1 + s)."""
    low, high = moved_share(sums, value / (2 - value), share)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def moved_kappa(sums: Numbers, value: float, share: float) -> Interval:
    """Kappa by the share of right ones, chance agreement as it is."""
    number, _, chance = _agreement(sums)
    step = share / (1 - float(chance / number**2))
    return max(value - step, -1.0), min(value + step, 1.0)


def divided(above: Numbers, below: Numbers) -> Numbers:
    """A quotient; NaN where nothing is below."""
    quotients: Numbers = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
    return quotients


def _agreement(sums: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """The cases, the right ones, and the right ones by chance times the cases."""
    side = round(sums.shape[-1] ** 0.5)
    table = sums.reshape(*sums.shape[:-1], side, side)
    chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1)
    return table.sum(axis=(-2, -1)), np.trace(table, axis1=-2, axis2=-1), chance


def _by_kind(sums: Numbers) -> Numbers:
    return sums.reshape(*sums.shape[:-1], -1, 3)


def _mean(kinds: Numbers, values: Numbers) -> Numbers:
    occurring = kinds[..., 1] + kinds[..., 2] > 0
    return divided((values * occurring).sum(axis=-1), occurring.sum(axis=-1).astype(np.float64))
