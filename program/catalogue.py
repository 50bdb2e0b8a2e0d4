"""The catalogue of models: finding their names in text and giving each its canonical name.

`catalogue.csv` has one row per model, columns
`name, family, version, aliases, wraps, modality, year, depth, kind, described_in, context`; aliases, wraps and context
words are joined by "|". A name is compared as the series of its letter runs and numbers in lower case, so that
"ResNet50", "ResNet-50" and "resnet 50" are one; versions stay apart. A row with `context` words is a name that is also
a word: it counts only in its own spelling and near one of those words, unless it is written like no word (DeepLabCut);
a context word behind "!" rules the name out where it stands near ("!microarray" for ImaGene). Before "et al" it is a
person.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

Kind = Literal["model", "architecture", "tool"]

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*|\+{1,2}")
_GAP = re.compile(r"\s?&\s?|[.(](?=\w)|\)[-\s]?|[\s\-‐‑–_\u00ad/·@]{0,3}")
_CITED_GAP = re.compile(r"[\s\-‐‑–_\u00ad/(,.&;\[]{0,4}")
_VERSION = re.compile(
    r"(?:[\s\-‐‑–]*(?:server|software|program|tool|package|algorithm)\b)?"
    r"(?:[\s\-‐‑–,(]{0,3}(?P<mark>v(?:er(?:sion)?)?\b\.?|v(?=\d))[\s.\-‐‑–]{0,2}|[\s\-‐‑–]?)"
    r"(?P<number>\d+(?:\.\d+)*)(?![\d%]|\s?[Å%])"
)
_CITATION = re.compile(r"\s*[\[(][^\])]*(?:\b(?:19|20)\d\d[a-z]?|^\d[\d,\s–-]*)[\])]\s*$|\s*\[\d[\d,\s–-]*\]\s*$")
_DISTINCTIVE = re.compile(r"^(?=(?:.*\w){7})\w*[a-z][A-Z]")  # written like no word: DeepLabCut, AlphaFold 2
_LETTERS = bytes(code if chr(code).isalpha() and code < 128 else 32 for code in range(256))
_MEMBER = re.compile(r"[vVbB]?\d+(?:\.\d+)*")
_QUANTITY = re.compile(r"\d+(?:\.\d+)*(?:\s?%|\s?å(?!\w))")  # "5 %" and "3 Å" are no versions
_NUMBER = re.compile(r"[vV]?(?P<number>\d+(?:\.\d+)*)")
_ZEROS = re.compile(r"(?:\.0+)+$")
_PERSON = re.compile(r",?\s+(?:et\s+al\b|and\s+(?:colleagues|co-?workers)\b)")
_SEVERAL = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]{2,}")  # a spelling with two words in it
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
    unless: tuple[str, ...]

    def is_deep(self, year: int | None) -> bool:
        """Whether what a paper of this year can have run is deep; an unknown year counts as a recent one."""
        since = self.depth.removeprefix("deep since ")
        if since.isdigit():
            return year is None or year >= int(since)
        return self.depth == "deep"

    @property
    def is_version(self) -> bool:
        """Whether it is a numbered member of its family (ResNet-50, YOLOv5), not another model of it (3D U-Net)."""
        return bool(_MEMBER.fullmatch(self.version))


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
    __slots__ = ("children", "cited", "entries")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.cited = False  # whether a comma or a citation may follow, with its punctuation
        self.entries: list[tuple[Entry, str]] = []  # with the spelling


def tokens(text: str) -> list[str]:
    """The lower-case letter runs and numbers by which names are compared."""
    return [number_key(token) for token in _TOKEN.findall(text.lower())]


def number_key(token: str) -> str:
    """A version number without its trailing zeros: 5.0 is 5."""
    return _ZEROS.sub("", token) if token[-1] == "0" and "." in token else token


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

    near = several("context")
    return Entry(
        name=row["name"],
        family=row["family"],
        version=row["version"],
        aliases=several("aliases"),
        wraps=several("wraps"),
        modality=row["modality"],
        year=int(row["year"]),
        depth=row["depth"],
        kind=row["kind"],
        described_in=row["described_in"],
        context=tuple(word for word in near if word[0] != "!"),
        unless=tuple(word[1:] for word in near if word[0] == "!"),
    )


@cache
def _trie() -> _Node:
    root = _Node()
    for entry in entries().values():
        for spelling in (entry.name, *entry.aliases):
            for key in set(_joinings(tokens(spelling))):
                node = root
                for token in key:
                    node.cited |= "et" in key or "," in spelling
                    node = node.children.setdefault(token, _Node())
                node.entries.append((entry, spelling))
    return root


@cache
def _versions(family: str) -> dict[str, Entry]:
    members = ((_NUMBER.fullmatch(e.version), e) for e in entries().values() if e.family == family)
    return {number_key(match["number"]): entry for match, entry in members if match}


def find(text: str, *, in_context: bool = True) -> list[Mention]:
    """The names in a text, from left to right, longest first, without overlap.

    With `in_context=False` the text is itself a name, and the context words of ambiguous names are not asked for.
    """
    mentions: list[Mention] = []
    end = 0
    lower = _lower(text)
    for start in _starts(text, lower):
        if start >= end and (mention := _longest(text, lower, start, in_context)):
            mentions.append(mention)
            end = mention.end
    return mentions


def _lower(text: str) -> str:
    """The text in lower case with every character in its place."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


