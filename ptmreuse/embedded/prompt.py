"""Reading a rendered prompt back: which stage is asked, with which demos, about which passages."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from dspy import lm15
from pydantic import TypeAdapter, ValidationError

Fields = dict[str, str]
T = TypeVar("T")

_MARKER = re.compile(r"^\[\[ ## (\w+) ## \]\][ \t]*", re.MULTILINE)
_PASSAGES = re.compile(r"^\[\[ ## passages ## \]\]", re.MULTILINE)
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

# The fields that a demo of a stage must have to be learned from: inputs, output.
_NEEDED = {
    "uses_deep_learning": ({"passages"}, "uses_deep_learning"),
    "reuses_ptm": ({"passages"}, "reuses_ptm"),
    "names_ptms": ({"passages"}, "ptms"),
    "reuse_pattern": ({"passages", "models"}, "patterns"),
    "science_step": ({"passages", "models"}, "steps"),
}
_NOT_SUPPLIED = "Not supplied for this"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt taken apart.

    `demos` are (input fields, output fields), without those that lack a field to learn from; `as_json` is the format of
    the reply.
    """

    stage: str
    demos: tuple[tuple[Fields, Fields], ...]
    inputs: Fields
    as_json: bool


def read_prompt(request: lm15.Request) -> Prompt:
    """Take a request of DSPy's chat or JSON adapter apart.

    Raises `lm15.UnsupportedFeatureError` for a signature that is not one of the five stages, and
    `lm15.InvalidRequestError` for a prompt without the field `passages`.
    """
    system = _text(request.system)
    turns = [(message.role, message.text or "") for message in request.messages]
    stage = _stage(system)
    structure = system.partition("All interactions will be structured")[2].partition("In adhering to this structure")[0]
    inputs = _input_fields(_TAIL.sub("", turns[-1][1]))
    if "passages" not in inputs:
        raise lm15.InvalidRequestError(
            f"the question of {stage} has no field `passages`; give every field of its signature"
        )
    return Prompt(stage, _demos(stage, tuple(turns[:-1])), inputs, "JSON object" in structure)


def _text(system: Any) -> str:
    return system if isinstance(system, str) else "".join(part.text for part in system or ())


@lru_cache(maxsize=64)
def _stage(system: str) -> str:
    section = _OUTPUTS.search(system)
    names = frozenset(_FIELD.findall(section.group(1))) if section else frozenset()
    if names not in STAGE_OF_FIELDS:
        raise lm15.UnsupportedFeatureError(
            "the embedded LM answers the five stages of ptm-reuse and nothing else; it was asked for the output "
            f"fields {sorted(names) or 'of an unknown prompt'}. Give another LM with --lm, or keep the stages' own "
            "signatures."
        )
    return STAGE_OF_FIELDS[names]


@lru_cache(maxsize=64)
def _demos(stage: str, turns: tuple[tuple[str, str], ...]) -> tuple[tuple[Fields, Fields], ...]:
    pairs = zip(turns[::2], turns[1::2], strict=False)
    read = [(_input_fields(user[1]), _output_fields(assistant[1])) for user, assistant in pairs]
    inputs, output = _NEEDED[stage]
    return tuple((asked, told) for asked, told in read if inputs <= asked.keys() and output in told)


def _input_fields(text: str) -> Fields:
    """The input fields of a question; `passages` is the last one and holds all that follows, whatever it looks like."""
    found = _PASSAGES.search(text)
    if not found:
        return fields(text)
    return fields(text[: found.start()]) | {"passages": text[found.end() :].strip()}


def _output_fields(text: str) -> Fields:
    """The output fields of a demo, without those that DSPy says are not supplied."""
    told = fields(text) or _json_fields(text)
    told.pop("completed", None)
    return {name: value for name, value in told.items() if not value.startswith(_NOT_SUPPLIED)}


def _json_fields(text: str) -> Fields:
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    named = given.items() if isinstance(given, dict) else ()
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in named}


def fields(text: str) -> Fields:
    """The `[[ ## name ## ]]` fields of a message."""
    parts = _MARKER.split(text)
    return {name: value.strip() for name, value in zip(parts[1::2], parts[2::2], strict=True)}


def truth_of(given: Fields, name: str) -> bool:
    """A field that says true or false, in one of the ways that DSPy reads. Raises `lm15.InvalidRequestError`."""
    said = given.get(name, "").lower()
    if said not in ("true", "yes", "1", "false", "no", "0"):
        raise lm15.InvalidRequestError(f"the field `{name}` is {said[:80]!r}; it must be True or False")
    return said in ("true", "yes", "1")


def list_of(kind: TypeAdapter[list[T]], given: Fields, name: str) -> list[T]:
    """A field that holds a JSON list. Raises `lm15.InvalidRequestError`."""
    try:
        return kind.validate_json(given.get(name, ""))
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise lm15.InvalidRequestError(f"the field `{name}` is not the list that it must be ({reason})") from error
