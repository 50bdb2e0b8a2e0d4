"""Sentences of a paragraph, with their offsets.

A rule splitter: a full stop, question or exclamation mark ends a sentence when white space and a plausible start follow
and the word before is no abbreviation, initial or unit.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_END = re.compile(r"[.!?][\])”\"’']*(?:\s?\[[\d,–\s-]+\])?\s+(?=[\"“‘'(\[]?[A-Z0-9αβγδµ])")
_ABBREVIATED = """al e.g i.e cf vs fig figs eq eqs ref refs no nos dr prof st ca approx resp sp spp subsp var cv etc
    v ver vol pp inc ltd co corp dept univ min max avg ed eds viz seq tab sec chap suppl supp ext exp ph.d u.s"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_LAST_WORD = re.compile(r"[(\[]*([\w.]*)$")


class Sentence(NamedTuple):
    """A sentence of a paragraph: its text without outer white space, and where it stands in the paragraph."""

    text: str
    start: int
    end: int


def _is_abbreviation(text: str, stop: int) -> bool:
    match = _LAST_WORD.search(text, max(0, stop - 12), stop)
    word = match.group(1) if match else ""
    return word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper())


@lru_cache(maxsize=4096)
def split(text: str) -> tuple[Sentence, ...]:
    """Split a paragraph; the sentences cover it apart from white space between them."""
    ends = [m.end() for m in _END.finditer(text) if text[m.start()] != "." or not _is_abbreviation(text, m.start())]
    pairs = pairwise((0, *ends, len(text)))
    return tuple(_trimmed(text, start, end) for start, end in pairs if not text[start:end].isspace() and start < end)


def _trimmed(text: str, start: int, end: int) -> Sentence:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return Sentence(piece, start, start + len(piece))
