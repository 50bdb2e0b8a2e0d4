"""A stream of events that is never silent for long: proxies close one that is."""

import asyncio
from collections.abc import AsyncIterator

COMMENT = ": still there\n\n"  # a comment of the event stream, which clients pass over


class Pulse:
    """Events, and a comment each time that none has come for so many seconds."""

    def __init__(self, events: AsyncIterator[str], seconds: float) -> None:
        self._events, self._seconds = events, seconds
        self._next: asyncio.Task[str | None] | None = None

    async def beats(self) -> AsyncIterator[str]:
        """All of them. Whoever stops in between has to call `end`."""
        while True:
            self._next = asyncio.create_task(self._one())
            while not (await asyncio.wait((self._next,), timeout=self._seconds))[0]:
                yield COMMENT
            event = self._next.result()
            if event is None:
                return
            yield event

    async def _one(self) -> str | None:
        return await anext(self._events, None)

    async def end(self) -> None:
        """Stop waiting for the next event, so that the events can be closed."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait((self._next,))
