"""The readable papers of a run by what the machine answered, and by field or period where that is asked for."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ptmreuse.reporting.record import YES_NO, Told

REUSE, DEEP, NEITHER, OPEN = "reuse", "deep learning, no reuse", "no deep learning", "unresolved"
ANSWERS = (REUSE, DEEP, NEITHER, OPEN)
PERIOD = 5  # years
UNKNOWN_YEAR = "year unknown"


@dataclass(frozen=True, slots=True)
class Stratum:
    """Papers with one machine's answer, of one group ("" where papers are not grouped)."""

    answer: str
    group: str
    papers: tuple[Told, ...]

    @property
    def name(self) -> str:
        """The stratum in words."""
        return f"{self.answer} · {self.group}" if self.group else self.answer


def answer_of(told: Told) -> str:
    """One of `ANSWERS`; what was not asked, or not to its end, is unresolved."""
    first, second = (told.value(stage) for stage in YES_NO)
    if first == "no":
        return NEITHER
    return {"yes": REUSE, "no": DEEP}.get(second, OPEN) if first == "yes" else OPEN


def period_of(told: Told) -> str:
    """The five years around the paper's: 2020-2024."""
    if told.year is None:
        return UNKNOWN_YEAR
    first = told.year // PERIOD * PERIOD
    return f"{first}-{first + PERIOD - 1}"


def strata(papers: Iterable[Told], group: Callable[[Told], str] = lambda _: "") -> list[Stratum]:
    """The readable papers by answer and group: every stratum that has a paper, the same in any order of the papers."""
    found: dict[tuple[str, str], list[Told]] = {}
    for told in papers:
        if told.readable:
            found.setdefault((answer_of(told), group(told)), []).append(told)
    ordered = sorted(found, key=lambda key: (key[1], ANSWERS.index(key[0])))
    return [Stratum(*key, tuple(sorted(found[key], key=lambda told: told.text_hash))) for key in ordered]


def lot(seed: int, name: str) -> str:
    """A paper's lot: those with the smallest are drawn. It depends on seed and name and on nothing else.

    So a sample is the same in any order of the papers (permanent random numbers: Ohlsson 1995, in Business Survey
    Methods, chapter 9).
    """
    return hashlib.blake2b(f"{seed} {name}".encode(), digest_size=16).hexdigest()
