"""Passages as the embedded LM reads them: sentences with their section, cues and catalogue names."""

import re
from dataclasses import dataclass
from functools import lru_cache

from program import catalogue
from program.cues import cues
from program.sentences import split

_PASSAGE = re.compile(r"^\[\d+\] \((?P<kind>[a-z]+)(?:: (?P<title>[^)]*))?\) (?P<text>.+)$", re.MULTILINE)
_LEFT_OUT = re.compile(r"^\((\d+) further sentences", re.MULTILINE)
_CITED = re.compile(r"\bet al\b|\b(?:19|20)\d\d[a-z]?\)|\[\d[\d,–\s-]*\]")


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a passage."""

    text: str
    kind: str
    title: str
    cues: frozenset[str]
    mentions: tuple[catalogue.Mention, ...]
    cited: bool

    def has(self, *names: str) -> bool:
        """Whether any of these cues stands in the sentence."""
        return not self.cues.isdisjoint(names)


@dataclass(frozen=True, slots=True)
class Reading:
    """All sentences of a prompt's passages in order, and how many telling ones the passages leave out."""

    lines: tuple[Line, ...]
    left_out: int


@lru_cache(maxsize=512)
def read_passages(passages: str) -> Reading:
    """Take rendered passages apart; text in any other form is read as one passage without a section."""
    found = [(m["kind"], m["title"] or "", m["text"]) for m in _PASSAGE.finditer(passages)]
    lines = [line for kind, title, text in found or [("other", "", passages)] for line in _lines(kind, title, text)]
    left_out = _LEFT_OUT.search(passages)
    return Reading(tuple(lines), int(left_out.group(1)) if left_out else 0)


def _lines(kind: str, title: str, text: str) -> list[Line]:
    mentions = catalogue.find(text)
    lines = []
    for sentence in split(text):
        inside = tuple(m for m in mentions if sentence.start <= m.start < sentence.end)
        local = tuple(m._replace(start=m.start - sentence.start, end=m.end - sentence.start) for m in inside)
        cited = bool(_CITED.search(sentence.text))
        lines.append(Line(sentence.text, kind, title, cues(sentence.text), local, cited))
    return lines
