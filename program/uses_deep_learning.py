"""Stage 1: do the authors themselves use deep learning?"""

from typing import Any

import dspy

from program import gate
from program.answers import Answer
from program.paper import Paper
from program.passages import Passages, stated_title, stated_year
from program.stage import Stage
from signatures.uses_deep_learning import UsesDeepLearning as Signature

STAGE = "uses_deep_learning"


class UsesDeepLearning(Stage):
    """Ask the question of one paper's passages."""

    signature = Signature


def inputs(paper: Paper, passages: Passages) -> dict[str, Any]:
    """The signature's input fields for a paper."""
    return {"title": stated_title(paper), "year": stated_year(paper), "passages": passages.text}


def answer(prediction: dspy.Prediction, paper: Paper) -> Answer:
    """The gated answer: a yes needs a quote that is in the paper."""
    return gate.yes_or_no(STAGE, prediction.uses_deep_learning, prediction.evidence, paper)
