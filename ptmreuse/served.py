"""What a provider says of the models that it serves: their names, and how long a prompt may be."""

import os
from dataclasses import dataclass
from typing import Any

from dspy import lm15
from dspy.clients.engines.lm15_engine import AsyncLM15Engine
from dspy.clients.model_metadata import model_info

from ptmreuse.lm import EMBEDDED, LMChoice

_SECONDS = 10.0
_FIELDS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx")  # vLLM's first


@dataclass(frozen=True, slots=True)
class Served:
    """The names of a provider's models, () when it does not tell, and the context length of the one asked for."""

    names: tuple[str, ...] = ()
    context: int | None = None  # tokens


async def served(choice: LMChoice) -> Served:
    """What the server says or, of a provider's own models, the price list; nothing is an error."""
    if choice.name == EMBEDDED:
        return Served()
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")  # else DSPy fetches a price list from the web
    provider, _, model = choice.name.partition("/")
    listed = {} if choice.api_base else model_info(provider, model)
    told = await _told(choice)
    return Served(told.names, listed.get("max_input_tokens") or told.context)


async def _told(choice: LMChoice) -> Served:
    try:
        to = AsyncLM15Engine().resolve(choice.name)
        wait = lm15.Timeouts(read=_SECONDS, write=_SECONDS, pool=_SECONDS)
        base = {to.provider: choice.api_base} if choice.api_base else None
        router = AsyncLM15Engine(lm15.RouterConfig(base_urls=base, timeouts=wait)).router
        try:
            entries = await router.lm(f"{to.provider}:{to.model}").list_models()
        finally:
            await router.aclose()
    except (lm15.LM15Error, ValueError, TypeError, LookupError, AttributeError):
        return Served()
    found = [entry for entry in entries if entry.id == to.model] or (entries if len(entries) == 1 else [])
    return Served(tuple(entry.id for entry in entries), _length(found[0].origin.provider_data) if found else None)


def _length(entry: Any) -> int | None:
    """The context length in an entry of the list, or in what llama.cpp puts into its `meta`."""
    if not isinstance(entry, dict):
        return None
    lengths = [entry.get(name) for name in _FIELDS]
    return next((n for n in lengths if isinstance(n, int) and n > 0), None) or _length(entry.get("meta"))
