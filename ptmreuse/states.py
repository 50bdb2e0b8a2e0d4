"""The compiled state of one stage: instructions and demos as plain JSON values, never an LM.

A candidate is always scored as the module that its state gives, so that what is saved is what was scored.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dspy

from program.pipeline import Pipeline

State = dict[str, Any]

_RUN = 8  # words in a row that an instruction may share with a training paper by chance


def fresh(stage: str) -> dspy.Module:
    """A stage of the program as its signature says, zero-shot."""
    return getattr(Pipeline(), stage)


def state_of(module: dspy.Module) -> State:
    """The state of a stage, of which demos keep the signature's fields only."""
    (predictor,) = module.predictors()
    names = {*predictor.signature.fields, "augmented"}
    state: State = json.loads(json.dumps(predictor.dump_state(), default=str))
    demos = [{name: value for name, value in demo.items() if name in names} for demo in state["demos"]]
    return {"traces": [], "train": [], "demos": demos, "signature": state["signature"], "lm": None}


def module_of(stage: str, state: State) -> dspy.Module:
    """A stage with this state."""
    module = fresh(stage)
    module.predict.load_state(json.loads(json.dumps(state)))
    return module


def instructions_of(state: State) -> str:
    """The instructions of a state."""
    return str(state["signature"]["instructions"])


def paper_of(fields: Mapping[str, Any]) -> tuple[str, str]:
    """What tells the paper of an example or demo: its title and passages as they are shown."""
    return str(fields["title"]), str(fields["passages"])


def strangers(state: State, train: Iterable[Mapping[str, Any]]) -> list[str]:
    """The titles of the demos that are not of the training papers."""
    known = {paper_of(example) for example in train}
    return [paper_of(demo)[0] for demo in state["demos"] if paper_of(demo) not in known]


def copied(state: State, zero_shot: State, texts: Iterable[str]) -> list[str]:
    """The runs of eight or more words that new instructions share with one of the texts: each once, as written."""
    known = _runs(instructions_of(zero_shot).lower().split())
    words = instructions_of(state).split()
    shown = {run for text in texts for run in _runs(text.lower().split())}
    found: list[str] = []
    end = 0
    for at in range(len(words) - _RUN + 1):
        run = tuple(word.lower() for word in words[at : at + _RUN])
        if run in shown and run not in known:
            if at < end:
                found[-1] += f" {words[at + _RUN - 1]}"
            else:
                found.append(" ".join(words[at : at + _RUN]))
            end = at + _RUN
    return list(dict.fromkeys(found))


def _runs(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
