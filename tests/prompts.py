"""Questions to a stage as DSPy renders them: passages, input fields, demos, the prompt that an engine gets."""

import json
from collections.abc import Mapping
from typing import Any

import dspy
from dspy import lm15
from scripted import scripted

from program.pipeline import Pipeline
from ptmreuse.lm import LMChoice

ANSWERS: dict[str, dict[str, Any]] = {  # one well-formed answer per stage
    "uses_deep_learning": {"uses_deep_learning": True, "evidence": "We ran it."},
    "reuses_ptm": {"reuses_ptm": False, "evidence": "none"},
    "names_ptms": {"ptms": [{"mention": "U-Net", "evidence": "We ran it."}]},
    "reuse_pattern": {"patterns": [{"model": "U-Net", "pattern": "deployment", "evidence": "We ran it."}]},
    "science_step": {"steps": [{"model": "U-Net", "step": "test", "evidence": "We “ran” it."}]},
}
MAIN = {stage: next(iter(answer)) for stage, answer in ANSWERS.items()}  # the output field that is not evidence


def passages(*texts: str, kind: str = "methods") -> str:
    """Texts as numbered passages of one section."""
    lines = [f"[{number}] ({kind}) {text}" for number, text in enumerate(texts, 1)]
    return "\n".join([*lines, "(nothing left out)"])


def inputs(stage: str, text: str, models: tuple[str, ...] = ("U-Net",), **others: str) -> dict[str, Any]:
    """The input fields of a stage for a text of passages."""
    given = {"title": "Leaves", "year": "2022", "models": list(models), "passages": text, **others}
    return {name: given[name] for name in signature(stage).input_fields}


def signature(stage: str) -> type[dspy.Signature]:
    """The signature of a stage."""
    found: type[dspy.Signature] = getattr(Pipeline(), stage).predict.signature
    return found


def demo(stage: str, text: str, answer: Mapping[str, Any], models: tuple[str, ...] = ("U-Net",)) -> dspy.Example:
    """A labelled example of a stage."""
    asked = inputs(stage, text, models)
    return dspy.Example(**asked, **answer).with_inputs(*asked)


def predictor(stage: str, demos: list[dspy.Example] | None = None) -> Any:
    """A stage of the program with demos in its prompt."""
    module = getattr(Pipeline(), stage)
    module.predict.demos = demos or []
    return module


def ask(stage: str, asked: Mapping[str, Any], demos: list[dspy.Example] | None = None, adapter: Any = None) -> Any:
    """What the embedded LM answers, as DSPy parses it."""
    with dspy.context(lm=LMChoice().build(), adapter=adapter or dspy.ChatAdapter()):
        return predictor(stage, demos)(**asked)


def requests(stage: str, asked: Mapping[str, Any], demos: list[dspy.Example], adapter: Any) -> list[lm15.Request]:
    """The prompts that DSPy sends: the first and, after a reply that the chat adapter can't parse, the fallback's."""
    lm, engine = scripted("no field at all", json.dumps(ANSWERS[stage]))
    with dspy.context(lm=lm, adapter=adapter):
        predictor(stage, demos)(**asked)
    return engine.prompts


def shown(stage: str, prediction: Any) -> Any:
    """The main answer in plain types: a truth, the mentions, or (model, pattern or step)."""
    value = getattr(prediction, MAIN[stage])
    if stage == "names_ptms":
        return [item.mention for item in value]
    if stage in ("reuse_pattern", "science_step"):
        return [(item.model, getattr(item, stage.split("_")[1])) for item in value]
    return value


def quotes(stage: str, prediction: Any) -> list[str]:
    """Every quote of an answer; "none" is not one."""
    value = getattr(prediction, MAIN[stage])
    given = [item.evidence for item in value] if isinstance(value, list) else [prediction.evidence]
    return [quote for quote in given if quote != "none"]
