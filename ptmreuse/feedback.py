"""What the labels say about an answer, in words: what was missed, which rule of the codebook decides, and the quote."""

from collections.abc import Iterator

import dspy

from program import gate, names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.answers import Answer
from ptmreuse.labelled import LabelledModel, LabelledPaper
from ptmreuse.metrics import FAILED, answered, names_of

_RIGHT = "Right."
_COPY = "The quote is not in the paper: copy one sentence or part of it from the passages, character for character."
_UNREADABLE = "There was no answer that could be read: fill every output field in the format that is asked for."

_DEEP = (
    "It counts when the authors themselves train, fine-tune, run, or take features from a network with two or more "
    "hidden layers, also inside a tool whose engine is one."
)
_NOT_DEEP = (
    "What others did, citations, outlooks, copied numbers, networks with one hidden layer and shallow tools or tool "
    "versions do not count."
)
_REUSE = (
    "A named model that was published before and is rebuilt, changed, or run as it is, also as a baseline, is reuse."
)
_NO_REUSE = (
    "Their own network, trained from scratch, is no reuse; classes of models (CNN, LSTM, GAN, transformer) are no "
    "names, and neither citation nor inspiration is reuse."
)
_LISTED = "Every reused model is listed once, baselines and parts of a pipeline too, with its version where given."
_NOT_LISTED = (
    "Models that are only cited or compared with, classes of models, shallow tools, the authors' own networks, and a "
    "tool beside the model that it wraps are left out."
)
_PATTERNS = {
    "conceptual": "the architecture is rebuilt and trained anew, and no published weights are loaded",
    "adaptation": "published weights are loaded and changed or put to a new task, or their features are used",
    "deployment": "the published model is run as it is on its own task, or its published predictions are used",
}
_STEPS = {
    "observation": "it turns recordings of nature into the data that the study starts from",
    "background": "it finds, reads or organises prior knowledge",
    "hypothesis": "it generates or ranks candidates or explanations that are then to be tested",
    "test": "running it is the experiment, or its predictions decide whether a claim holds or start a simulation",
    "analysis": "it processes data of the authors' own experiment so that the result can be read",
    "conclusion": "it reports or illustrates the finished result",
}


def feedback(stage: str, example: dspy.Example, prediction: dspy.Prediction) -> str:
    """One paragraph about an answer to an example of a stage."""
    answer = answered(stage, example, prediction)
    if answer.reason == FAILED:
        return _UNREADABLE
    said = list(_SAID[stage](example.labelled, answer))
    if any(finding.reason == gate.NOT_FOUND for finding in answer.findings):
        said.append(_COPY)
    return " ".join(said) or _RIGHT


def _deep(labelled: LabelledPaper, answer: Answer) -> Iterator[str]:
    if labelled.uses_deep_learning and answer.value == "no":
        yield f"The answer is True. {_DEEP}{_shown(labelled.deep_quote)}"
    if not labelled.uses_deep_learning and answer.value != "no":
        yield f"The answer is False. {_NOT_DEEP}{_taken(answer)}"


def _reuse(labelled: LabelledPaper, answer: Answer) -> Iterator[str]:
    if labelled.reuses_ptm and answer.value == "no":
        yield f"The answer is True. {_REUSE}{_shown(labelled.reuse_quote)}"
    if not labelled.reuses_ptm and answer.value != "no":
        yield f"The answer is False. {_NO_REUSE}{_taken(answer)}"


def _names(labelled: LabelledPaper, answer: Answer) -> Iterator[str]:
    given = {finding.model for finding in answer.findings}
    for model in labelled.required:
        if not given & names_of(model):
            yield f"{model.canonical} is missing. {_LISTED}{_shown(model.quote)}"
    known = {name for model in labelled.models for name in names_of(model)}
    for name in sorted(given - known):
        yield f"{name} does not belong in the list. {_NOT_LISTED}"


def _patterns(labelled: LabelledPaper, answer: Answer) -> Iterator[str]:
    for model in labelled.models:
        given = _given(answer, model)
        for pattern, quote in zip(model.patterns, model.pattern_quotes, strict=True):
            if pattern not in given:
                yield f"{model.canonical} is reused by {pattern}: {_PATTERNS[pattern]}.{_shown(quote)}"
        for value in sorted(given - set(model.patterns)):
            yield f"{model.canonical} is not reused by {value}, which is when {_PATTERNS[value]}."


def _steps(labelled: LabelledPaper, answer: Answer) -> Iterator[str]:
    for model in labelled.models:
        for value in sorted(_given(answer, model) - {model.step}):
            told = f"The step of {model.canonical} is {model.step}, when {_STEPS[model.step]}; not {value}, when "
            yield f"{told}{_STEPS[value]}.{_shown(model.step_quote)}"
        if not _given(answer, model):
            yield f"The step of {model.canonical} is missing: {model.step}, when {_STEPS[model.step]}."


def _given(answer: Answer, model: LabelledModel) -> set[str]:
    return {finding.value for finding in answer.findings if finding.model == model.canonical and finding.value}


def _shown(quote: str) -> str:
    return f' The paper says: "{quote}"' if quote else ""


def _taken(answer: Answer) -> str:
    quotes = [finding.evidence.quote for finding in answer.resolved if finding.evidence]
    return f' This is no evidence: "{quotes[0]}"' if quotes else ""


_SAID = {
    uses_deep_learning.STAGE: _deep,
    reuses_ptm.STAGE: _reuse,
    names_ptms.STAGE: _names,
    reuse_pattern.STAGE: _patterns,
    science_step.STAGE: _steps,
}
