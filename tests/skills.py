"""Providers of set skill on the papers of `labelling`: always right, wrong at a set rate, or talking rubbish."""

import json
import re
import threading
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from labelling import row
from provider import Answer, Respond, completion
from scripted import chat

_FIELD = re.compile(r"^\d+\. `(\w+)`", re.MULTILINE)
_TITLE = re.compile(r"\[\[ ## title ## ]]\s*(.*)")
_MODELS = re.compile(r"\[\[ ## models ## ]]\s*(\[.*?])", re.DOTALL)
_ROWS = {each["title"]: each for each in map(row, range(400))}
_STAGES = {"ptms": "names_ptms", "patterns": "reuse_pattern", "steps": "science_step"}


def skilled(errors: float = 0.0) -> Respond:
    """Answers from the labels, wrongly about a share of the questions, always the same ones."""

    def respond(_: int, body: dict[str, Any]) -> Answer:
        stage, asked = stage_of(body), _text(body["messages"][-1])
        labelled = _ROWS[_TITLE.findall(asked)[0].strip()]
        wrong = crc32(f"{labelled['title']} {stage}".encode()) % 1000 < errors * 1000
        fields = _all_five(labelled) if stage == "all_five" else _fields(stage, labelled, _models(asked), wrong=wrong)
        return 200, completion(json.dumps(fields) if "JSON object" in _text(body["messages"][0]) else chat(fields))

    return respond


def rubbish(_: int, body: dict[str, Any]) -> Answer:
    """Nothing that can be read."""
    del body
    return 200, completion("no no no, the answer is no")


class Holding:
    """Lets so many answers through and holds all others back until it is told to go on, and then for good."""

    def __init__(self, respond: Respond, free: int) -> None:
        self._respond, self._free = respond, free
        self._counting, self._going_on = threading.Lock(), threading.Event()
        self.answered: list[str] = []

    def __call__(self, number: int, body: dict[str, Any]) -> Answer:
        """An answer, at once or when it is time."""
        with self._counting:
            free = len(self.answered) < self._free
            if free or self._going_on.is_set():
                self.answered.append(json.dumps(body, sort_keys=True))
        if not free:
            self._going_on.wait(60)
        return self._respond(number, body)

    def go_on(self) -> None:
        """Hold nothing back any more."""
        self._going_on.set()


def stage_of(body: Mapping[str, Any]) -> str:
    """The stage that a request is for."""
    told = _text(body["messages"][0]).partition("Your output fields are:")[2].partition("All interactions")[0]
    names = _FIELD.findall(told)
    if len(names) > 2:
        return "all_five"
    name = names[0]
    return _STAGES.get(name, name)


def _fields(stage: str, labelled: dict[str, Any], models: list[str], *, wrong: bool) -> dict[str, Any]:
    telling = labelled["passages"][0]["text"]
    if stage in ("uses_deep_learning", "reuses_ptm"):
        yes = labelled[stage]["answer"] != wrong
        return {stage: yes, "evidence": telling if yes else "none"}
    if stage == "names_ptms":
        named = [m["mention"] for m in labelled["models"]] if not wrong else ["BERT"]
        return {"ptms": [{"mention": name, "evidence": telling} for name in named or ["BERT"]]}
    model = next(iter(labelled["models"]), {"step": "test", "patterns": [{"pattern": "adaptation"}]})
    step, pattern = ("background", "conceptual") if wrong else (model["step"], model["patterns"][0]["pattern"])
    if stage == "reuse_pattern":
        return {"patterns": [{"model": name, "pattern": pattern, "evidence": telling} for name in models]}
    return {"steps": [{"model": name, "step": step, "evidence": telling} for name in models]}


def _all_five(labelled: dict[str, Any]) -> dict[str, Any]:
    """One reply to all five questions, which is never wrong."""
    found: dict[str, Any] = {}
    for stage in ("uses_deep_learning", "reuses_ptm"):
        own = _fields(stage, labelled, [], wrong=False)
        found |= {stage: own[stage], f"{stage}_evidence": own["evidence"]}
    names = [model["mention"] for model in labelled["models"]]
    for stage in _STAGES.values():
        found |= _fields(stage, labelled, names, wrong=False) if names else {}
    return {"ptms": [], "patterns": [], "steps": []} | found


def _models(asked: str) -> list[str]:
    found = _MODELS.findall(asked)
    return list(json.loads(found[0])) if found else []


def _text(message: Mapping[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
