"""The MLflow model: one paper a row in, the program's answers out. What the registry keeps of it is code and JSON."""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import dspy
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.types.schema import AnyType, ColSpec, DataType, Schema

from program.answers import STAGES, Answer
from program.paper import Paper
from program.pipeline import Pipeline
from ptmreuse.adapter import CachingChatAdapter
from ptmreuse.answering import answer_paper
from ptmreuse.compiled import load_compiled
from ptmreuse.corpus.document import Document, paper_suffix
from ptmreuse.digests import program_digest
from ptmreuse.errors import UnreadablePaper
from ptmreuse.ledger import Row
from ptmreuse.lm import LMChoice
from ptmreuse.workers import read_paper

COMPILED = "compiled"  # the artifact's name; its file is compiled.json
LM, API_BASE = "lm", "api_base"  # names in the model's configuration

_TEXT = partial(ColSpec, DataType.string)
_ANY = partial(ColSpec, AnyType())  # type: ignore[no-untyped-call]
SIGNATURE = ModelSignature(
    Schema([_TEXT("document"), ColSpec(DataType.string, "source", required=False)]),
    Schema(
        [
            *map(
                _TEXT, ("source", "status", "detail", "doi", "title", "text_hash", "uses_deep_learning", "reuses_ptm")
            ),
            *map(_ANY, ("models", "answers")),
            *map(_TEXT, ("program", "lm")),
        ]
    ),
)

_PDF = base64.b64encode(b"%PDF-1")[:7].decode()
_ENCODING = re.compile(r"""^(\s*<\?xml[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')""")


class PaperModel(PythonModel):
    """The compiled program with its LM. Keys come from the environment of the process that answers."""

    def load_context(self, context: PythonModelContext) -> None:
        """Build the program and the LM once. Raises UsageError when they can't be built."""
        compiled, config = Path(context.artifacts[COMPILED]), context.model_config or {}
        choice = LMChoice(config[LM], config.get(API_BASE, ""))
        self._pipeline = Pipeline()
        load_compiled(self._pipeline, compiled)
        self._told = {"program": program_digest(compiled), "lm": choice.identity}
        self._asking = {"lm": choice.build(), "adapter": CachingChatAdapter(), "track_usage": True, "trace": None}

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """A dict for each row of a frame with the columns `document` and, if there is one, `source`.

        Raises SystemicError when the LM refuses in a way that would meet every paper.
        """
        del context, params
        sources = model_input["source"] if "source" in model_input else [None] * len(model_input)
        pairs = zip(model_input["document"], sources, strict=True)
        return [self._answered(as_document(text, source)) for text, source in pairs]

    def _answered(self, document: Document) -> dict[str, Any]:
        paper = read_paper(document)
        if isinstance(paper, UnreadablePaper):
            return _row(document.source, paper.reason, str(paper), Paper(document.source, "", ()), []) | self._told
        with dspy.context(**self._asking, disable_history=True):
            rows = answer_paper(self._pipeline, paper)
        return _row(document.source, "read", "", paper, rows) | self._told


def as_document(text: str, source: str | None = None) -> Document:
    """A document from JATS, TEI or plain text, or the base64 of a PDF; told by `source`'s extension or by itself."""
    name = source if isinstance(source, str) and source else "document"
    if text.startswith(_PDF):
        try:
            return Document(name, base64.b64decode(text, validate=True))
        except binascii.Error:
            pass  # a text that happens to begin so
    if not paper_suffix(name):
        name += ".xml" if text.lstrip("\ufeff \t\r\n").startswith("<") else ".txt"
    # a string has no encoding any more, and what its first line says of one would be believed
    return Document(name, _ENCODING.sub(r"\1", text.removeprefix("\ufeff")).encode("utf-8", "replace"))


def _row(source: str, status: str, detail: str, paper: Paper, rows: Iterable[Row]) -> dict[str, Any]:
    answers = {row.answer.stage: row.answer for row in rows}
    yes_no = {stage: answers[stage].value if stage in answers else "" for stage in STAGES[:2]}
    about = {"doi": paper.doi, "title": paper.title, "text_hash": paper.text_hash if status == "read" else ""}
    told = {"source": source, "status": status, "detail": detail, **about, **yes_no}
    return {**told, "models": _models(answers), "answers": [_answer(each) for each in answers.values()]}


def _answer(answer: Answer) -> dict[str, Any]:
    findings = [asdict(finding) for finding in answer.findings]
    return {"stage": answer.stage, "value": answer.value, "reason": answer.reason, "findings": findings}


def _models(answers: Mapping[str, Answer]) -> list[dict[str, Any]]:
    def values(stage: str, model: str) -> list[str]:
        return [f.value for f in answers[stage].resolved if f.model == model] if stage in answers else []

    named = answers["names_ptms"].resolved if "names_ptms" in answers else ()
    return [
        {
            "model": each.model,
            "mention": each.value,
            "patterns": values("reuse_pattern", each.model),
            "step": "".join(values("science_step", each.model)[:1]),
        }
        for each in named
    ]
