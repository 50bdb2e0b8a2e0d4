"""A polite client: a pace per service, a name to write to, waiting when told to, and a note of every request.

A service that answers 429 or 5xx, or not at all, is asked again, each time after a longer wait or after the one that it
names (`Retry-After`, RFC 9110). What was fetched before can be asked for on condition that it has changed since
(`If-None-Match`, `If-Modified-Since`); a reply with the status 304 says that it has not.
"""

import io
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import IO, Self

import httpx

from ptmreuse.collecting.collection import Collection
from ptmreuse.corpus.document import LARGEST
from ptmreuse.errors import SystemicError

# Seconds between two requests. Europe PMC allows ten a second, NCBI three without a key, PLOS ten a minute.
PAUSES: Mapping[str, float] = {"openalex": 0.1, "europepmc": 0.1, "pmc": 0.35, "plos": 6.0, "publisher": 1.0}
ATTEMPTS = 5
DOWN = 5  # questions in a row without a reply, after which the service counts as down
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0  # seconds; a service that names a longer wait has had enough for today
_SILENCE = 60.0  # seconds without a byte
_WHOLE = 900.0  # seconds for one reply, however it trickles
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What a service said; `body` stands at its beginning."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: IO[bytes]

    @property
    def content(self) -> bytes:
        """All bytes of it."""
        self.body.seek(0)
        return self.body.read()


class Unanswered(Exception):
    """A service gave no reply to one question after all attempts; later it may."""


class Unusable(Exception):
    """An address is none, or a reply can't be taken."""


class TooLarge(Unusable):
    """A reply is over the limit of bytes."""


class _Passing(Exception):
    """An attempt failed in a way that may pass; `wait` is what the service asks for, in seconds."""

    def __init__(self, told: str, wait: float | None = None) -> None:
        super().__init__(told)
        self.wait = wait


class Web:
    """Asks services for one collection; use it as a context manager. `sleep` is what waits, in seconds."""

    def __init__(
        self,
        collection: Collection,
        mailto: str = "",
        pauses: Mapping[str, float] = PAUSES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.collection, self.mailto = collection, mailto
        self._pauses, self._sleep = pauses, sleep
        self._next: dict[str, float] = {}
        self._silent: Counter[str] = Counter()
        writer = f" (mailto:{mailto})" if mailto else ""
        name = {"user-agent": f"ptmreuse/{version('ptm-reuse')}{writer}"}
        self._client = httpx.Client(headers=name, timeout=_SILENCE, follow_redirects=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def get(
        self,
        service: str,
        url: str,
        params: Mapping[str, str] | None = None,
        largest: int = LARGEST,
        if_changed: bool = False,
        into: IO[bytes] | None = None,
    ) -> Reply:
        """The reply of a service, whatever its status is, if it is one that does not pass.

        Its body is written `into` a file, or into memory. With `if_changed` it has the status 304 where nothing changed
        since the reply given to `remember`. Raises TooLarge over `largest` bytes, Unusable for no URL, Unanswered after
        all attempts, SystemicError when the service seems to be down or wants a long rest.
        """
        asked = _address(url, params or {})
        conditions = self._conditions(str(asked)) if if_changed else {}
        told = ""
        for attempt in range(1, ATTEMPTS + 1):
            self.pace(service)
            try:
                reply = self._attempt(service, asked, conditions, into or io.BytesIO(), largest, attempt)
            except _Passing as fault:
                told = str(fault)
                self._rest(service, fault.wait, attempt)
            else:
                self._silent[service] = 0
                return reply
        self._silent[service] += 1
        if self._silent[service] >= DOWN:
            raise SystemicError(
                f"{service}: no reply to {DOWN} questions in a row, {ATTEMPTS} attempts each (last: {told}, "
                f"{asked.copy_with(query=None)}); start the same command again later, it goes on where it stopped"
            )
        raise Unanswered(f"{service}: {told}")

    def remember(self, reply: Reply) -> None:
        """Note the version of a reply whose content is safe on the disk, for `if_changed`."""
        etag, modified = reply.headers.get("etag", ""), reply.headers.get("last-modified", "")
        if reply.status == httpx.codes.OK and (etag or modified):
            self.collection.set_version(reply.url, etag, modified)

    def _conditions(self, url: str) -> dict[str, str]:
        etag, modified = self.collection.version(url)
        said = {"if-none-match": etag, "if-modified-since": modified}
        return {name: value for name, value in said.items() if value}

    def pace(self, service: str) -> None:
        """Wait until the service may be asked again."""
        now = time.monotonic()
        start = max(now, self._next.get(service, now))
        if start > now:
            self._sleep(start - now)
        self._next[service] = start + self._pauses.get(service, 1.0)

    def _rest(self, service: str, named: float | None, attempt: int) -> None:
        if named is not None and named > _LONGEST_WAIT:
            raise SystemicError(
                f"{service}: asks for a rest of {named:,.0f} s; start the same command again after that, "
                "it goes on where it stopped"
            )
        if attempt < ATTEMPTS:
            self._sleep(_FIRST_WAIT * 2 ** (attempt - 1) if named is None else named)

    def _attempt(
        self, service: str, url: httpx.URL, conditions: dict[str, str], body: IO[bytes], largest: int, number: int
    ) -> Reply:
        began, size, error = time.monotonic(), 0, ""
        status: int | None = None
        try:
            with _connected(), self._client.stream("GET", url, headers=conditions) as response:
                status = response.status_code
                if status in _PASSING:
                    raise _Passing(f"status {status}", _named_wait(response.headers.get("retry-after", "")))
                size = _received(response, body, largest, began)
                return Reply(status, str(url), response.headers, body)
        except (_Passing, Unusable) as fault:
            error = str(fault)
            raise
        finally:
            seconds = time.monotonic() - began
            self.collection.note_request(service, str(url), status, size, seconds, number, error)


@contextmanager
def _connected() -> Iterator[None]:
    """Whatever breaks on the way may pass."""
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        raise Unusable(f"{type(error).__name__}: {error}") from error
    except httpx.HTTPError as error:
        raise _Passing(f"{type(error).__name__}: {error}") from error


def _received(response: httpx.Response, body: IO[bytes], largest: int, began: float) -> int:
    """Write a body; returns its bytes."""
    body.seek(0)
    body.truncate()
    for piece in response.iter_bytes(_PIECE):
        if body.tell() + len(piece) > largest:
            raise TooLarge(f"more than {largest:,} bytes")
        if time.monotonic() - began > _WHOLE:
            raise _Passing(f"not done after {_WHOLE:.0f} s")
        body.write(piece)
    size = body.tell()
    body.seek(0)
    return size


def _named_wait(text: str) -> float | None:
    """The seconds of a Retry-After, which may be a date; None where it names none."""
    if text.strip().isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return float(max(0, math.ceil((until - datetime.now(UTC)).total_seconds())))


def _address(url: str, params: Mapping[str, str]) -> httpx.URL:
    try:
        return httpx.URL(url).copy_merge_params(params) if params else httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unusable(f"{url[:200]!r}: no URL ({error})") from error
