"""The papers of two runs side by side: the same text, else the same DOI, else the same source."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ptmreuse.reporting.record import Record, Told


@dataclass(frozen=True, slots=True)
class Pair:
    """One paper in both runs."""

    a: Told
    b: Told

    @property
    def title(self) -> str:
        """The title, as either run read it, or the source."""
        return " ".join((self.b.title or self.a.title).split()) or self.a.source


@dataclass(frozen=True, slots=True)
class Matched:
    """The papers that both runs have, and those that only one has, in the order of the runs."""

    pairs: tuple[Pair, ...]
    only_a: tuple[Told, ...]
    only_b: tuple[Told, ...]


_SAME: tuple[Callable[[Told], str], ...] = (
    lambda told: told.text_hash,
    lambda told: told.doi.lower(),
    lambda told: told.source,
)


def matched(a: Record, b: Record) -> Matched:
    """Every paper of two runs, in both or in one of them; a paper is in one pair at most."""
    left_a, left_b = dict(enumerate(a.papers)), dict(enumerate(b.papers))
    found: dict[int, Pair] = {}
    for same in _SAME:
        known = _known(left_b.items(), same)
        for place, told in list(left_a.items()):
            other = known.pop(same(told), None)
            if other is not None:
                found[place] = Pair(told, left_b.pop(other))
                del left_a[place]
    return Matched(tuple(found[place] for place in sorted(found)), tuple(left_a.values()), tuple(left_b.values()))


def _known(papers: Iterable[tuple[int, Told]], same: Callable[[Told], str]) -> dict[str, int]:
    """Places of papers by what makes them the same; the first one counts, and "" makes nothing the same."""
    known: dict[str, int] = {}
    for place, told in papers:
        if same(told):
            known.setdefault(same(told), place)
    return known
