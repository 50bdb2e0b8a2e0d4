"""The catalogue of models: finding their names in text and giving each its canonical name.

`catalogue.csv` has one row per model, columns
`name, family, version, aliases, wraps, modality, year, depth, kind, described_in, context`; aliases, wraps and context
words are joined by "|". A name is compared as the series of its letter runs and numbers in lower case, so that
"ResNet50", "ResNet-50" and "resnet 50" are one; versions stay apart. A row with `context` words is a name that is also
a word: it counts only in its own spelling and near one of those words.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Kind = Literal["model", "architecture", "tool"]

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*|\+{1,2}")
_GAP = re.compile(r"[\s\-‐‑–_\u00ad/]{0,3}")
_CITED_GAP = re.compile(r"[\s\-‐‑–_\u00ad/(,.&;\[]{0,4}")
_VERSION = re.compile(
    r"(?:[\s\-‐‑–]*(?:server|software|program|tool|package|algorithm)\b)?"
    r"[\s\-‐‑–,(\[]{0,3}(?P<mark>v(?:er(?:sion)?)?\b\.?|v(?=\d))?[\s.\-‐‑–]{0,2}(?P<number>\d+(?:\.\d+)*)(?![\d%])"
)
_CITATION = re.compile(r"\s*[\[(][^\])]*(?:\b(?:19|20)\d\d[a-z]?|^\d[\d,\s–-]*)[\])]\s*$|\s*\[\d[\d,\s–-]*\]\s*$")
_CONTEXT_REACH = 300  # characters on either side in which a context word counts: about one sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the catalogue."""

    name: str
    family: str
    version: str
    aliases: tuple[str, ...]
    wraps: tuple[str, ...]
    modality: str
    year: int
    depth: str
    kind: Kind
    described_in: str
    context: tuple[str, ...]

    def is_deep(self, year: int | None) -> bool:
        """Whether what a paper of this year can have run is deep; an unknown year counts as a recent one."""
        since = self.depth.removeprefix("deep since ")
        if since.isdigit():
            return year is None or year >= int(since)
        return self.depth == "deep"


class Mention(NamedTuple):
    """A name found in a text: the entry it means and where it stands, its version included."""

    entry: Entry
    start: int
    end: int


class CanonicalName(NamedTuple):
    """What a mention is called in every table. `family` is the name itself for a model that is not in the catalogue."""

    name: str
    family: str
    in_catalogue: bool


class _Node:
    __slots__ = ("children", "entries")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.entries: list[tuple[Entry, str]] = []


def tokens(text: str) -> list[str]:
    """The lower-case letter runs and numbers by which names are compared."""
    return [number_key(token) for token in _TOKEN.findall(text.lower())]


def number_key(token: str) -> str:
    """A version number without its trailing zeros: 5.0 is 5."""
    return re.sub(r"(?:\.0+)+$", "", token)


def _joinings(parts: list[str]) -> Iterator[tuple[str, ...]]:
    """Every way to write neighbouring letter runs together: (mask, r, cnn), (maskr, cnn), (mask, rcnn), (maskrcnn)."""
    if len(parts) < 2:
        yield tuple(parts)
        return
    for rest in _joinings(parts[1:]):
        yield (parts[0], *rest)
        if parts[0].isalpha() and rest[0].isalpha():
            yield (parts[0] + rest[0], *rest[1:])


@cache
def entries() -> dict[str, Entry]:
    """The whole catalogue by canonical name."""
    lines = files("program").joinpath("catalogue.csv").read_text(encoding="utf-8").splitlines()
    return {row["name"]: _entry(row) for row in csv.DictReader(lines)}


def _entry(row: dict[str, Any]) -> Entry:
    def several(column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in row[column].split("|") if part.strip())

    return Entry(
        **{column: row[column] for column in ("name", "family", "version", "modality", "depth", "kind", "described_in")},
        **{column: several(column) for column in ("aliases", "wraps", "context")},
        year=int(row["year"]),
    )


@cache
def _trie() -> _Node:
    root = _Node()
    for entry in entries().values():
        for spelling in (entry.name, *entry.aliases):
            for key in set(_joinings(tokens(spelling))):
                node = root
                for token in key:
                    node = node.children.setdefault(token, _Node())
                node.entries.append((entry, spelling))
    return root


