"""Passages as the embedded LM reads them: sentences with their section, cues and catalogue names."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from program import catalogue
from program.cues import cues
from program.sentences import split

_PASSAGE = re.compile(r"^\[\d+\] \((?P<kind>[a-z]+)(?:: (?P<title>[^)]*))?\) (?P<text>.+)$", re.MULTILINE)
_LEFT_OUT = re.compile(r"^\((\d+) further sentences", re.MULTILINE)
_BREAK = re.compile(r"\[\[ ## \w+ ## \]\]|\n\s*\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # no quote goes across
_YEAR = re.compile(r"\d{4}")
_CITED = re.compile(r"\bet al\b|\b(?:19|20)\d\d[a-z]?\)|\[\d[\d,–\s-]*\]")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One sentence of a passage. `deep` are those of its `mentions` that were deep in the paper's year."""

    text: str
    kind: str
    title: str
    cues: frozenset[str]
    mentions: tuple[catalogue.Mention, ...]
    deep: tuple[catalogue.Mention, ...]
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
def read_passages(passages: str, year: int | None = None) -> Reading:
    """Take rendered passages apart; text in any other form is read as one passage without a section."""
    whole = [(m["kind"], m["title"] or "", m["text"]) for m in _PASSAGE.finditer(passages)] or [("other", "", passages)]
    found = [(kind, title, text) for kind, title, joined in whole for text in _BREAK.split(joined)]
    mentions = [catalogue.find(text) for _, _, text in found]
    meant = _versions_meant(mention for several in mentions for mention in several)
    lines: list[Line] = []
    for (kind, title, text), several in zip(found, mentions, strict=True):
        lines += _lines(kind, title, text, [m._replace(entry=meant.get(m.entry.name, m.entry)) for m in several], year)
    left_out = _LEFT_OUT.search(passages)
    return Reading(tuple(lines), int(left_out.group(1)) if left_out else 0)


def _versions_meant(mentions: Iterable[catalogue.Mention]) -> dict[str, catalogue.Entry]:
    """What a bare family name means in a text that gives exactly one version of it: that version."""
    versions: dict[str, dict[str, catalogue.Entry]] = {}
    for mention in mentions:
        if mention.entry.is_version:
            versions.setdefault(mention.entry.family, {})[mention.entry.name] = mention.entry
    return {family: next(iter(named.values())) for family, named in versions.items() if len(named) == 1}


def _lines(kind: str, title: str, text: str, mentions: list[catalogue.Mention], year: int | None) -> list[Line]:
    lines = []
    starts = [m.start for m in mentions]
    for sentence in split(text):
        local = tuple(
            m._replace(start=m.start - sentence.start, end=m.end - sentence.start)
            for m in mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        )
        deep = tuple(m for m in local if m.entry.is_deep(year))
        cited = bool(_CITED.search(sentence.text))
        lines.append(Line(sentence.text, kind, title, cues(sentence.text), local, deep, cited))
    return lines


def read_inputs(inputs: dict[str, str]) -> Reading:
    """The reading of a prompt's passages in the light of its year, of publication or of the latest cited work."""
    year = _YEAR.search(inputs.get("year", ""))
    return read_passages(inputs["passages"], int(year.group()) if year else None)
