"""The examples that a stage is compiled and scored on, made from labelled papers.

A stage's example has the input fields that the program would ask with when every stage before it is right, the true
answers as the signature types them, and two fields more: `paper_id`, and `labelled`, the `LabelledPaper`, for metrics
and feedback. No prompt shows these two; `as_demo` takes `labelled` off, which a compiled state must not carry.
"""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import dspy

from program import names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.evidence import squeeze
from program.passages import Survey
from ptmreuse.labelled import NONE, LabelledModel, LabelledPaper, development_set, trainset
from signatures.labels import ModelPattern, ModelStep, PTMMention

__all__ = [
    "LabelledModel",
    "LabelledPaper",
    "as_demo",
    "can_be_demo",
    "development_set",
    "stage_examples",
    "trainset",
]


def stage_examples(stage: str, papers: Sequence[LabelledPaper]) -> list[dspy.Example]:
    """The examples of a stage: one per paper that the stage is asked about when all answers before are right.

    The evidence is the labelled quote or, where the passages leave that out, another one that they show.
    """
    module, applies, output = _STAGES[stage]
    return [_example(module, labelled, output) for labelled in papers if applies(labelled)]


def as_demo(example: dspy.Example) -> dspy.Example:
    """An example as a compiled state may carry it: without `labelled`."""
    demo: dspy.Example = example.without("labelled") if "labelled" in example else example
    return demo


def can_be_demo(example: dspy.Example) -> bool:
    """Whether all evidence stands in the example's own passages, or is that of a no.

    A long paper's passages leave sentences out, and a user's labels may have no quotes: such an example can be scored,
    but as a demo it would show evidence that comes from nowhere.
    """
    given = [example[name] for name in _EVIDENCE if name in example]
    quotes = [item.evidence for value in given if isinstance(value, list) for item in value]
    quotes += [value for value in given if isinstance(value, str) and value != NONE]
    shown = squeeze(example.passages)
    return all(quote and squeeze(quote) in shown for quote in quotes)


def _example(module: ModuleType, labelled: LabelledPaper, output: "_Output") -> dspy.Example:
    models = [model.canonical for model in labelled.distinct] if module in _PER_MODEL else []
    passages = Survey(labelled.paper).passages(models)
    inputs = module.inputs(labelled.paper, passages, *([models] if models else []))
    shown = squeeze(passages.text)

    def evidence(*quotes: str) -> str:
        return next((quote for quote in quotes if quote and squeeze(quote) in shown), quotes[0])

    made = dspy.Example(**inputs, **output(labelled, evidence), paper_id=labelled.paper.source, labelled=labelled)
    return made.with_inputs(*inputs)


def _deep(labelled: LabelledPaper, evidence: "_Evidence") -> dict[str, Any]:
    quote = evidence(labelled.deep_quote, *labelled.all_quotes) if labelled.uses_deep_learning else NONE
    return {"uses_deep_learning": labelled.uses_deep_learning, "evidence": quote}


def _reuse(labelled: LabelledPaper, evidence: "_Evidence") -> dict[str, Any]:
    quotes = (labelled.reuse_quote, *(quote for model in labelled.required for quote in model.quotes))
    return {"reuses_ptm": labelled.reuses_ptm, "evidence": evidence(*quotes) if labelled.reuses_ptm else NONE}


def _names(labelled: LabelledPaper, evidence: "_Evidence") -> dict[str, Any]:
    given = [PTMMention(mention=m.mention, evidence=evidence(m.quote, *m.pattern_quotes)) for m in labelled.required]
    return {"ptms": given}


def _patterns(labelled: LabelledPaper, evidence: "_Evidence") -> dict[str, Any]:
    given = [
        ModelPattern(model=model.canonical, pattern=pattern, evidence=evidence(quote, model.quote))
        for model in labelled.distinct
        for pattern, quote in zip(model.patterns, model.pattern_quotes, strict=True)
    ]
    return {"patterns": given}


def _steps(labelled: LabelledPaper, evidence: "_Evidence") -> dict[str, Any]:
    given = [
        ModelStep(model=model.canonical, step=model.step, evidence=evidence(model.step_quote, *model.quotes))
        for model in labelled.distinct
    ]
    return {"steps": given}


_Evidence = Callable[..., str]
_Output = Callable[[LabelledPaper, _Evidence], dict[str, Any]]

_PER_MODEL = (reuse_pattern, science_step)
_EVIDENCE = ("evidence", "ptms", "patterns", "steps")
_STAGES: dict[str, tuple[ModuleType, Callable[[LabelledPaper], bool], _Output]] = {
    uses_deep_learning.STAGE: (uses_deep_learning, lambda _: True, _deep),
    reuses_ptm.STAGE: (reuses_ptm, lambda labelled: labelled.uses_deep_learning, _reuse),
    names_ptms.STAGE: (names_ptms, lambda labelled: bool(labelled.required), _names),
    reuse_pattern.STAGE: (reuse_pattern, lambda labelled: bool(labelled.models), _patterns),
    science_step.STAGE: (science_step, lambda labelled: bool(labelled.models), _steps),
}
