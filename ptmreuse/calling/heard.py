"""The headers of every response, which DSPy's engines keep to themselves unless a call fails."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

Hear = Callable[[Iterable[tuple[str, str]]], None]


class Heard:
    """A transport of lm15 that passes on the headers of what comes back."""

    def __init__(self, transport: Any, hear: Hear) -> None:
        self._transport, self._hear = transport, hear

    def stream(self, request: Any) -> "_Hearing":
        """Send a request."""
        return _Hearing(self._transport.stream(request), self._hear)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()


class _Hearing:
    def __init__(self, stream: Any, hear: Hear) -> None:
        self._stream, self._hear = stream, hear

    async def __aenter__(self) -> Any:
        response = await self._stream.__aenter__()
        self._hear(response.headers)
        return response

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stream.__aexit__(kind, error, trace)
