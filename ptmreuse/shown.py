"""A stage's prompt as text, and its answers as rows of a table: what is kept of a compile for people to read."""

from typing import Any

import dspy

from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.labelled import LabelledPaper
from ptmreuse.metrics import answered
from ptmreuse.scoring import Scored


def prompt(module: dspy.Module, example: dspy.Example) -> str:
    """A stage's whole prompt for an example, as text."""
    predictor = module.predict
    messages = CachingChatAdapter().format(predictor.signature, predictor.demos, dict(example.inputs()))
    return "\n\n".join(f"--- {message['role']}\n{message['content']}" for message in messages)


def row(stage: str, each: Scored) -> dict[str, Any]:
    """An answer to val, as the table of predictions shows it."""
    answer = answered(stage, each.example, each.prediction)
    given = [f"{f.model} {f.value}".strip() + ("" if f.evidence else f" ({f.reason})") for f in answer.findings]
    return {
        "paper": each.example.paper_id,
        "score": each.outcome.score,
        "answer": answer.value,
        "given": "; ".join(filter(None, given)),
        "true": "; ".join(_true(stage, each.example.labelled)),
    }


def _true(stage: str, labelled: LabelledPaper) -> list[str]:
    if stage in ("uses_deep_learning", "reuses_ptm"):
        return ["yes" if getattr(labelled, stage) else "no"]
    if stage == "names_ptms":
        return [model.canonical for model in labelled.required]
    return [f"{m.canonical} {' '.join(m.patterns) if stage == 'reuse_pattern' else m.step}" for m in labelled.models]
