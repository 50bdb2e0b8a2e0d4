"""Stage 2: do they reuse a published model?"""

from typing import Any

import dspy

from program import gate
from program.answers import Answer
from program.paper import Paper
from program.passages import Passages, stated_title, stated_year
from program.stage import Stage
from signatures.reuses_ptm import ReusesPTM as Signature

STAGE = "reuses_ptm"


class ReusesPTM(Stage):
    """Ask the question of one paper's passages."""

    signature = Signature


def inputs(paper: Paper, passages: Passages) -> dict[str, Any]:
    """The signature's input fields for a paper."""
    return {"title": stated_title(paper), "year": stated_year(paper), "passages": passages.text}


def answer(prediction: dspy.Prediction, paper: Paper) -> Answer:
    """The gated answer: a yes needs a quote that is in the paper."""
    return gate.yes_or_no(STAGE, prediction.reuses_ptm, prediction.evidence, paper)
