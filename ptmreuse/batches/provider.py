"""The Files and Batches API of one provider, through OpenAI's own client; what fails for a while is tried again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import httpx
import openai

from ptmreuse.batches.spool import ENDPOINT
from ptmreuse.calling.outage import NEVER_THERE
from ptmreuse.calling.retries import BACKOFF, pause
from ptmreuse.errors import SystemicError

PATIENCE = 3600.0  # seconds; a batch takes hours, and its provider may be away for one of them

_TOKEN = "ptm_reuse"  # noqa: S105 - the name of a batch's metadata by which it is found again
_LOOKED_THROUGH = 1000  # batches, newest first
_FOR_A_WHILE = frozenset({408, 425, 429})
_NO_QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
_FILE_SECONDS = 900.0  # of handing over 200 MB or fetching them

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Status:
    """How far a batch is, in the provider's words; `faults` are the code, message and line (None: of all) of each."""

    id: str
    status: str
    completed: int = 0
    failed: int = 0
    files: tuple[str, ...] = ()
    faults: tuple[tuple[str, str, int | None], ...] = ()


class Provider:
    """A provider at a base address. `patience` in seconds; `told` is called with the kind of every failure."""

    def __init__(
        self,
        base: str,
        key: str,
        patience: float | None = None,
        told: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
        backoff: float = BACKOFF,
    ) -> None:
        self._base, self._key, self._given, self._told, self._sleep = base, key, patience, told, sleep
        self._client = openai.OpenAI(base_url=base, api_key=key or "none", max_retries=0, timeout=120.0)
        self._backoff = backoff  # seconds before the second attempt
        self._was_there = False

    def upload(self, path: Path) -> str:
        """Hand over the file of a batch; returns its id."""

        def hand_over() -> str:
            with path.open("rb") as file:
                named = (path.name, file, "application/jsonl")
                return str(_told(self._client.files.create(file=named, purpose="batch", timeout=_FILE_SECONDS), "id"))

        return self._patiently(hand_over)

    def create(self, input_file: str, token: str) -> Status:
        """Ask for a batch once: where it is not known whether the provider heard it, it is looked for first."""

        def ask() -> Status:
            return _status(
                self._client.batches.create(
                    input_file_id=input_file, endpoint=ENDPOINT, completion_window="24h", metadata={_TOKEN: token}
                )
            )

        heard = [False]

        def once() -> Status:
            if heard[0] and (found := self.find(token)):
                return found
            heard[0] = True
            return ask()

        return self._patiently(once)

    def find(self, token: str) -> Status | None:
        """The batch that was asked for with a token, if the provider has it."""
        return self._patiently(lambda: self._found(token))

    def _found(self, token: str) -> Status | None:
        try:
            for number, batch in enumerate(self._client.batches.list(limit=100)):
                if (batch.metadata or {}).get(_TOKEN) == token:
                    return _status(batch)
                if number > _LOOKED_THROUGH:
                    break
        except (openai.NotFoundError, openai.APIStatusError) as error:
            if error.status_code not in (404, 405, 501):
                raise  # else a server without a list of its batches
        return None

    def status(self, batch: str) -> Status:
        """How far a batch is."""
        return self._patiently(lambda: _status(self._client.batches.retrieve(batch)))

    def cancel(self, batch: str) -> None:
        """Ask the provider to end a batch; one that has ended is left as it is."""
        try:
            self._patiently(lambda: self._client.batches.cancel(batch))
        except RefusedRequest:
            return

    def download(self, file: str, path: Path) -> None:
        """Fetch a file."""

        def fetch() -> None:
            with self._client.files.with_streaming_response.content(file, timeout=_FILE_SECONDS) as response:
                response.stream_to_file(path)

        self._patiently(fetch)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _patiently(self, call: Callable[[], T]) -> T:
        """Call until it succeeds. Raises SystemicError for what would meet every call, and when patience ends."""
        began, failures = time.monotonic(), 0
        while True:
            try:
                result = call()
            except (openai.APIError, httpx.HTTPError, ValueError, TypeError, AttributeError, LookupError) as error:
                failures += 1
                self._failed(error, time.monotonic() - began)
                self._sleep(pause(failures, _retry_after(error), self._backoff))
            else:
                self._was_there = True
                return result

    def _failed(self, error: Exception, seconds: float) -> None:
        status = getattr(error, "status_code", 0)
        self._told(str(status) if status >= 400 else "connection")
        message = self._shown(error)
        if status in (401, 403) or _NO_QUOTA & {str(getattr(error, "code", "")), str(getattr(error, "type", ""))}:
            _refuse(f"{message} ({type(error).__name__})")
        if status in (404, 405, 501) and not self._was_there:
            raise SystemicError(f"{self._base}: has no Batches API ({message}); run without --engine batch")
        if 400 <= status < 500 and status not in _FOR_A_WHILE:
            raise RefusedRequest(message) from error
        self._was_there = self._was_there or bool(status)
        if seconds > (self._given or (PATIENCE if self._was_there else NEVER_THERE)):
            advice = "batches go on there; run again to go on, --give-up-after SECONDS waits longer"
            raise SystemicError(f"{self._base}: has failed for {seconds:,.0f} seconds ({message}); {advice}") from error

    def _shown(self, error: Exception) -> str:
        body = getattr(error, "body", None)
        told = str(body.get("message") or error) if isinstance(body, dict) else str(error)
        text = (told.strip().splitlines() or [type(error).__name__])[0][:300]
        return text.replace(self._key, "…") if len(self._key) > 8 else text


class RefusedRequest(SystemicError):
    """The provider refuses one request of its Batches API, for a reason that another attempt would meet too."""


def _refuse(message: str) -> NoReturn:
    advice = "see to --lm, --api-base and the key in the environment, then run again to resume"
    raise SystemicError(f"the provider refuses every call: {message}; {advice}")


def _status(batch: Any) -> Status:
    counts, errors = getattr(batch, "request_counts", None), getattr(batch, "errors", None)
    files = (getattr(batch, name, None) for name in ("output_file_id", "error_file_id"))
    return Status(
        str(_told(batch, "id")),
        str(_told(batch, "status")),
        getattr(counts, "completed", None) or 0,
        getattr(counts, "failed", None) or 0,
        files=tuple(file for file in files if file),
        faults=tuple((e.code or "", e.message or "", e.line) for e in getattr(errors, "data", None) or ()),
    )


def _told(told: Any, name: str) -> Any:
    """Raises ValueError for a reply of another shape, such as a page of a gateway."""
    value = getattr(told, name, None)
    if not isinstance(value, str) or not value:
        raise ValueError(f"a reply without {name}")
    return value


def _retry_after(error: Exception) -> float | None:
    response = getattr(error, "response", None)
    value = response.headers.get("retry-after", "") if response is not None else ""
    return float(value) if value.replace(".", "", 1).isdigit() else None
