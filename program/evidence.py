"""The evidence gate: is a quote really in the paper, and where?

A quote is compared without white space, soft hyphens and zero-width characters, with one kind of dash and quotation
mark, and with ligatures taken apart, so that typesetting is never a miss. What is stored is the paper's own text at the
place, not the LM's. A quote that is not there exactly may differ in a few characters, but not in its numbers or
negations (fuzzy matching by rapidfuzz's partial ratio alignment, within a time limit).
"""

import re
import time
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

from program.paper import Paper, Paragraph
from signatures.labels import MAX_QUOTE

MIN_QUOTE = 12  # characters without white space: a bare name is no evidence
FUZZY_SCORE = 92.0  # percent of characters, after normalising
FUZZY_SECONDS = 0.5  # per quote

_DASHES = "‐‑‒–—―−﹣－"
_SINGLE = "‘’‚‛′`´"
_DOUBLE = "“”„‟″«»"
_GONE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_ELLIPSIS = re.compile(r"\s*(?:\[\s*)?(?:\.\.\.|…)(?:\s*\])?\s*")
_CLAIM = re.compile(r"\d+|\b(?:not|no|non|none|never|without|nor|neither|cannot)\b|n[’']t\b", re.IGNORECASE)


class _Fold(dict[int, str | None]):
    """A table for `str.translate`, filled as characters come."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        if char.isspace() or char in _GONE:
            folded = None
        elif char in _DASHES:
            folded = "-"
        elif char in _SINGLE:
            folded = "'"
        elif char in _DOUBLE:
            folded = '"'
        else:
            folded = re.sub(r"\s", "", unicodedata.normalize("NFKD", char))
        self[code] = folded
        return folded


_FOLD = _Fold()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A verbatim quote and its place: section path, the reader's place, character range within that paragraph."""

    quote: str
    section: str
    place: str
    start: int
    end: int

    @property
    def where(self) -> str:
        """The place in one line, as tables show it."""
        return " · ".join(part for part in (self.section, self.place, f"{self.start}-{self.end}") if part)


def squeeze(text: str) -> str:
    """A text as quotes are compared."""
    return text.translate(_FOLD)


def locate(quote: str, paper: Paper) -> Evidence | None:
    """Where a quote stands in the paper's body, or None when it is not there (or is too short to be evidence)."""
    fragment = max(_ELLIPSIS.split(quote.strip().strip('"“”')), key=len)
    wanted = squeeze(fragment)
    if len(wanted) < MIN_QUOTE:
        return None
    for paragraph in paper.paragraphs:
        if fragment in paragraph.text:
            start = paragraph.text.index(fragment)
            return _evidence(paragraph, start, start + len(fragment))
    for paragraph in paper.paragraphs:
        squeezed = squeeze(paragraph.text)
        if (at := squeezed.find(wanted)) >= 0:
            return _spanned(paragraph, at, at + len(wanted))
    return _fuzzy(wanted, fragment, paper)


def _fuzzy(wanted: str, fragment: str, paper: Paper) -> Evidence | None:
    limit = time.monotonic() + FUZZY_SECONDS
    best: tuple[float, Paragraph, int, int] | None = None
    for paragraph in paper.paragraphs:
        if time.monotonic() > limit:
            break
        squeezed = squeeze(paragraph.text)
        if len(squeezed) < len(wanted) * 0.9:
            continue
        match = fuzz.partial_ratio_alignment(wanted, squeezed, score_cutoff=best[0] if best else FUZZY_SCORE)
        if match and (best is None or match.score > best[0]):
            best = (match.score, paragraph, match.dest_start, match.dest_end)
    if best is None:
        return None
    found = _spanned(*best[1:])
    found = _evidence(best[1], *_whole_words(best[1].text, found.start, found.end))
    same_claims = _CLAIM.findall(found.quote.lower()) == _CLAIM.findall(fragment.lower())
    return found if same_claims else None


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The range widened to the words at its ends: an alignment may cut "256" to "25"."""
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def _spanned(paragraph: Paragraph, start: int, end: int) -> Evidence:
    """The evidence at a range of the squeezed text, mapped back to the paragraph."""
    offsets = [at for at, char in enumerate(paragraph.text) for _ in char.translate(_FOLD)]
    return _evidence(paragraph, offsets[start], offsets[end - 1] + 1)


def _evidence(paragraph: Paragraph, start: int, end: int) -> Evidence:
    text = paragraph.text
    if end - start > MAX_QUOTE:
        cut = text.rfind(" ", start, start + MAX_QUOTE + 1)
        end = cut if cut > start else start + MAX_QUOTE
    return Evidence(text[start:end], paragraph.section, paragraph.place, start, end)
