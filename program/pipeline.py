"""The five stages with their gates.

    paper ─ passages ─ uses_deep_learning ─yes─ reuses_ptm ─yes─ names_ptms ─yes─ passages on models ─┬ reuse_pattern
                                                                                                      └ science_step

`ask` walks this order for one paper without calling anything: it yields the questions and is sent the replies, so that
a loop, a process pool or an event loop can carry the same program.
"""

from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeAlias

import dspy

from program import gate, names_ptms, reuse_pattern, reuses_ptm, science_step, uses_deep_learning
from program.answers import STAGES, Answer, PaperLabels, unresolved
from program.paper import Paper
from program.passages import Survey


@dataclass(frozen=True, slots=True)
class Question:
    """One call to make: the stage and its input fields; `again` when the first answer's quote was not in the paper."""

    stage: str
    inputs: dict[str, Any]
    again: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The reply to a question whose call failed; the stage is then unresolved with this reason."""

    reason: str


Reply: TypeAlias = dspy.Prediction | Failure
Asking = Generator[Question, Reply, Answer]
Asked = Generator[Question, Reply, tuple[Answer, ...]]

_AT_ONCE = 32  # papers that are asked about at the same time, or nearly


@lru_cache(maxsize=_AT_ONCE)
def surveyed(paper: Paper, budget: int | None = None) -> Survey:
    """A paper's survey, made once for questions that come one by one."""
    return Survey(paper, budget)


class Program(dspy.Module):
    """What carries the questions of `asking` to an LM: the staged program below, or `program.joint`."""

    def asking(
        self,
        paper: Paper,
        stages: Collection[str] = STAGES,
        known: Mapping[str, Answer] | None = None,
        record: Callable[[Answer], None] = lambda _: None,
        budget: int | None = None,
    ) -> Asked:
        """The questions about one paper, as `ask` yields them."""
        raise NotImplementedError

    def forward(self, paper: Paper) -> PaperLabels:
        """The answers about one paper; an error of the LM is raised."""
        asking = self.asking(paper)
        try:
            question = next(asking)
            while True:
                question = asking.send(self.reply(question))
        except StopIteration as done:
            return PaperLabels(done.value)

    def reply(self, question: Question) -> dspy.Prediction:
        """Call the stage that a question is for."""
        return getattr(self, question.stage)(**question.inputs)

    async def areply(self, question: Question) -> dspy.Prediction:
        """Call the stage that a question is for, awaited."""
        return await getattr(self, question.stage).acall(**question.inputs)


class Pipeline(Program):
    """The program: one attribute per stage, named by its stem. Its JSON state has the same keys."""

    def __init__(self) -> None:
        super().__init__()
        self.uses_deep_learning = uses_deep_learning.UsesDeepLearning()
        self.reuses_ptm = reuses_ptm.ReusesPTM()
        self.names_ptms = names_ptms.NamesPTMs()
        self.reuse_pattern = reuse_pattern.ReusePattern()
        self.science_step = science_step.ScienceStep()

    def asking(
        self,
        paper: Paper,
        stages: Collection[str] = STAGES,
        known: Mapping[str, Answer] | None = None,
        record: Callable[[Answer], None] = lambda _: None,
        budget: int | None = None,
    ) -> Asked:
        """`ask`."""
        return ask(paper, stages, known, record, budget)


def ask(
    paper: Paper,
    stages: Collection[str] = STAGES,
    known: Mapping[str, Answer] | None = None,
    record: Callable[[Answer], None] = lambda _: None,
    budget: int | None = None,
    survey: Survey | None = None,
) -> Asked:
    """Yield each question about a paper, take its reply, and return the answers in stage order.

    Only `stages` and those that they need are asked; a stage in `known` is not asked again; `record` is called with
    each new answer at once. `budget` is how many tokens of passages a stage sees, by default a share of the paper's;
    `survey` is the paper's, where it was made before.
    """
    answers: dict[str, Answer] = {}
    known = known or {}

    def answered(module: ModuleType, *given: Any) -> Generator[Question, Reply, Answer]:
        answer = known.get(module.STAGE) or (yield from _gated(module, paper, *given))
        if module.STAGE not in known:
            record(answer)
        answers[module.STAGE] = answer
        return answer

    needed = needs(stages)
    survey = survey or surveyed(paper, budget)
    passages = survey.passages(budget=budget)
    for module in (uses_deep_learning, reuses_ptm, names_ptms):
        if module.STAGE not in needed or (yield from answered(module, passages)).value != "yes":
            return tuple(answers.values())
    models = [finding.model for finding in answers[names_ptms.STAGE].resolved]
    passages = survey.passages(models, budget)
    for module in (reuse_pattern, science_step):
        if module.STAGE in needed:
            yield from answered(module, passages, models)
    return tuple(answers.values())


def needs(stages: Collection[str]) -> frozenset[str]:
    """The given stages and those that must be answered before them."""
    gates = STAGES[:3]
    last = max(min(STAGES.index(stage), len(gates)) for stage in stages)
    return frozenset(stages) | frozenset(gates[:last])


def unanswered(known: Mapping[str, Answer], stages: Collection[str] = STAGES) -> tuple[str, ...]:
    """The stages that `ask` would put a question for next, given these answers; () when the paper is finished."""
    needed = needs(stages)
    for stage in STAGES[:3]:
        if stage not in needed:
            return ()
        if stage not in known:
            return (stage,)
        if known[stage].value != "yes":
            return ()
    return tuple(stage for stage in STAGES[3:] if stage in needed and stage not in known)


def _gated(module: ModuleType, paper: Paper, *given: Any) -> Asking:
    """Ask a stage; when a quote is not in the paper ask once more with the reason, and take the better answer."""
    stage: str = module.STAGE
    inputs = module.inputs(paper, *given)
    reply = yield Question(stage, inputs)
    if isinstance(reply, Failure):
        return unresolved(stage, reply.reason)
    first: Answer = module.answer(reply, paper, *given[1:])
    if not any(finding.reason == gate.NOT_FOUND for finding in first.findings):
        return first
    reply = yield Question(stage, reminded(inputs), again=True)
    if isinstance(reply, Failure):
        return first
    second: Answer = module.answer(reply, paper, *given[1:])
    return second if len(second.resolved) > len(first.resolved) or second.value == "no" else first


def reminded(inputs: dict[str, Any]) -> dict[str, Any]:
    """The input fields of a question that is asked again, with the reason."""
    reminder = "(Your last answer had a quote that is not in these passages. Copy every quote character for character.)"
    return inputs | {"passages": f"{inputs['passages']}\n{reminder}"}
