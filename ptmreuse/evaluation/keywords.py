"""The baseline that counts words: no LM, no weights, nothing learned.

    uses_deep_learning   a sentence with a word of deep learning or the name of a deep model (asking for two was worse
                         on the train split)
    reuses_ptm           the name of a deep model
    names_ptms           every such name
    reuse_pattern        by words of pre-training, then of training, in the sentences that hold the name
    science_step         the step with the most of its words in those sentences; test where none has any

It goes through the program's gates like any answer: its quotes are sentences of the paper.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import dspy

from program import catalogue, names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.paper import Paper
from program.pipeline import Question
from program.sentences import split
from ptmreuse.evaluation.stand_in import StandIn
from ptmreuse.labelled import NONE
from signatures.labels import ModelPattern, ModelStep, Pattern, PTMMention, Step

_DEEP = re.compile(
    r"deep[ -](?:learning|neural|network|convolution)|convolutional|\b[a-z]?[cr]nns?\b|\b(?:bi)?lstm|autoencoder"
    r"|\btransformers?\b|neural network|pre-?trained|fine-?tun|generative adversarial|language model",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[Pattern, re.Pattern[str]], ...] = (
    ("adaptation", re.compile(r"pre-?train|fine-?tun|transfer|imagenet|embedding|frozen|last layer", re.IGNORECASE)),
    ("conceptual", re.compile(r"\btrain|scratch|architecture|implement", re.IGNORECASE)),
)
_STEPS: dict[Step, re.Pattern[str]] = {
    "test": re.compile(r"accura|\bF1|benchmark|baseline|outperform|compar|evaluat", re.IGNORECASE),
    "hypothesis": re.compile(r"structure|candidate|mutant|design|screen|interface", re.IGNORECASE),
    "observation": re.compile(r"survey|field|camera|recording|genome|annotat|satellite", re.IGNORECASE),
    "analysis": re.compile(r"segment|track|video|micrograph|pick|quantif", re.IGNORECASE),
    "background": re.compile(r"literature|abstracts|articles|text mining|retriev", re.IGNORECASE),
    "conclusion": re.compile(r"figure|illustrat|visuali[sz]|summar", re.IGNORECASE),
}


class Keywords(StandIn):
    """Answers about one paper by counting words."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self.paper = paper

    def read(self, models: Sequence[str]) -> str:
        """What of a paper bears on its answers: the sentences with its words, or those about models."""
        found = (
            dict.fromkeys(s for model in models for s in self._about(model)) if models else dict.fromkeys(self._deep)
        )
        about = "about the models" if models else "with its words, those with most of them first"
        head = f"(It reads the whole paper. The sentences {about}: {len(found) or 'none'})"
        return "\n".join([head, *(f"[{number}] {sentence}" for number, sentence in enumerate(found, 1))])

    def reply(self, question: Question) -> dspy.Prediction:
        """The signature's output fields."""
        return dspy.Prediction(**self._fields(question.stage, question.inputs.get("models", ())))

    def _fields(self, stage: str, models: list[str]) -> dict[str, Any]:
        deep, named = self._deep, self._named
        if stage == uses_deep_learning.STAGE:
            return {stage: bool(deep), "evidence": deep[0] if deep else NONE}
        if stage == reuses_ptm.STAGE:
            return {stage: bool(named), "evidence": next(iter(named.values()))[0] if named else NONE}
        if stage == names_ptms.STAGE:
            return {"ptms": [PTMMention(mention=name, evidence=found[0]) for name, found in named.items()]}
        if stage == reuse_pattern.STAGE:
            return {"patterns": [self._pattern(model) for model in models]}
        assert stage == science_step.STAGE  # noqa: S101 - there are five stages
        return {"steps": [self._step(model) for model in models]}

    @cached_property
    def _sentences(self) -> list[str]:
        return [sentence.text for paragraph in self.paper.paragraphs for sentence in split(paragraph.text)]

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """The deep models of the catalogue with the sentences that name them."""
        found: dict[str, list[str]] = {}
        year = self.paper.year or self.paper.latest_cited_year
        for paragraph in self.paper.paragraphs:
            mentions = [m for m in catalogue.find(paragraph.text) if m.entry.is_deep(year)]
            for sentence in split(paragraph.text) if mentions else ():
                for mention in mentions:
                    if sentence.start <= mention.start < sentence.end:
                        found.setdefault(mention.entry.name, []).append(sentence.text)
        return found

    @cached_property
    def _deep(self) -> list[str]:
        """The telling sentences, those with most words first."""
        names = {sentence: 1 for found in self._named.values() for sentence in found}
        counted = [(len(_DEEP.findall(sentence)) + names.get(sentence, 0), sentence) for sentence in self._sentences]
        return [sentence for count, sentence in sorted(counted, key=lambda each: -each[0]) if count]

    def _about(self, model: str) -> list[str]:
        """The sentences on a model: where the catalogue finds it, else where its name stands, else any."""
        spelled = [s for s in self._sentences if model.lower() in s.lower()]
        return self._named.get(model) or spelled or self._deep or self._sentences

    def _pattern(self, model: str) -> ModelPattern:
        about = self._about(model)
        for pattern, words in _PATTERNS:
            if found := [sentence for sentence in about if words.search(sentence)]:
                return ModelPattern(model=model, pattern=pattern, evidence=found[0])
        return ModelPattern(model=model, pattern="deployment", evidence=about[0])

    def _step(self, model: str) -> ModelStep:
        about = self._about(model)
        counts = {step: sum(len(words.findall(s)) for s in about) for step, words in _STEPS.items()}
        step = max(counts, key=lambda each: counts[each])  # the first of equals: test
        evidence = max(about, key=lambda s: len(_STEPS[step].findall(s)))
        return ModelStep(model=model, step=step, evidence=evidence)
