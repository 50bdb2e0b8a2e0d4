"""A program that answers without an LM, through the same questions and gates as ours."""

from collections.abc import Callable, Collection, Mapping

from program.answers import STAGES, Answer
from program.paper import Paper
from program.pipeline import Asked, Program, ask


class StandIn(Program):
    """The staged questions; a baseline replies to them by itself."""

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
