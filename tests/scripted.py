"""An LM that follows a script: it gives the next reply, writes down each prompt, and fails on a call too many."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import dspy
import pytest
from dspy import lm15

Reply = str | Mapping[str, object] | Exception  # raw text, output fields, or what the call raises


class ScriptedEngine:
    """DSPy's engine contract on a list of replies. `prompts` holds every request in order."""

    supports_response_schema = False

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.prompts: list[lm15.Request] = []

    def complete(self, request: lm15.Request) -> lm15.Response:
        """The next reply of the script."""
        self.prompts.append(request)
        if not self.replies:
            pytest.fail(f"call {len(self.prompts)} is not in the script:\n{shown(request)}")
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        text = reply if isinstance(reply, str) else chat(reply)
        return lm15.Response(None, "scripted", lm15.Message.assistant(text), "stop", lm15.Usage(100, 10, 110))

    def stream(self, request: lm15.Request) -> Iterator[Any]:
        """The same as a stream of events."""
        return iter(lm15.response_to_events(self.complete(request)))

    def close(self) -> None:
        """Nothing to close."""


class AsyncScriptedEngine:
    """The same script behind DSPy's asynchronous contract."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self._engine = engine

    async def complete(self, request: lm15.Request) -> lm15.Response:
        """The next reply of the script."""
        return self._engine.complete(request)

    async def stream(self, request: lm15.Request) -> AsyncIterator[Any]:
        """The same as a stream of events."""
        for event in self._engine.stream(request):
            yield event

    async def aclose(self) -> None:
        """Nothing to close."""


def scripted(*replies: Reply) -> tuple[dspy.LM, ScriptedEngine]:
    """An LM with this script, and the engine that holds the prompts."""
    engine = ScriptedEngine(*replies)
    async_engine = AsyncScriptedEngine(engine)
    return dspy.LM("scripted/one", engine=engine, async_engine=async_engine, cache=False, num_retries=0), engine


def chat(fields: Mapping[str, object]) -> str:
    """Output fields as the chat adapter reads them."""
    parts = [f"[[ ## {name} ## ]]\n{_value(value)}" for name, value in fields.items()]
    return "\n\n".join([*parts, "[[ ## completed ## ]]"])


def shown(request: lm15.Request) -> str:
    """A whole prompt as text: the system message, then the turns with their roles."""
    system = request.system if isinstance(request.system, str) else "".join(part.text for part in request.system or ())
    return "\n\n".join([system, *(f"--- {message.role}\n{message.text}" for message in request.messages)])


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, list) else str(value)
