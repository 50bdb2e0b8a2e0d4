"""What a source of full texts gives, and which of several comes first.

Reasons why there is no text: `not_found` (no service knows the paper), `no_open_full_text`, `refused` (a status other
than 404), `other_paper` (the text has another DOI), and those of `UnreadablePaper`. `unanswered` is none of them: a
service gave no reply, and a later start asks again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.web import Reply, Unanswered, Unusable
from ptmreuse.corpus.document import Document
from ptmreuse.corpus.read import read
from ptmreuse.errors import UnreadablePaper
from ptmreuse.reporting.works import bare

UNANSWERED, NOT_FOUND, NO_OPEN_TEXT = "unanswered", "not_found", "no_open_full_text"
_WEAKEST = (NOT_FOUND, NO_OPEN_TEXT)  # reasons that say less than any other


@dataclass(frozen=True, slots=True)
class Text:
    """A full text: `suffix` is ".xml" or ".pdf", `licence` "" where nothing says, `reply` what it came in."""

    data: bytes
    suffix: str
    service: str
    licence: str = ""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Same:
    """The text has not changed since it was fetched."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no text."""

    reason: str
    detail: str = ""


class Source(Protocol):
    """Where texts come from."""

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        """The text of a paper. Raises Unanswered, Unusable, SystemicError."""


def first_text(
    found: Found, sources: Sequence[Source], if_changed: bool = False, before: Sequence[Missing] = ()
) -> Text | Same | Missing:
    """The text from the first source that has a readable one, else the reason that says most, of those `before` too.

    Raises SystemicError when a service is down.
    """
    missing = list(before)
    for source in sources:
        got = _fetched(source, found, if_changed)
        if not isinstance(got, Missing):
            return got
        missing.append(got)
    return _telling(missing)


def _fetched(source: Source, found: Found, if_changed: bool) -> Text | Same | Missing:
    try:
        got = source.fetch(found, if_changed)
    except Unanswered as error:
        return Missing(UNANSWERED, str(error))
    except Unusable as error:
        return Missing("refused", str(error))
    return checked(got, found) if isinstance(got, Text) else got


def checked(text: Text, found: Found) -> Text | Missing:
    """A text with its own licence, where it names one, if it can be read and is that of the paper."""
    try:
        paper = read(Document(f"{found.key}{text.suffix}", text.data))
    except UnreadablePaper as error:
        return Missing(error.reason, str(error))
    if found.doi and paper.doi and bare(paper.doi) != found.doi:
        return Missing("other_paper", f"{text.service}: the text has the DOI {paper.doi}")
    return replace(text, licence=paper.license or text.licence)


def _telling(missing: Sequence[Missing]) -> Missing:
    """A service without a reply first, for it may still have the text; then what says most; then the first."""
    if not missing:
        return Missing(NO_OPEN_TEXT, "no source was asked")
    waiting = [each for each in missing if each.reason == UNANSWERED]
    strong = [each for each in missing if each.reason not in _WEAKEST]
    weak = sorted(missing, key=lambda each: _WEAKEST.index(each.reason) if each.reason in _WEAKEST else -1)
    return (waiting or strong or weak)[0]


def refused(reply: Reply, service: str) -> Missing:
    """What a status other than 200 and 304 means for a text."""
    if reply.status in (404, 410):
        return Missing(NO_OPEN_TEXT, f"{service}: status {reply.status}")
    return Missing("refused", f"{service}: status {reply.status}")
