"""The screen in front of an LM that costs: the embedded LM's chance that a paper uses deep learning.

A paper whose chance reaches the threshold is a candidate, and the LM is asked all about it. To the others the screen
answers no at stage 1, as the embedded LM and with the reason `screened_out`; that answer counts as long as the LM has
given none of its own.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from dspy import lm15

from program import uses_deep_learning
from program.answers import Answer, Finding
from program.paper import Paper
from program.passages import Survey
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.compiled import load_compiled, path_of
from ptmreuse.corpus.read import Document
from ptmreuse.digests import program_digest
from ptmreuse.embedded import engine
from ptmreuse.embedded.prompt import Prompt, read_prompt
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import Key, Row
from ptmreuse.lm import EMBEDDED, LMChoice
from ptmreuse.meter import CHARACTERS_PER_TOKEN
from ptmreuse.workers import Surveyed, survey_paper

STAGE = uses_deep_learning.STAGE
SCREENED_OUT = "screened_out"


@dataclass(frozen=True)
class Screen:
    """A screen with its threshold (0 to 1) and, for the record of the run, what it rests on."""

    threshold: float
    basis: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What its answers depend on: the embedded LM, its program, and the threshold."""
        return Key(program_digest(_compiled()), f"{LMChoice().identity} {json.dumps({'screen': self.threshold})}")

    @property
    def told(self) -> dict[str, Any]:
        """What the ledger notes of it: its key, by which its answers are found, the threshold and the basis."""
        return {"program": self.key.program, "lm": self.key.lm, "threshold": self.threshold, **self.basis}

    def survey(self, document: Document) -> Surveyed | UnreadablePaper:
        """Read and survey a paper, and answer where it is no candidate; what can't be screened is a candidate."""
        read = survey_paper(document)
        if isinstance(read, UnreadablePaper) or read.survey is None:
            return read
        try:
            return replace(read, screened=self.answer(read.paper, read.survey))
        except Exception:  # noqa: BLE001 - the edge of a run: a fault of ours must not keep a paper from its LM
            return read

    def answer(self, paper: Paper, survey: Survey) -> Row | None:
        """The no to a paper that is no candidate, with its cost; None for a candidate."""
        began = time.perf_counter()
        told = look(paper, survey)
        if told.chance >= self.threshold:
            return None
        finding = Finding("", f"chance {told.chance:.4g}", None, SCREENED_OUT)
        answer = Answer(STAGE, "no", (finding,), SCREENED_OUT)
        return Row(answer, told.tokens, 0, usd=0.0, seconds=time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Look:
    """The chance (0 to 1) that a paper uses deep learning, and the tokens of the question, at 4 characters each."""

    chance: float
    tokens: int


def look(paper: Paper, survey: Survey | None = None) -> Look:
    """What the embedded LM makes of a paper, asked as a run asks it."""
    survey = survey or Survey(paper)
    predict = _program().uses_deep_learning.predict
    inputs = uses_deep_learning.inputs(paper, survey.passages())
    messages = _adapter().format(predict.signature, predict.demos, inputs)
    return Look(engine.chance(_prompt(messages)), sum(len(m["content"]) for m in messages) // CHARACTERS_PER_TOKEN)


def _prompt(messages: list[dict[str, Any]]) -> Prompt:
    return read_prompt(lm15.request_from_openai_chat({"model": EMBEDDED, "messages": messages}))


@cache
def _adapter() -> CachingChatAdapter:
    return CachingChatAdapter()


@lru_cache(maxsize=1)
def _program() -> Pipeline:
    program = Pipeline()
    if compiled := _compiled():
        load_compiled(program, compiled)
    return program


def _compiled() -> Path | None:
    """The embedded LM's compiled program, as a run with it takes it."""
    path = path_of(EMBEDDED)
    return path if path.is_file() else None
