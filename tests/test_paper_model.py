"""The MLflow model without MLflow's registry: what it takes, and what it answers."""

import base64
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from ptmreuse.compiled import path_of
from ptmreuse.corpus.read import read

with warnings.catch_warnings(action="ignore"):  # MLflow warns of its own code when it is imported
    from mlflow.pyfunc.model import PythonModelContext

    from ptmreuse.registering.paper_model import SIGNATURE, PaperModel, as_document

PAPERS = Path(__file__).parent.parent / "examples" / "papers"
WHEAT = (PAPERS / "07_septoria-leaves.xml").read_text(encoding="utf-8")
PDF = base64.b64encode(b"%PDF-1.7\n%broken").decode()


@pytest.mark.parametrize(
    ("text", "source", "name", "data"),
    [
        ("  <article/>", None, "document.xml", b"  <article/>"),
        ("\ufeff<article/>", "", "document.xml", b"<article/>"),
        ("Leaves\n\nMethods", None, "document.txt", b"Leaves\n\nMethods"),
        ("<p> is lower than", "a.txt", "a.txt", b"<p> is lower than"),
        ("<TEI/>", "paper", "paper.xml", b"<TEI/>"),
        ("<TEI/>", float("nan"), "document.xml", b"<TEI/>"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', None, "document.xml",
         '<?xml version="1.0"?><a>é</a>'.encode()),
        ("<?xml version='1.0' encoding='UTF-16' ?><a/>", "x.nxml", "x.nxml", b"<?xml version='1.0' ?><a/>"),
        (PDF, None, "document", b"%PDF-1.7\n%broken"),
        ("JVBERi0 is no paper", None, "document.txt", b"JVBERi0 is no paper"),
    ],
)  # fmt: skip
def test_documents(text: str, source: Any, name: str, data: bytes) -> None:
    document = as_document(text, source)
    assert (document.source, document.data) == (name, data)


def test_a_string_is_the_same_paper_as_its_file() -> None:
    path = PAPERS / "07_septoria-leaves.xml"
    from_file = read(as_document(path.read_bytes().decode(), str(path)))
    assert read(as_document(WHEAT)).text_hash == from_file.text_hash


@pytest.fixture(scope="module")
def model() -> PaperModel:
    """The model with the embedded LM."""
    made = PaperModel()
    made.load_context(context())
    return made


def context(**config: str) -> PythonModelContext:
    """What MLflow gives a model."""
    given = {"artifacts": {"compiled": str(path_of("embedded"))}, "model_config": {"lm": "embedded"} | config}
    return cast(PythonModelContext, SimpleNamespace(**given))


def test_answers(model: PaperModel) -> None:
    frame = pd.DataFrame([{"document": WHEAT, "source": "leaves.xml"}, {"document": " ", "source": None}])
    answered, empty = model.predict(context(), frame)
    assert [spec.name for spec in SIGNATURE.outputs] == list(answered) == list(empty)
    assert (answered["status"], answered["uses_deep_learning"], answered["reuses_ptm"]) == ("read", "yes", "yes")
    assert [each["stage"] for each in answered["answers"]][2:] == ["names_ptms", "reuse_pattern", "science_step"]
    assert {"model": "VGG-16", "mention": "VGG-16", "patterns": ["adaptation"], "step": "test"} in answered["models"]
    evidence = answered["answers"][0]["findings"][0]["evidence"]
    assert evidence["quote"] and evidence["place"]
    assert (empty["status"], empty["uses_deep_learning"], empty["models"]) == ("empty_body", "", [])
    assert "the file is empty" in empty["detail"]
    assert answered["lm"].startswith("embedded@")


def test_without_a_source(model: PaperModel) -> None:
    (answered,) = model.predict(context(), pd.DataFrame([{"document": WHEAT}]))
    assert (answered["source"], answered["reuses_ptm"]) == ("document.xml", "yes")
