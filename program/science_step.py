"""Stage 5: for which step of science is each model used?"""

from collections.abc import Sequence
from typing import Any

import dspy

from program import gate
from program.answers import Answer
from program.paper import Paper
from program.passages import Passages, stated_title
from program.stage import Stage
from signatures.science_step import ScienceStep as Signature

STAGE = "science_step"


class ScienceStep(Stage):
    """Ask the question of one paper's passages and its models."""

    signature = Signature


def inputs(paper: Paper, passages: Passages, models: Sequence[str]) -> dict[str, Any]:
    """The signature's input fields for a paper and the models of stage 3."""
    return {"title": stated_title(paper), "models": list(models), "passages": passages.text}


def answer(prediction: dspy.Prediction, paper: Paper, models: Sequence[str]) -> Answer:
    """The gated answer: exactly one step per model, with a quote that is in the paper."""
    given = [(item.model, item.step, item.evidence) for item in prediction.steps]
    return gate.per_model(STAGE, given, paper, models, once=True)
