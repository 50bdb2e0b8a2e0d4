"""How many papers to label in each stratum."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from math import sqrt

LEAST = 5  # papers of a stratum, where it has them


def allocated(sizes: Sequence[int], spreads: Sequence[float], n: int, least: int = LEAST) -> list[int]:
    """Whole numbers that sum to `n` (or to all papers) and give a stratified share the smallest variance.

    `sizes` are papers per stratum, `spreads` the standard deviation in each, above 0. Neyman's allocation in whole
    numbers: each further paper goes where N S / sqrt(n (n + 1)) is largest (Wright 2012, The American Statistician
    66, 217), after `least` of each stratum (fewer where `n` is too small for that), and never beyond its size.

    Raises ValueError where `n` is smaller than the number of strata.
    """
    if n < len(sizes):
        raise ValueError(f"{n} papers for {len(sizes)} strata")
    least = max(1, min(least, n // len(sizes))) if sizes else 0
    given = [min(size, least) for size in sizes]
    queue = [(-_priority(sizes[at], spreads[at], given[at]), at) for at in range(len(sizes)) if given[at] < sizes[at]]
    heapify(queue)
    left = n - sum(given)
    while left and queue:
        _, at = heappop(queue)
        given[at] += 1
        left -= 1
        if given[at] < sizes[at]:
            heappush(queue, (-_priority(sizes[at], spreads[at], given[at]), at))
    return given


def _priority(size: int, spread: float, given: int) -> float:
    return size * spread / sqrt(given * (given + 1))
