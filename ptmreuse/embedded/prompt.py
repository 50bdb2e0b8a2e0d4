"""Reading a rendered prompt back: which stage is asked, with which demos, about which passages."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dspy import lm15

Fields = dict[str, str]

_MARKER = re.compile(r"^\[\[ ## (\w+) ## \]\][ \t]*", re.MULTILINE)
_TAIL = re.compile(r"\n+Respond with (?:the corresponding output fields|a JSON object)[^\n]*\Z")
_OUTPUTS = re.compile(r"Your output fields are:\n((?:\d+\. `\w+`.*(?:\n(?!\d+\. `|All interactions).*)*\n?)+)")
_FIELD = re.compile(r"^\d+\. `(\w+)`", re.MULTILINE)

# The output fields by which a stage is known.
STAGE_OF_FIELDS = {
    frozenset({"uses_deep_learning", "evidence"}): "uses_deep_learning",
    frozenset({"reuses_ptm", "evidence"}): "reuses_ptm",
    frozenset({"ptms"}): "names_ptms",
    frozenset({"patterns"}): "reuse_pattern",
    frozenset({"steps"}): "science_step",
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt taken apart. `demos` are (input fields, output fields), complete ones only; `as_json`: reply in JSON."""

    stage: str
    demos: tuple[tuple[Fields, Fields], ...]
    inputs: Fields
    as_json: bool


def read_prompt(request: lm15.Request) -> Prompt:
    """Take a request of DSPy's chat or JSON adapter apart.

    Raises `lm15.UnsupportedFeatureError` for a signature that is not one of the five stages.
    """
    system = _text(request.system)
    turns = [(message.role, message.text or "") for message in request.messages]
    stage = _stage(system)
    as_json = "JSON object" in system.rsplit("All interactions", 1)[-1].split("In adhering", 1)[0]
    return Prompt(stage, _demos(tuple(turns[:-1])), fields(_TAIL.sub("", turns[-1][1])), as_json)


def _text(system: Any) -> str:
    return system if isinstance(system, str) else "".join(part.text for part in system or ())


@lru_cache(maxsize=64)
def _stage(system: str) -> str:
    section = _OUTPUTS.search(system)
    names = frozenset(_FIELD.findall(section.group(1))) if section else frozenset()
    if names not in STAGE_OF_FIELDS:
        raise lm15.UnsupportedFeatureError(
            "the embedded LM answers the five stages of ptm-reuse and nothing else; it was asked for the output "
            f"fields {sorted(names) or 'of an unknown prompt'}. Give another LM with --lm, or use a stage's own signature."
        )
    return STAGE_OF_FIELDS[names]


@lru_cache(maxsize=64)
def _demos(turns: tuple[tuple[str, str], ...]) -> tuple[tuple[Fields, Fields], ...]:
    pairs = zip(turns[::2], turns[1::2], strict=False)
    read = [(fields(user[1]), _output_fields(assistant[1])) for user, assistant in pairs]
    return tuple((asked, told) for asked, told in read if "passages" in asked and told)


def _output_fields(text: str) -> Fields:
    """The output fields of a demo; {} for an incomplete one, in which DSPy writes that a field is not supplied."""
    told = fields(text)
    if not told and text.lstrip().startswith("{"):
        given = json.loads(text)
        told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in given.items()}
    told.pop("completed", None)
    return {} if any(value.startswith("Not supplied for this particular example") for value in told.values()) else told


def fields(text: str) -> Fields:
    """The `[[ ## name ## ]]` fields of a message."""
    parts = _MARKER.split(text)
    return {name: value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}
