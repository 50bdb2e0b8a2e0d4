"""Lines joined to running text: white space, ligatures and words that were cut at the end of a line."""

import re
from collections.abc import Iterable, Sequence

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00ad": None, "\ufeff": None}
)
# Lone surrogates and the two non-characters can't be written as UTF-8, so no ledger could store them.
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u2060\ud800-\udfff\ufffe\uffff]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_CUT = re.compile(r"(\S*[^\W_])[-‐]$")
_URL_CUT = re.compile(r"(?:https?://|www\.)\S*[/._=&?]$")
_NEXT = re.compile(r"[^\W_]+")


def tidy(text: str) -> str:
    """The text on one line: ligatures spelled out, control characters and soft hyphens gone, single spaces."""
    return " ".join(_UNSEEN.sub(" ", text.translate(_LIGATURES)).split())


def vocabulary(lines: Iterable[str]) -> frozenset[str]:
    """The words of a document in lower case, whole and by their hyphenated parts, but for the halves at line ends."""
    words: set[str] = set()
    for line in lines:
        tokens = _TOKEN.findall(_CUT.sub("", line).lower().replace("‐", "-"))
        words.update(tokens)
        words.update(part for token in tokens if "-" in token for part in token.split("-"))
    return frozenset(words)


def join_lines(lines: Sequence[str], words: frozenset[str] = frozenset()) -> str:
    """One paragraph from its lines; `words` (see `vocabulary`) decide whether a hyphen at a line end stays."""
    pieces: list[str] = []
    for line in map(tidy, lines):
        if not line:
            continue
        cut = _CUT.search(pieces[-1]) if pieces else None
        following = _NEXT.match(line)
        if pieces and line[0].islower() and _URL_CUT.search(pieces[-1]):
            pieces[-1] += line
        elif cut is None or following is None:
            pieces.append(line)
        else:
            pieces[-1] = _rejoined(pieces[-1], cut[1], following[0], words) + line
    return " ".join(pieces)


def _rejoined(text: str, left: str, right: str, words: frozenset[str]) -> str:
    return text if _keeps_hyphen(left, right, words) else text[:-1]


def _keeps_hyphen(left: str, right: str, words: frozenset[str]) -> bool:
    """Whether `left-right` was one hyphenated word: as the rest of the document writes it, else by its letters."""
    last = re.split(r"[^\w]", left)[-1].lower()
    if "/" in left or not last:
        return True
    if last + right.lower() in words:
        return False
    if f"{last}-{right.lower()}" in words or (len(last) > 2 and {last, right.lower()} <= words):
        return True
    return last == "self" or not (left[-1].islower() and right.isalpha() and right.islower())