@cache
def first_tokens() -> frozenset[str]:
    """The tokens with which a name can begin: a text without one of them holds no name."""
    return frozenset(_trie().children)


@cache
def _versions(family: str) -> dict[str, Entry]:
    members = [e for e in entries().values() if e.family == family and e.version]
    return {".".join(re.findall(r"\d+", number_key(e.version))): e for e in members if re.search(r"\d", e.version)}


def find(text: str, *, in_context: bool = True) -> list[Mention]:
    """The names in a text, from left to right, longest first, without overlap.

    With `in_context=False` the text is itself a name, and the context words of ambiguous names are not asked for.
    """
    found = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text)]
    mentions: list[Mention] = []
    position = 0
    while position < len(found):
        mention, used = _longest(text, found, position, in_context)
        if mention:
            mentions.append(mention)
        position += used
    return mentions


def _longest(text: str, found: list[tuple[str, int, int]], position: int, in_context: bool) -> tuple[Mention | None, int]:
    node = _trie().children.get(number_key(found[position][0].lower()))
    best: tuple[Mention | None, int] = (None, 1)
    index = position
    while node:
        if node.entries and (entry := _meant(text, node, found[position][1], found[index][2], in_context)):
            best = (Mention(entry, found[position][1], found[index][2]), index - position + 1)
        index += 1
        if index == len(found) or not _adjacent(text, found[index - 1], found[index]):
            break
        node = node.children.get(number_key(found[index][0].lower()))
    return (_versioned(text, best[0]), best[1]) if best[0] else best


def _adjacent(text: str, left: tuple[str, int, int], right: tuple[str, int, int]) -> bool:
    cited = right[0] in {"et", "al"} or left[0] in {"al"} or right[0][:1].isupper()
    return bool((_CITED_GAP if cited else _GAP).fullmatch(text, left[2], right[1]))


def _meant(text: str, node: _Node, start: int, end: int, in_context: bool) -> Entry | None:
    written = text[start:end]
    for entry, spelling in node.entries:
        if not in_context or not entry.context or (
            _same_case(written, spelling) and _near(text, start, end, entry.context)
        ):
            return entry
    return None


def _same_case(written: str, spelling: str) -> bool:
    """A name that is also a word counts as written in the catalogue; several words are unlikely to be the word."""
    return " " in written.strip() or re.sub(r"\W", "", written) == re.sub(r"\W", "", spelling)


def _near(text: str, start: int, end: int, words: tuple[str, ...]) -> bool:
    around = text[max(0, start - _CONTEXT_REACH) : start].lower() + " " + text[end : end + _CONTEXT_REACH].lower()
    return any(word in around for word in words)


def _versioned(text: str, mention: Mention) -> Mention:
    """Follow a version number behind a bare family name to the member that has it."""
    versions = _versions(mention.entry.family)
    if mention.entry.version or not versions or not (match := _VERSION.match(text, mention.end)):
        return mention
    stated = number_key(match["number"])
    member = versions.get(stated)
    if match["mark"] and not member:
        member = _closest(versions, stated)
    return Mention(member, mention.start, match.end()) if member else mention


def _closest(versions: dict[str, Entry], stated: str) -> Entry | None:
    """The member whose number begins the stated one (2 for 2.1.1), else one with the same major number."""
    parts = stated.split(".")
    for length in range(len(parts), 0, -1):
        if member := versions.get(".".join(parts[:length])):
            return member
    return next((member for number, member in sorted(versions.items()) if number.split(".")[0] == parts[0]), None)


def canonical(mention: str) -> CanonicalName:
    """The canonical name of a mention: "AlphaFold v2.1.1" is AlphaFold 2, "AlphaFold" stays AlphaFold.

    A name that is not in the catalogue is kept as written, without its citation. Doing it twice changes nothing.
    """
    name = " ".join(mention.split())
    while name != (shorter := _CITATION.sub("", name).strip(" ,;:\"'“”‘’")) and shorter:
        name = shorter
    found = find(name, in_context=False)
    if not found or not _covers(name, found[0]):
        return CanonicalName(name, name, in_catalogue=False)
    entry = found[0].entry
    return CanonicalName(entry.name, entry.family, in_catalogue=True)


def _covers(name: str, mention: Mention) -> bool:
    """The found name begins the mention, or is most of it: a longer phrase that only holds a known name is another."""
    return mention.start == 0 or (mention.end - mention.start) * 2 >= len(name)
