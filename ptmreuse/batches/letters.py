"""A question as a request of a batch, and what came back for it.

Asking is done over from a stage's first question in every wave: what an earlier batch answered is there at once, and
the first request that none has answered yet suspends the asking.
"""

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """What came for a request: an HTTP status with its body, or the status 0 with what is told of the failure."""

    status: int
    body: str


class Suspended(BaseException):
    """No reply is there yet. Like a Ctrl-C it is no `Exception`: nothing in between may take it for a failure."""

    def __init__(self, custom_id: str, body: bytes, lm: str) -> None:
        super().__init__(custom_id)
        self.custom_id, self.body, self.lm = custom_id, body, lm


class Letters:
    """The requests about one paper and their replies; `find` gives the reply to a request of an earlier batch.

    A request is known by its bytes and by how often the same bytes were sent before, within a `subject`: the paper and
    what its answers hang on.
    """

    def __init__(self, subject: str, find: Callable[[str], Reply | None]) -> None:
        self._subject, self._find = subject, find
        self._sent: Counter[str] = Counter()

    def reply(self, body: bytes, lm: str) -> Reply:
        """The reply to a request to an LM. Raises Suspended where there is none yet."""
        digest = hashlib.blake2b(b"\n".join((self._subject.encode(), lm.encode(), body)), digest_size=16).hexdigest()
        custom_id = f"{digest}-{self._sent[digest]}"
        self._sent[digest] += 1
        if (found := self._find(custom_id)) is None:
            raise Suspended(custom_id, body, lm)
        return found
