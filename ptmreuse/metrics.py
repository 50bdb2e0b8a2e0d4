"""How right a stage's answer is, by the labels: a score per example, and a summary of many.

An answer counts as the program would take it: through the evidence gate, by canonical name. A yes whose quote is not
in the paper is therefore no yes, and a model whose quote is not in the paper is not listed.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

import dspy

from program import names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.answers import Answer, unresolved
from program.catalogue import canonical
from ptmreuse.labelled import LabelledModel, LabelledPaper

MODULES: dict[str, ModuleType] = {
    module.STAGE: module for module in (uses_deep_learning, reuses_ptm, names_ptms, reuse_pattern, science_step)
}
FAILED = "failed"  # the reason of an answer that never came


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage got right about one paper.

    `score` is 0 to 1. `true`, `given` and `both` count answers by kind: yes in stages 1 and 2, names in stage 3,
    patterns in stage 4, steps in stage 5; `both` are those that are true and given.
    """

    score: float
    true: Counter[str]
    given: Counter[str]
    both: Counter[str]


def score(stage: str, example: dspy.Example, prediction: dspy.Prediction) -> float:
    """How right an answer is, 0 to 1.

    Stages 1 and 2: right or wrong. Stage 3: F1 of the canonical names. Stages 4 and 5: share of the models whose set of
    patterns, or whose step, is right.
    """
    return outcome(stage, example, prediction).score


def outcome(stage: str, example: dspy.Example, prediction: dspy.Prediction) -> Outcome:
    """The score with what it is made from. `example` is one of `stage_examples`."""
    return _OUTCOMES[stage](example.labelled, answered(stage, example, prediction))


def answered(stage: str, example: dspy.Example, prediction: dspy.Prediction) -> Answer:
    """A prediction as the program would take it; an empty one is a call that failed."""
    if not prediction.keys():
        return unresolved(stage, FAILED)
    given = (example.models,) if "models" in example else ()
    answer: Answer = MODULES[stage].answer(prediction, example.labelled.paper, *given)
    return answer


def summary(stage: str, outcomes: Iterable[Outcome]) -> dict[str, float]:
    """`accuracy` (mean score, 0 to 1) and `f1` (0 to 1) of many outcomes of a stage, and `n`, their number.

    `f1` is of the answer yes in stages 1 and 2, of all names in stage 3, of all pairs of model and pattern in stage 4
    (micro-averaged), and the mean over the steps that occur in stage 5 (macro-averaged).
    """
    several = list(outcomes)
    true, given, both = (_summed(getattr(each, name) for each in several) for name in ("true", "given", "both"))
    kinds = sorted(true | given) if stage == science_step.STAGE else []
    pooled = f1_of(true.total(), given.total(), both.total())
    f1 = _mean([f1_of(true[kind], given[kind], both[kind]) for kind in kinds]) if kinds else pooled
    return {"accuracy": _mean([each.score for each in several]), "f1": f1, "n": len(several)}


def f1_of(true: float, given: float, both: float) -> float:
    """F1 from the number of true, given, and rightly given answers; 1 where nothing is true and nothing given."""
    return 2 * both / (true + given) if true + given else 1.0


def names_of(model: LabelledModel) -> set[str]:
    """Every canonical name by which a labelled model may be listed."""
    return {canonical(name).name for name in (model.name, *model.also)}


def _summed(counters: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counters, Counter())


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _yes_or_no(truth: bool, answer: Answer) -> Outcome:
    yes = answer.value == "yes"
    right = answer.value == ("yes" if truth else "no")
    true, given, both = (Counter({"yes": int(number)}) for number in (truth, yes, truth and yes))
    return Outcome(float(right), true, given, both)


def _names(labelled: LabelledPaper, answer: Answer) -> Outcome:
    """A model counts once, under any of its names; an optional one is neither required nor an error."""
    given = {finding.model for finding in answer.resolved}
    optional = {name for model in labelled.models if model.optional for name in names_of(model)}
    hits = 0
    for model in labelled.required:
        found = given & names_of(model)
        hits += bool(found)
        given -= found
    numbers = (len(labelled.required), hits + len(given - optional), hits)
    true, listed, both = (Counter({"name": number}) for number in numbers)
    return Outcome(f1_of(*numbers), true, listed, both)


def _per_model(labelled: LabelledPaper, answer: Answer, truth: Callable[[LabelledModel], set[str]]) -> Outcome:
    """Every model that was asked about, by its canonical name; two labelled models of one name are one."""
    asked: dict[str, set[str]] = {}
    for model in labelled.models:
        asked.setdefault(model.canonical, set()).update(truth(model))
    given: dict[str, set[str]] = {name: set() for name in asked}
    for finding in answer.resolved:
        given[finding.model].add(finding.value)
    right = sum(given[name] == values for name, values in asked.items())
    return Outcome(
        right / len(asked),
        Counter(value for values in asked.values() for value in values),
        Counter(value for values in given.values() for value in values),
        Counter(value for name, values in asked.items() for value in values & given[name]),
    )


_OUTCOMES: dict[str, Callable[[LabelledPaper, Answer], Outcome]] = {
    uses_deep_learning.STAGE: lambda labelled, answer: _yes_or_no(labelled.uses_deep_learning, answer),
    reuses_ptm.STAGE: lambda labelled, answer: _yes_or_no(labelled.reuses_ptm, answer),
    names_ptms.STAGE: _names,
    reuse_pattern.STAGE: lambda labelled, answer: _per_model(labelled, answer, lambda model: set(model.patterns)),
    science_step.STAGE: lambda labelled, answer: _per_model(labelled, answer, lambda model: {model.step}),
}
