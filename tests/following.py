"""A provider that follows instructions: it is right about stage 1 only when it is told a rule, and writes that rule.

Told to improve an instruction, in whatever of DSPy's ways, it gives one with the rule. At a high temperature it is
right about a paper every other time.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from provider import Answer, Provider, completion, provider
from scripted import chat

RULE = "A tool whose engine is a deep network counts as deep learning."

_FIELD = re.compile(r"^\d+\. `(\w+)`", re.MULTILINE)
_TELLING = re.compile(r"We fine-tuned[^\n]*?\.|The structure[^\n]*?mutants\.|We designed[^\n]*?scratch\.")


@contextmanager
def following() -> Iterator[Provider]:
    """The provider for the time of the block."""
    asked: Counter[str] = Counter()
    with provider(lambda _, body: _respond(asked, body)) as server:
        yield server


def _respond(before: Counter[str], body: dict[str, Any]) -> Answer:
    system, asked = (_text(body["messages"][at]["content"]) for at in (0, -1))
    names = _FIELD.findall(system.partition("Your output fields are:")[2].partition("All interactions")[0])
    if "uses_deep_learning" in names:
        before[asked] += 1
        guessing = (body.get("temperature") or 0) >= 1 and before[asked] % 2 == 0
        fields = _answer(asked, knows=RULE in system or guessing)
    else:
        fields = {name: _written(name) for name in names}
    return 200, completion(json.dumps(fields) if "JSON object" in system else chat(fields))


def _answer(asked: str, *, knows: bool) -> dict[str, Any]:
    found = _TELLING.search(asked)
    yes = bool(found) and knows
    return {"uses_deep_learning": yes, "evidence": found.group() if found and yes else "none"}


def _written(name: str) -> Any:
    if name == "module_advice":
        return {"predict": RULE}
    return f"Decide whether the authors use deep learning. {RULE}" if "instruction" in name else "A short text."


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
