"""Reading the pages of a search, one after the other, from where a former start stopped."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ptmreuse.collecting.collection import Search
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.web import Unanswered, Unusable, Web
from ptmreuse.errors import SystemicError

_SHOWN = 200  # letters of a service's own message


class Refused(SystemicError):
    """A service says that it can't answer what it was asked, by the status of its answer."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Page:
    """Papers, the cursor of the page after it ("" after the last), and how many papers there are in all pages."""

    found: Sequence[Found]
    after: str
    total: int | None


def paged(web: Web, search: Search, first: str, read: Callable[[str], Page]) -> Iterator[Found]:
    """The papers of a search from the stored cursor on. A page counts as read once the next paper is asked for.

    Raises SystemicError when the service refuses, fails, or answers with what can't be understood.
    """
    stored = web.collection.cursor(search)
    if stored is None:
        return
    cursor, page = _begun(stored, first, read)
    while True:
        yield from page.found
        after = "" if page.after == cursor else page.after  # Europe PMC may repeat the last cursor
        web.collection.set_cursor(search, after, not after, page.total)
        if not after:
            return
        cursor, page = after, read(after)


def _begun(stored: str, first: str, read: Callable[[str], Page]) -> tuple[str, Page]:
    """A service may have forgotten a cursor of yesterday: then the search starts over."""
    if stored:
        try:
            return stored, read(stored)
        except Refused:
            pass
    return first, read(first)


def asked(web: Web, service: str, url: str, params: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object with which a service answers.

    Raises Refused for a status that is not 200, SystemicError when there is no answer or it is no JSON object.
    """
    try:
        reply = web.get(service, url, params)
    except (Unanswered, Unusable) as error:
        raise SystemicError(f"{error}; start the same command again later, it goes on where it stopped") from error
    content = reply.content
    if reply.status != 200:
        advice = "see to the query and the key, then start again"
        told = f"refused with status {reply.status} ({_told(content)})"
        raise Refused(f"{service}: {told}; {advice}", reply.status)
    value = _parsed(content)
    if not isinstance(value, dict):
        told = f"an answer that is no JSON object ({_text(content)!r})"
        raise SystemicError(f"{service}: {told}; see whether --{service}-url is right")
    return value


def records(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where the service says null, and without what is no object."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text of a record, "" where it is missing or something else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def whole(value: Any) -> int | None:
    """A whole number of a record, however it is written; None where it is missing or something else."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _told(content: bytes) -> str:
    value = _parsed(content)
    if isinstance(value, dict):
        said = [text(value.get(name)) for name in ("error", "message", "errMsg")]
        return ": ".join(filter(None, said))[:_SHOWN] or _text(content)
    return _text(content)


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _text(content: bytes) -> str:
    return " ".join(content[:_SHOWN].decode(errors="replace").split()) or "nothing"
