"""What a stage decides about: one item with its features and the sentences that could be quoted for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log1p

from ptmreuse.embedded.reading import Line
from signatures.labels import MAX_QUOTE

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Item:
    """A question's unit: the paper in the yes/no stages, a candidate in stage 3, a model in stages 4 and 5."""

    name: str
    features: Features
    lines: tuple[tuple[Line, int, int], ...] = ()


def count(number: float) -> float:
    """A count on a scale on which weights are comparable."""
    return log1p(number)


def share_of_cues(lines: Iterable[Line], prefix: str) -> Features:
    """1 for each cue that stands in any of the sentences, under a prefix."""
    return {f"{prefix}{cue}": 1.0 for line in lines for cue in line.cues}


def quote(line: Line, start: int = 0, end: int = 0) -> str:
    """The sentence, or the part of it around a span that a quote may hold, cut at spaces."""
    text = line.text
    if len(text) <= MAX_QUOTE:
        return text
    low = max(0, min(start - MAX_QUOTE // 3, len(text) - MAX_QUOTE))
    high = low + MAX_QUOTE
    if low:
        low = text.find(" ", low, start) + 1 or low
    stop = text.rfind(" ", max(low, end), high) if high < len(text) else -1
    return text[low : stop if stop > low else high].strip()
