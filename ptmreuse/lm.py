"""The LM of a run: the embedded one, or any that DSPy reaches."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dspy

from ptmreuse.embedded.engine import AsyncEmbeddedEngine, EmbeddedEngine, digest
from ptmreuse.errors import UsageError

EMBEDDED = "embedded"

EMBEDDED_MODEL = "embedded/linear"  # its name for DSPy
_ADDRESS = re.compile(r"https?://[^/\s]+")
_ADDRESSED = re.compile(r"(.+?)@(https?://.*)")
_SECRET = re.compile(r"(?<=//)[^/@]*@|\?.*")  # a name and password, a query


@dataclass(frozen=True)
class LMChoice:
    """Which LM to use: its DSPy name, the base address of an OpenAI-compatible server, and sampling parameters."""

    name: str = EMBEDDED
    api_base: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises UsageError for an address that is none."""
        if self.api_base and not _ADDRESS.match(self.api_base):
            raise UsageError(f"--api-base {self.api_base}: no address; give one such as http://localhost:8000/v1")

    @property
    def identity(self) -> str:
        """What the ledger writes down: the name, the engine's digest or the server, and the parameters. Never a key."""
        if self.name == EMBEDDED:
            return f"{EMBEDDED}@{digest()}"
        address = _SECRET.sub("", self.api_base)
        parts = {"api_base": address, **self.parameters} if address else self.parameters
        return f"{self.name} {json.dumps(parts, sort_keys=True)}" if parts else self.name

    def build(self) -> dspy.LM:
        """The LM itself. Keys come from the environment."""
        if self.name == EMBEDDED:
            engines = {"engine": EmbeddedEngine(), "async_engine": AsyncEmbeddedEngine()}
            return dspy.LM(EMBEDDED_MODEL, **engines, cache=False, num_retries=0)
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "true")  # else DSPy fetches a price list from the web
        address = {"api_base": self.api_base} if self.api_base else {}
        return dspy.LM(self.name, engine="lm15", cache=False, **address, **self.parameters)


def identity(lm: LMChoice, stage_lms: Mapping[str, LMChoice]) -> str:
    """What the ledger writes down for an LM and those that take its place in some stages."""
    others = {stage: choice.identity for stage, choice in sorted(stage_lms.items()) if choice != lm}
    return f"{lm.identity} {json.dumps(others)}" if others else lm.identity


def addressed(text: str, api_base: str = "") -> LMChoice:
    """The LM that a name, or a name with the address of its server (NAME@URL), stands for."""
    found = _ADDRESSED.fullmatch(text)
    return LMChoice(found[1], found[2]) if found else LMChoice(text, api_base)


def is_embedded(lm: dspy.LM | None) -> bool:
    """Whether an LM is the embedded one, which answers the five stages and can't follow instructions."""
    return getattr(lm, "model", "") == EMBEDDED_MODEL
