"""Which failed call is made again, and after how long: what the next attempt may well not meet."""

import random

from dspy import lm15

ATTEMPTS = 6  # of one call that fails in whatever way
BUSY_ATTEMPTS = 20  # of one call that the provider turns away for the time being

BACKOFF = 0.5  # seconds before the second attempt; each time twice as long

_LONGEST = 40  # times that, between attempts
_LONGEST_TOLD = 60.0  # seconds that `Retry-After` may ask for
_BUSY = frozenset({429, 503, 529})

# What meets every call alike: the first one says it for all.
GENERAL = (
    lm15.AuthError,
    lm15.BillingError,
    lm15.UnsupportedModelError,
    lm15.ConfigurationError,
    lm15.CapabilityError,
)


class WorthlessReplyError(lm15.ProviderError):
    """A reply that holds no answer; `reason` is the word that the ledger stores."""

    reason = "unparsable"


class EmptyReply(WorthlessReplyError):
    """A reply without text: another attempt may have one."""


class CutShort(WorthlessReplyError):
    """A reply that its limit of tokens ended: what is there may be half of a list."""

    reason = "cut_short"


class Refused(WorthlessReplyError):
    """A reply in which the provider or the LM declines."""

    reason = "provider_refused"


class Attempts:
    """The attempts of one call; `backoff` are the seconds before the second one."""

    def __init__(self, backoff: float = BACKOFF) -> None:
        self._backoff = backoff
        self._failed = self._busy = 0

    def next(self, error: lm15.LM15Error) -> float | None:
        """Seconds to wait before the next attempt, None when there is none."""
        if isinstance(error, (*GENERAL, lm15.InvalidRequestError, CutShort, Refused)):
            return None
        if isinstance(error, lm15.RateLimitError) or error.status in _BUSY:
            self._busy += 1
        else:
            self._failed += 1
        if self._failed >= ATTEMPTS or self._busy >= BUSY_ATTEMPTS:
            return None
        return pause(self._failed + self._busy, error.retry_after, self._backoff)

    def forget(self) -> None:
        """The last failure was the provider's, which is down, and not the call's."""
        self._failed = max(0, self._failed - 1)


def pause(failures: int, told: float | None = None, backoff: float = BACKOFF) -> float:
    """Seconds to wait after so many failures: `Retry-After` up to a minute, else twice as long each time, jittered."""
    if told is not None:
        return min(told, _LONGEST_TOLD) + random.uniform(0.0, 0.1)  # noqa: S311 - no secret hangs on it
    return backoff * min(2.0 ** (failures - 1), _LONGEST) * random.uniform(0.5, 1.0)  # noqa: S311


def is_crowded(error: lm15.LM15Error) -> bool:
    """Whether a failure says that there are too many calls at once."""
    return isinstance(error, (lm15.RateLimitError, lm15.TimeoutError)) or error.status in _BUSY


def kind(error: lm15.LM15Error) -> str:
    """A failure in a word or two, for a person."""
    if isinstance(error, WorthlessReplyError):
        return {CutShort: "cut short", Refused: "refused"}.get(type(error), "empty reply")
    if isinstance(error, lm15.TimeoutError):
        return "timeout"
    if isinstance(error, lm15.TransportError):
        return "connection"
    if error.status and error.status >= 400:
        return str(error.status)
    return "unreadable reply"
