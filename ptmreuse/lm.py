"""The LM of a run: the embedded one, or any that DSPy reaches."""

import json
from dataclasses import dataclass, field
from typing import Any

import dspy

from ptmreuse.embedded.engine import AsyncEmbeddedEngine, EmbeddedEngine, digest

EMBEDDED = "embedded"


@dataclass(frozen=True)
class LMChoice:
    """Which LM to use: its DSPy name, the base address of an OpenAI-compatible server, and sampling parameters."""

    name: str = EMBEDDED
    api_base: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """What the ledger writes down: the name, the engine's digest or the server, and the parameters. Never a key."""
        if self.name == EMBEDDED:
            return f"{EMBEDDED}@{digest()}"
        parts = {"api_base": self.api_base, **self.parameters} if self.api_base else self.parameters
        return f"{self.name} {json.dumps(parts, sort_keys=True)}" if parts else self.name

    def build(self) -> dspy.LM:
        """The LM itself. Keys come from the environment."""
        if self.name == EMBEDDED:
            engines = {"engine": EmbeddedEngine(), "async_engine": AsyncEmbeddedEngine()}
            return dspy.LM("embedded/linear", **engines, cache=False, num_retries=0)
        address = {"api_base": self.api_base} if self.api_base else {}
        return dspy.LM(self.name, engine="lm15", cache=False, **address, **self.parameters)
