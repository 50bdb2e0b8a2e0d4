"""Reused models as lines of text, which people can read and fill in where a tool has no table.

    AlphaFold 2 | deployment | hypothesis
    U-Net | conceptual + adaptation | test
      mention: a modified U-Net
      quote: We modified U-Net ...
      conceptual quote: ...
      step quote: ...

A value that would not come back as it is stands as JSON.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ptmreuse.labelling.disagreements import BOTH
from ptmreuse.rows import ModelRow

_BAR = " | "
_FLAGS = ("optional", "pattern_debatable", "step_debatable")
_PATTERN_QUOTE = re.compile(r"(\S+) quote")


def lines(models: Iterable[ModelRow]) -> str:
    """Models as lines."""
    return "\n".join(line for model in models for line in _of_model(model))


def from_lines(text: str) -> list[dict[str, Any]]:
    """Models as a row has them, not yet checked.

    Raises ValueError for a line that is neither a model nor a field of the one above it.
    """
    found: list[dict[str, Any]] = []
    for line in filter(str.strip, text.split("\n")):
        if line[0].isspace() and found:
            _fill(found[-1], line.strip())
        else:
            found.append(_model(line.strip()))
    return found


def _of_model(model: ModelRow) -> Iterator[str]:
    yield _BAR.join([plain(model.name, "|"), BOTH.join(each.pattern for each in model.patterns), model.step])
    dumped = model.model_dump(mode="json", exclude_defaults=True)
    fields = {"mention": "mention", "quote": "quote", "step_quote": "step quote", "also": "also"}
    for name, told in fields.items():
        if name in dumped:
            yield f"  {told}: {plain(dumped[name])}"
    for each in dumped["patterns"]:
        if each.get("quote"):
            yield f"  {each['pattern']} quote: {plain(each['quote'])}"
    for flag in filter(dumped.get, _FLAGS):
        yield f"  {flag}: true"


def plain(value: Any, barred: str = "\n") -> str:
    """A value as one line of text: as it is, or as JSON where it would come back as another."""
    plain = isinstance(value, str) and value == value.strip() and not value.startswith(('"', "{", "["))
    return value if plain and value.isprintable() and barred not in value else json.dumps(value)


def from_plain(text: str) -> Any:
    """The value of a line.

    Raises ValueError for what begins as JSON and is none.
    """
    return json.loads(text) if text.startswith(('"', "{", "[")) else text


def _model(line: str) -> dict[str, Any]:
    name, patterns, step = _parts(line)
    each = [pattern.strip() for pattern in patterns.split("+")]
    return {"name": name, "patterns": [{"pattern": pattern} for pattern in each], "step": step}


def _parts(line: str) -> Sequence[str]:
    start = 0
    if line.startswith('"'):
        _, start = json.JSONDecoder().raw_decode(line)
    head, *rest = [part.strip() for part in line[start:].split("|")]
    if len(rest) != 2:
        raise ValueError(f"{line[:60]!r} is not name | pattern | step")
    return [json.loads(line[:start]) if start else head, *rest]


def _fill(model: dict[str, Any], line: str) -> None:
    field, found, text = line.partition(":")
    value = from_plain(text.strip())
    quoted = _PATTERN_QUOTE.fullmatch(field)
    if found and field in ("mention", "quote", "also"):
        model[field] = value
    elif found and field == "step quote":
        model["step_quote"] = value
    elif found and field in _FLAGS:
        model[field] = value == "true"
    elif found and quoted and (pattern := next(filter(lambda p: p["pattern"] == quoted[1], model["patterns"]), None)):
        pattern["quote"] = value
    else:
        raise ValueError(f"{line[:60]!r} is no field of {model['name']}")
