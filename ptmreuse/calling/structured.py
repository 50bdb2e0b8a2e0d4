"""Ask with the JSON schema of the answer, for servers that keep to one: then no reply is unreadable."""

from collections.abc import Collection, Mapping

import dspy

from program.pipeline import Pipeline
from ptmreuse.adapter import StructuredAdapter
from ptmreuse.calling.asking import Asker

VARIANT = "structured"  # what the program's digest has for it: the prompt asks for JSON


class StructuredAsker(Asker):
    """Like `Asker`, with the schema in every first question; the one repair asks for JSON without it."""

    def __init__(self, program: Pipeline, lms: Mapping[str, dspy.LM], stages: Collection[str]) -> None:
        super().__init__(program, lms, stages)
        self._adapter = StructuredAdapter()
