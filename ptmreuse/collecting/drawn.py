"""A random sample of the papers found, with the chance of each to be in it."""

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from ptmreuse.collecting.fitting import primary_field
from ptmreuse.collecting.found import Found

Per = Literal["none", "year", "field"]

_GROUP: Mapping[Per, Callable[[Found], str]] = {
    "none": lambda _: "",
    "year": lambda found: str(found.year or ""),
    "field": primary_field,
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """Every paper's chance to be in the sample, by key, and the keys of those that are."""

    probabilities: Mapping[str, float]
    keys: frozenset[str]


def draw(papers: Mapping[str, Found], share: float, seed: int, per: Per = "none") -> Drawn:
    """A share of the papers, at least one, of each group by itself: simple random sampling without replacement.

    By permanent random numbers (Ohlsson, Coordination of Samples Using Permanent Random Numbers, 1995): a paper's place
    in the draw depends on the seed and its key alone, so that a later search changes little of who is in the sample.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for key, found in papers.items():
        groups[_GROUP[per](found)].append(key)
    probabilities: dict[str, float] = {}
    keys: set[str] = set()
    for group in groups.values():
        size = _size(len(group), share)
        probabilities |= dict.fromkeys(group, size / len(group))
        keys |= set(_first(group, size, seed))
    return Drawn(probabilities, frozenset(keys))


def _size(papers: int, share: float) -> int:
    """Rounded up, but not for what binary fractions add: a tenth of 10 is 1."""
    return min(papers, max(1, math.ceil(papers * share - 1e-9)))


def _first(keys: Collection[str], size: int, seed: int) -> list[str]:
    return sorted(keys, key=lambda key: (hashlib.blake2b(f"{seed}\0{key}".encode(), digest_size=16).digest(), key))[
        :size
    ]
