"""The programs of a grid: zero-shot, compiled, and compiled with its first demos only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.compiled import compiled_states, load_compiled
from ptmreuse.digests import program_digest
from ptmreuse.errors import UsageError
from ptmreuse.evaluation.order import ZERO_SHOT
from ptmreuse.states import State, fresh, module_of, state_of


@dataclass(frozen=True)
class Variant:
    """A program by its name and the states of its stages."""

    name: str
    states: Mapping[str, State]

    def pipeline(self) -> Pipeline:
        """The program itself, anew."""
        made = Pipeline()
        for stage in STAGES:
            setattr(made, stage, module_of(stage, self.states[stage]))
        return made

    def digest(self, stage: str) -> str:
        """Of the code and what a stage is compiled to: the same for programs that ask this stage the same way."""
        told = json.dumps(self.states[stage], sort_keys=True).encode()
        return f"{program_digest(None)} {hashlib.blake2b(told, digest_size=6).hexdigest()}"


def variants(programs: tuple[str, ...], demos: tuple[int, ...]) -> list[Variant]:
    """Zero-shot and each compiled file, which is there once whole and once for each number of demos.

    Raises UsageError for a file that is no compiled program, and for a number of demos without one.
    """
    if demos and set(programs) <= {ZERO_SHOT}:
        given = " ".join(map(str, demos))
        raise UsageError(f"--demos {given}: cuts the demos of a compiled program; give one with --program FILE")
    return [variant for program in dict.fromkeys(programs) for variant in _of(program, programs, demos)]


def _of(program: str, programs: tuple[str, ...], demos: tuple[int, ...]) -> list[Variant]:
    if program == ZERO_SHOT:
        return [Variant(ZERO_SHOT, {stage: state_of(fresh(stage)) for stage in STAGES})]
    load_compiled(Pipeline(), Path(program))  # says what is wrong with it
    compiled = compiled_states(Path(program))
    states = {stage: state_of(module_of(stage, compiled[stage])) for stage in STAGES}
    name = _name(program, programs)
    return [Variant(name, states), *(_cut(name, states, number) for number in dict.fromkeys(demos))]


def _cut(name: str, states: Mapping[str, State], number: int) -> Variant:
    shown = f"{name}, {number} demo{'' if number == 1 else 's'}"
    return Variant(shown, {stage: {**state, "demos": state["demos"][:number]} for stage, state in states.items()})


def _name(program: str, programs: tuple[str, ...]) -> str:
    """The file's stem where that tells it from the others, else the path as given."""
    stem = Path(program).stem
    several = {other for other in programs if other == stem or Path(other).stem == stem}
    return stem if len(several) == 1 else program
