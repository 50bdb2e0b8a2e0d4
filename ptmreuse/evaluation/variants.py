"""The programs of a grid: zero-shot, joint and compiled, these with their first demos only, all with other budgets."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from program.answers import STAGES
from program.joint import Joint
from program.paper import Paper
from program.pipeline import Pipeline, surveyed
from ptmreuse.compiled import compiled_states, load_compiled
from ptmreuse.digests import program_digest
from ptmreuse.errors import UsageError
from ptmreuse.evaluation.order import JOINT, ZERO_SHOT
from ptmreuse.states import State, fresh, module_of, state_of


@dataclass(frozen=True)
class Variant:
    """A program by its name and the states of its stages, of which the joint one has none.

    `budget` is in tokens of passages; None takes a share of the paper.
    """

    name: str
    states: Mapping[str, State] = field(default_factory=dict)
    budget: int | None = None

    @property
    def joint(self) -> bool:
        """Whether one call answers all five questions."""
        return not self.states

    def pipeline(self) -> Pipeline | Joint:
        """The program itself, anew."""
        if self.joint:
            return Joint()
        made = Pipeline()
        for stage in STAGES:
            setattr(made, stage, module_of(stage, self.states[stage]))
        return made

    def digest(self, stage: str) -> str:
        """Of the code and what a stage is compiled to: the same for programs that ask this stage the same way."""
        words = [*(["joint"] if self.joint else []), *([f"budget {self.budget}"] if self.budget else [])]
        told = json.dumps(self.states.get(stage), sort_keys=True).encode()
        return f"{program_digest(None, ' '.join(words))} {hashlib.blake2b(told, digest_size=6).hexdigest()}"

    def shown(self, paper: Paper, models: Sequence[str]) -> str:
        """The passages that are shown when it is asked about these models, or about the paper."""
        survey = surveyed(paper, self.budget)
        return (survey.passages_for_all() if self.joint else survey.passages(models)).text


def variants(programs: tuple[str, ...], demos: tuple[int, ...], budgets: tuple[int, ...] = ()) -> list[Variant]:
    """Zero-shot, joint, and each compiled file, which is there once whole and once for each number of demos.

    Each is there with the usual budget and with each of `budgets`. Raises UsageError for a file that is no compiled
    program, and for a number of demos without one.
    """
    if demos and set(programs) <= {ZERO_SHOT, JOINT}:
        given = " ".join(map(str, demos))
        raise UsageError(f"--demos {given}: cuts the demos of a compiled program; give one with --program FILE")
    several = [variant for program in dict.fromkeys(programs) for variant in _of(program, programs, demos)]
    return [each for variant in several for each in _with_budgets(variant, budgets)]


def _of(program: str, programs: tuple[str, ...], demos: tuple[int, ...]) -> list[Variant]:
    if program == ZERO_SHOT:
        return [Variant(ZERO_SHOT, {stage: state_of(fresh(stage)) for stage in STAGES})]
    if program == JOINT:
        return [Variant(JOINT)]
    load_compiled(Pipeline(), Path(program))  # says what is wrong with it
    compiled = compiled_states(Path(program))
    states = {stage: state_of(module_of(stage, compiled[stage])) for stage in STAGES}
    name = _name(program, programs)
    return [Variant(name, states), *(_cut(name, states, number) for number in dict.fromkeys(demos))]


def _cut(name: str, states: Mapping[str, State], number: int) -> Variant:
    shown = f"{name}, {number} demo{'' if number == 1 else 's'}"
    return Variant(shown, {stage: {**state, "demos": state["demos"][:number]} for stage, state in states.items()})


def _with_budgets(variant: Variant, budgets: tuple[int, ...]) -> Iterator[Variant]:
    yield variant
    for budget in dict.fromkeys(budgets):
        yield replace(variant, name=f"{variant.name}, {budget} tokens", budget=budget)


def _name(program: str, programs: tuple[str, ...]) -> str:
    """The file's name where that tells it from the others, else the path as given."""
    name = Path(program).name
    return name if sum(Path(other).name == name for other in {*programs}) == 1 else program
