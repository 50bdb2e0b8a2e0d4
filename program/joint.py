"""All five stages in one call: the program's other form, for telling what asking one by one is worth.

    paper ─ passages ─ all five ─ gates of uses_deep_learning, reuses_ptm, names_ptms, reuse_pattern, science_step

The reply goes through the same gates as in `program.pipeline`, in stage order: behind a no nothing counts, whatever the
LM lists. When a quote is not in the paper the one question is asked once more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import dspy

from program import gate, names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.answers import STAGES, Answer, unresolved
from program.paper import Paper
from program.passages import Passages, stated_title, stated_year
from program.pipeline import Asked, Failure, Program, Question, Reply, needs, reminded, surveyed, unanswered
from program.stage import Stage
from signatures.all_five import AllFive as Signature
from signatures.labels import ModelPattern, ModelStep

ALL_FIVE = "all_five"  # what a question of this program has in the place of its stage


class AllFive(Stage):
    """Ask the five questions of one paper's passages."""

    signature = Signature


class Joint(Program):
    """The program in one call. Its JSON state has the one key `all_five.predict`."""

    def __init__(self) -> None:
        super().__init__()
        self.all_five = AllFive()

    def asking(
        self,
        paper: Paper,
        stages: Collection[str] = STAGES,
        known: Mapping[str, Answer] | None = None,
        record: Callable[[Answer], None] = lambda _: None,
        budget: int | None = None,
    ) -> Asked:
        """`ask_jointly`."""
        return ask_jointly(paper, stages, known, record, budget)


def ask_jointly(
    paper: Paper,
    stages: Collection[str] = STAGES,
    known: Mapping[str, Answer] | None = None,
    record: Callable[[Answer], None] = lambda _: None,
    budget: int | None = None,
) -> Asked:
    """Yield the one question about a paper, take its reply, and return the answers in stage order.

    As `program.pipeline.ask`: only `stages` and those that they need are answered, a stage in `known` keeps its answer,
    `record` is called with each new one, `budget` is in tokens. There is no question when all is known.
    """
    known, needed = known or {}, needs(stages)
    if not unanswered(known, stages):
        return tuple(known[stage] for stage in STAGES if stage in known and stage in needed)
    asked = inputs(paper, surveyed(paper, budget).passages_for_all())
    found = tuple(_gated((yield Question(ALL_FIVE, asked)), paper, needed, known))
    if any(finding.reason == gate.NOT_FOUND for answer in _new(found, known) for finding in answer.findings):
        reply = yield Question(ALL_FIVE, reminded(asked), again=True)
        if not isinstance(reply, Failure):
            found = _better(found, tuple(_gated(reply, paper, needed, known)))
    for answer in _new(found, known):
        record(answer)
    return found


def inputs(paper: Paper, passages: Passages) -> dict[str, Any]:
    """The signature's input fields for a paper."""
    return {"title": stated_title(paper), "year": stated_year(paper), "passages": passages.text}


def _gated(reply: Reply, paper: Paper, needed: Collection[str], known: Mapping[str, Answer]) -> Iterator[Answer]:
    """The answers of a reply up to the first that is no yes; stages 4 and 5 are about the models of stage 3."""

    def answered(module: ModuleType, *given: Any) -> Answer:
        if known_answer := known.get(module.STAGE):
            return known_answer
        if isinstance(reply, Failure):
            return unresolved(module.STAGE, reply.reason)
        answer: Answer = module.answer(_part(module.STAGE, reply), paper, *given)
        return answer

    answer = None
    for module in (uses_deep_learning, reuses_ptm, names_ptms):
        if module.STAGE not in needed:
            return
        yield (answer := answered(module))
        if answer.value != "yes":
            return
    models = [finding.model for finding in answer.resolved] if answer else []
    yield from (answered(module, models) for module in (reuse_pattern, science_step) if module.STAGE in needed)


def _part(stage: str, reply: dspy.Prediction) -> dspy.Prediction:
    """What a reply says to one stage, in that stage's own fields."""
    if stage in (uses_deep_learning.STAGE, reuses_ptm.STAGE):
        return dspy.Prediction(**{stage: reply[stage], "evidence": reply[f"{stage}_evidence"]})
    patterns: list[ModelPattern] = [_by_canonical_name(item, reply) for item in reply.patterns]
    steps: list[ModelStep] = [_by_canonical_name(item, reply) for item in reply.steps]
    return dspy.Prediction(ptms=reply.ptms, patterns=patterns, steps=steps)


def _by_canonical_name(item: Any, reply: dspy.Prediction) -> Any:
    """An item about a mention as one about the model that stage 3 takes the mention for."""
    return item.model_copy(update={"model": names_ptms.meant(item.model, reply.ptms).name})


def _new(answers: Iterable[Answer], known: Mapping[str, Answer]) -> list[Answer]:
    return [answer for answer in answers if answer.stage not in known]


def _better(first: tuple[Answer, ...], second: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """The second reply's answers where more of them have evidence, or a no stands where the first was unresolved."""
    more = _resolved(second) > _resolved(first)
    return second if more or (len(second) == len(first) and second[-1].value == "no") else first


def _resolved(answers: Iterable[Answer]) -> int:
    return sum(len(answer.resolved) for answer in answers)
