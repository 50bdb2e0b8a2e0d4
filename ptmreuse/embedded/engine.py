"""The engine: complete a request of one of the five stages, in process, deterministically.

It does what a small in-context learner does: it turns the passages of the prompt into features, starts from the fitted
prior, moves it by the demos of the prompt, and answers with the typed fields and the sentence that weighed most. It
cannot follow instructions.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from dspy import lm15

from ptmreuse.embedded import names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from ptmreuse.embedded.items import Item
from ptmreuse.embedded.learner import Array, moved, probabilities
from ptmreuse.embedded.prior import generation, matrix, rows
from ptmreuse.embedded.prompt import Fields, Prompt, read_prompt

_Frozen: TypeAlias = tuple[tuple[str, str], ...]  # fields, as the key of a cache

HEADS: dict[str, ModuleType] = {
    "uses_deep_learning": uses_deep_learning,
    "reuses_ptm": reuses_ptm,
    "names_ptms": names_ptms,
    "reuse_pattern": reuse_pattern,
    "science_step": science_step,
}


class EmbeddedEngine:
    """DSPy's synchronous engine contract; `dspy.LM("embedded", engine=EmbeddedEngine())`."""

    def complete(self, request: lm15.Request) -> lm15.Response:
        """Answer one request.

        Raises `lm15.UnsupportedFeatureError` for a signature it does not know, `lm15.InvalidRequestError` for a prompt
        without passages or with a list that is none, `lm15.ConfigurationError` for such a demo.
        """
        prompt = read_prompt(request)
        text = _rendered(answer(prompt), as_json=prompt.as_json)
        asked = len(str(request.system or "")) + sum(len(m.text or "") for m in request.messages)
        usage = lm15.Usage(asked // 4, len(text) // 4, asked // 4 + len(text) // 4)
        return lm15.Response(None, "embedded", lm15.Message.assistant(text), "stop", usage)

    def stream(self, request: lm15.Request) -> Iterator[Any]:
        """The complete answer as a stream of events."""
        return iter(lm15.response_to_events(self.complete(request)))

    def close(self) -> None:
        """Nothing to close."""

    def dump_state(self) -> dict[str, Any]:
        """Nothing to keep: the prior is part of the package."""
        return {}

    @classmethod
    def load_state(cls, state: dict[str, Any]) -> "EmbeddedEngine":
        """A new engine."""
        del state
        return cls()


class AsyncEmbeddedEngine:
    """The same behind DSPy's asynchronous engine contract."""

    def __init__(self) -> None:
        self._engine = EmbeddedEngine()

    async def complete(self, request: lm15.Request) -> lm15.Response:
        """Answer one request."""
        return self._engine.complete(request)

    async def stream(self, request: lm15.Request) -> AsyncIterator[Any]:
        """The complete answer as a stream of events."""
        for event in self._engine.stream(request):
            yield event

    async def aclose(self) -> None:
        """Nothing to close."""

    def dump_state(self) -> dict[str, Any]:
        """Nothing to keep."""
        return {}

    @classmethod
    def load_state(cls, state: dict[str, Any]) -> "AsyncEmbeddedEngine":
        """A new engine."""
        del state
        return cls()


def answer(prompt: Prompt) -> dict[str, object]:
    """The output fields for a prompt."""
    head = HEADS[prompt.stage]
    found, chances = _items(prompt)
    reply: dict[str, object] = head.reply(prompt.inputs, found, chances)
    return reply


def chance(prompt: Prompt) -> float:
    """The probability of yes, 0 to 1, behind the answer to a prompt of stage 1 or 2."""
    return float(_items(prompt)[1][0, 0])


def _items(prompt: Prompt) -> tuple[list[Item], Array]:
    """What a prompt asks about, and the probabilities of its answers, items × classes."""
    found: list[Item] = HEADS[prompt.stage].items(prompt.inputs)
    weights = _weights(prompt.stage, prompt.demos)
    return found, probabilities(weights, rows(prompt.stage, [item.features for item in found]))


def _weights(stage: str, demos: tuple[tuple[Fields, Fields], ...]) -> Array:
    frozen = tuple((tuple(asked.items()), tuple(told.items())) for asked, told in demos)
    return _moved(stage, frozen, generation()) if frozen else matrix(stage)


@lru_cache(maxsize=64)
def _moved(stage: str, demos: tuple[tuple[_Frozen, _Frozen], ...], _: int) -> Array:
    head, prior = HEADS[stage], matrix(stage)
    features: list[Array] = []
    truths: list[list[float]] = []
    for asked, told in demos:
        try:
            found = head.items(dict(asked))
            truths += head.truths(found, dict(told))
        except lm15.InvalidRequestError as error:
            raise lm15.ConfigurationError(f"a demo of {stage} can't be read: {error.message}") from error
        features.append(rows(stage, [item.features for item in found]))
    return moved(prior, np.concatenate(features), np.array(truths)) if truths else prior


def _rendered(outputs: dict[str, object], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(outputs, ensure_ascii=False)
    parts = [f"[[ ## {name} ## ]]\n{_written(value)}" for name, value in outputs.items()]
    return "\n\n".join([*parts, "[[ ## completed ## ]]"])


def _written(value: object) -> str:
    return json.dumps(value) if isinstance(value, list) else str(value)  # in ASCII: DSPy splits at odd line ends


@cache
def digest() -> str:
    """12 hexadecimal digits that change when the engine's code or prior does: its version in the ledger."""
    sums = hashlib.blake2b(digest_size=6)
    for part in sorted(files("ptmreuse.embedded").iterdir(), key=lambda p: p.name):
        if part.name.endswith((".py", ".json")) and part.name != "fit.py":
            sums.update(part.read_bytes())
    return sums.hexdigest()
