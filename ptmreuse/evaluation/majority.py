"""The baseline that always gives the commonest answer of the train split, and quotes the paper's first sentence.

The quote is verbatim and worth nothing, which the share of quotes that overlap a labelled one shows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import dspy

from program import names_ptms, reuse_pattern, reuses_ptm, uses_deep_learning
from program.evidence import MIN_QUOTE, squeeze
from program.paper import Paper
from program.pipeline import Question
from program.sentences import split
from ptmreuse.evaluation.stand_in import StandIn
from ptmreuse.labelled import NONE, LabelledPaper
from signatures.labels import ModelPattern, ModelStep, Pattern, PTMMention, Step


@dataclass(frozen=True)
class Commonest:
    """The commonest true answer of each stage among the papers, or models, that it is asked about."""

    uses_deep_learning: bool
    reuses_ptm: bool
    model: str
    pattern: Pattern
    step: Step


def commonest(train: Sequence[LabelledPaper]) -> Commonest:
    """Of papers of which some reuse a model; of equals the first by name."""
    models = [model for labelled in train for model in labelled.distinct]
    return Commonest(
        _most(labelled.uses_deep_learning for labelled in train),
        _most(labelled.reuses_ptm for labelled in train if labelled.uses_deep_learning),
        _most(model.canonical for model in models),
        _most(pattern for model in models for pattern in model.patterns),
        _most(model.step for model in models),
    )


def _most(answers: Iterable[Any]) -> Any:
    counts = Counter(answers)
    return min(counts, key=lambda answer: (-counts[answer], answer))


class Majority(StandIn):
    """Answers about one paper with what is commonest."""

    def __init__(self, paper: Paper, answers: Commonest) -> None:
        super().__init__()
        self.answers, self.quote = answers, _first_sentence(paper)

    def reply(self, question: Question) -> dspy.Prediction:
        """The signature's output fields."""
        return dspy.Prediction(**self._fields(question.stage, question.inputs.get("models", ())))

    def _fields(self, stage: str, models: Sequence[str]) -> dict[str, Any]:
        answers, quote = self.answers, self.quote
        if stage in (uses_deep_learning.STAGE, reuses_ptm.STAGE):
            yes = getattr(answers, stage)
            return {stage: yes, "evidence": quote if yes else NONE}
        if stage == names_ptms.STAGE:
            return {"ptms": [PTMMention(mention=answers.model, evidence=quote)]}
        if stage == reuse_pattern.STAGE:
            return {"patterns": [ModelPattern(model=m, pattern=answers.pattern, evidence=quote) for m in models]}
        return {"steps": [ModelStep(model=m, step=answers.step, evidence=quote) for m in models]}


def read(paper: Paper) -> str:
    """What of a paper bears on its answers."""
    return f"(Nothing of the paper bears on the answer; the quote is its first sentence.)\n{_first_sentence(paper)}"


def _first_sentence(paper: Paper) -> str:
    """The first that is long enough to be a quote at all."""
    sentences = (sentence.text for paragraph in paper.paragraphs for sentence in split(paragraph.text))
    return next((text for text in sentences if len(squeeze(text)) >= MIN_QUOTE), "")
