"""What an optimizer is given: one stage, its examples, and how much to try.

The examples that optimizers see are bare: some of DSPy's would show an LM every field of an example, labels and all.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dspy

from ptmreuse.examples import can_be_demo
from ptmreuse.metrics import score
from ptmreuse.states import fresh, paper_of


@dataclass(frozen=True)
class Task:
    """One stage to compile.

    `train` and `val` are of `stage_examples`; `demos` is the most that a prompt may have, `trials` how many candidates
    to try where the optimizer has a choice, `threads` how many calls to make at once. On `guard`, examples that no
    optimizer sees, a new state must not be worse than zero-shot.
    """

    stage: str
    train: Sequence[dspy.Example]
    val: Sequence[dspy.Example]
    lm: dspy.LM
    demos: int = 16
    trials: int = 16
    seed: int = 0
    threads: int = 1
    guard: Sequence[dspy.Example] = ()

    def student(self) -> dspy.Module:
        """The stage zero-shot."""
        return fresh(self.stage)

    def pool(self) -> list[dspy.Example]:
        """The training examples that can be demos, bare, in an order that the seed gives."""
        found = [self.bare(example) for example in self.train if can_be_demo(example)]
        random.Random(self.seed).shuffle(found)  # noqa: S311 - no secret hangs on it
        return found

    def bare(self, example: dspy.Example) -> dspy.Example:
        """An example with the signature's fields only."""
        names = self.student().predict.signature.fields
        given = {name: value for name, value in example.items() if name in names}
        return dspy.Example(**given).with_inputs(*example.inputs())

    def labelled(self, example: dspy.Example) -> dspy.Example:
        """A bare example with its labels."""
        return self._by_paper[paper_of(example)]

    @cached_property
    def _by_paper(self) -> dict[tuple[str, str], dspy.Example]:
        return {paper_of(example): example for example in (*self.train, *self.val)}

    def metric(self, example: dspy.Example, prediction: dspy.Prediction | None, trace: Any = None) -> float:
        """The score of an answer to a bare example, as DSPy's optimizers ask for it."""
        del trace
        return score(self.stage, self.labelled(example), prediction or dspy.Prediction())