@lru_cache(maxsize=4)  # a paragraph is asked for its words and then for its names
def words(text: str) -> frozenset[str]:
    """The lower-case runs of unaccented letters in a text: a quick look at what it can't hold."""
    return frozenset(text.lower().encode("ascii", "replace").translate(_LETTERS).decode("ascii").split())


def _starts(text: str, lower: str) -> list[int]:
    """Where a name may begin: at each of its first tokens, if it has more tokens and one of the second follows."""
    present = words(text)
    seconds, unseen = _first_tokens()
    heads = (*(present & seconds.keys()), *unseen[text.isascii()])
    return sorted(
        match.start()
        for head in heads
        if not seconds[head] or not seconds[head].isdisjoint(present)
        for match in _head(head).finditer(lower)
    )


@cache
def _first_tokens() -> tuple[dict[str, frozenset[str]], dict[bool, tuple[str, ...]]]:
    """Each first token with the second ones of which one must follow (none: no need), and those `words` can't show.

    The latter are numbers and, in a text that is not ASCII, tokens with other letters.
    """
    children = _trie().children
    seconds = {token: _second_tokens(node) for token, node in children.items()}
    numbers = tuple(token for token in children if token[0].isdigit())
    return seconds, {True: numbers, False: (*numbers, *(token for token in children if not token.isascii()))}


def _second_tokens(node: _Node) -> frozenset[str]:
    quick = all(token.isascii() and token.isalpha() for token in node.children)
    return frozenset(node.children) if quick and not node.entries else frozenset()


@cache
def _head(token: str) -> re.Pattern[str]:
    """A first token that begins a word: "M175I mutant" is no "I-Mutant", "3D U-Net" is found from its 3."""
    node, escaped = _trie().children[token], re.escape(token)
    before = r"\w" if len(token) < 3 or token[0].isdigit() else r"[^\W\d_]"
    after = r"(?!\d)" if token[0].isdigit() else r"(?![^\W\d_])"
    follows = "" if node.entries else rf"(?=(?:[^\w+]|_){{0,4}}(?:{'|'.join(map(re.escape, node.children))}))"
    return re.compile(rf"{escaped}(?<!{before}{escaped}){after}{follows}")


def _longest(text: str, lower: str, start: int, in_context: bool) -> Mention | None:
    """The longest name that begins at `start`, followed to its version."""
    node: _Node | None = _trie()
    best: Mention | None = None
    end = start
    while node and (token := _TOKEN.match(lower, end)):
        node = node.children.get(number_key(token.group()))
        if node and node.entries and not _QUANTITY.match(lower, token.start()):
            entry = _meant(text, node, start, token.end(), in_context)
            best = Mention(entry, start, token.end()) if entry else best
        gap = _GAP.match(lower, token.end())
        if (not gap or not _TOKEN.match(lower, gap.end())) and node and node.cited:
            gap = _CITED_GAP.match(lower, token.end())
        end = gap.end() if gap else len(text)
    return _versioned(text, best) if best else None


def _meant(text: str, node: _Node, start: int, end: int, in_context: bool) -> Entry | None:
    written = text[start:end]
    for entry, spelling in node.entries:
        if not in_context:
            return entry
        if _is_phrase(written, spelling) or (entry.unless and _holds(_around(text, start, end, written), entry.unless)):
            continue
        if not entry.context:
            return entry
        near = _DISTINCTIVE.search(spelling) or _holds(_around(text, start, end), entry.context)
        if near and _same_case(written, spelling) and not _PERSON.match(text, end):
            return entry
    return None


def _is_phrase(written: str, spelling: str) -> bool:
    """Words of plain text that only happen to sound like a name: "deep of" is no "Deep-OF"."""
    return written.islower() and len(written.split()) > len(spelling.split())


def _same_case(written: str, spelling: str) -> bool:
    """A name that is also a word counts as written in the catalogue; several words are unlikely to be the word."""
    if _SEVERAL.search(spelling) and len(written.split()) > 1:
        return True
    return re.sub(r"\W", "", written) == re.sub(r"\W", "", spelling)


def _around(text: str, start: int, end: int, between: str = " ") -> str:
    """What stands near a name, in lower case, with or without the name itself."""
    return (text[max(0, start - _CONTEXT_REACH) : start] + between + text[end : end + _CONTEXT_REACH]).lower()


def _holds(around: str, words: tuple[str, ...]) -> bool:
    return any(word in around for word in words)


def _versioned(text: str, mention: Mention) -> Mention:
    """Follow a version number behind a bare family name to the member that has it."""
    versions = _versions(mention.entry.family)
    if mention.entry.version or not versions or not (match := _VERSION.match(text, mention.end)):
        return mention
    stated = number_key(match["number"])
    member = versions.get(stated)
    if not member and (match["mark"] or "." in stated):
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
