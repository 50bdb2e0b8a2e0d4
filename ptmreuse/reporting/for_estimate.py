"""A probability sample of a run's papers, from which to estimate how many reuse a PTM."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType

from ptmreuse.errors import UsageError
from ptmreuse.reporting.allocation import allocated
from ptmreuse.reporting.record import Told
from ptmreuse.reporting.strata import DEEP, NEITHER, OPEN, REUSE, Stratum, lot

# Shares of papers that truly reuse a PTM, by the machine's answer: assumed, to share out the labels. A wrong guess
# makes the interval wider, not wrong: what is estimated depends on the probabilities alone.
ASSUMED: Mapping[str, float] = MappingProxyType({REUSE: 0.85, DEEP: 0.10, NEITHER: 0.01, OPEN: 0.30})


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum and how many of it are drawn. `code` names it without telling the machine's answer."""

    code: str
    stratum: Stratum
    drawn: int

    @property
    def probability(self) -> float:
        """The chance of each paper of the stratum to be drawn, above 0 to 1."""
        return self.drawn / len(self.stratum.papers)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper to label. `part` is None where it was not drawn by chance; `why` says then what speaks for it."""

    told: Told
    part: Part | None = None
    why: str = ""


def design(strata: Sequence[Stratum], n: int, seed: int) -> list[Part]:
    """How many papers to draw from each stratum.

    Raises UsageError where `n` is smaller than the number of strata.
    """
    spreads = [sqrt(ASSUMED[stratum.answer] * (1 - ASSUMED[stratum.answer])) for stratum in strata]
    try:
        numbers = allocated([len(stratum.papers) for stratum in strata], spreads, n)
    except ValueError as error:
        advice = f"each needs one paper at least: give --n {len(strata)} or more, or --by none"
        raise UsageError(f"--n {n}: {error}; {advice}") from error
    mixed = sorted(range(len(strata)), key=lambda at: lot(seed, f"stratum {strata[at].name}"))
    codes = {at: f"s{number:02}" for number, at in enumerate(mixed, 1)}
    return [Part(codes[at], stratum, numbers[at]) for at, stratum in enumerate(strata)]


def drawn(parts: Sequence[Part], seed: int) -> list[Drawn]:
    """The papers with the smallest lots of each stratum, in the order of their lots, which tells no stratum."""
    found = [
        Drawn(told, part)
        for part in parts
        for told in sorted(part.stratum.papers, key=lambda told: lot(seed, told.text_hash))[: part.drawn]
    ]
    return sorted(found, key=lambda each: lot(seed, each.told.text_hash))
