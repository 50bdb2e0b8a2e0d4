"""The JSON document of an evaluation."""

import json
import re
from typing import Any

import pytest
from evaluated import ABOUT, SKILLS, made

from program.answers import STAGES
from ptmreuse.evaluation.document import write_json
from ptmreuse.evaluation.tally import Tally

MEASURE = {"value", "low", "high", "n", "small"}


@pytest.fixture(scope="module")
def tally() -> Tally:
    return made()


@pytest.fixture(scope="module")
def document(tally: Tally, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("json") / "new" / "evaluation.json"
    write_json(path, [tally], ABOUT)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\b(NaN|Infinity)\b", text)
    told = json.loads(text)
    assert list(told) == ["schema", "about", "evaluations"]
    assert (told["schema"], told["about"]) == (1, ABOUT)
    (evaluation,) = told["evaluations"]
    return evaluation


def test_its_form(document: Any) -> None:
    assert list(document) == ["data", "papers", "notes", "cells", "comparisons", "failures"]
    assert (document["data"], document["papers"]) == ("", 40)
    assert [cell["name"] for cell in document["cells"]] == [cell.name for cell in SKILLS]
    for cell in document["cells"]:
        assert set(cell) == {"name", "lm", "program", "repeat", "wholly_right", "errors_begin", "views"}
        assert set(cell["wholly_right"]) == MEASURE
        assert list(cell["errors_begin"]) == ["right", *STAGES]
        assert sum(cell["errors_begin"].values()) == 40
        for view in cell["views"].values():
            assert set(view) == {"measures", "cost", "answers"}
            assert list(view["measures"]) == list(STAGES)
            assert all(set(m) == MEASURE for stage in view["measures"].values() for m in stage.values())


def test_numbers_are_those_of_the_tally(document: Any, tally: Tally) -> None:
    told = document["cells"][1]["views"]["isolated"]["measures"]["reuses_ptm"]["kappa"]
    measure = tally.of("keywords · none", "isolated", "reuses_ptm")["kappa"]
    assert (told["value"], told["low"], told["high"], told["n"]) == (
        measure.value,
        measure.low,
        measure.high,
        measure.n,
    )
    undefined = document["cells"][0]["views"]["isolated"]["measures"]["reuses_ptm"]["quotes_labelled"]
    assert undefined["value"] is undefined["low"] is None


def test_what_is_not_known_is_null(document: Any) -> None:
    costs = {cell["name"]: cell["views"]["isolated"]["cost"] for cell in document["cells"]}
    assert costs["zero-shot · embedded"]["usd"] is costs["zero-shot · embedded"]["usd_per_1000_papers"] is None
    assert costs["majority · none"]["usd"] == 0
    assert costs["compiled · openai/large"]["usd_per_1000_papers"] == pytest.approx(4)


def test_every_answer_and_every_failure_is_there(document: Any, tally: Tally) -> None:
    for cell, result in zip(document["cells"], tally.results, strict=True):
        for view, judged in result.judged.items():
            answers = cell["views"][view]["answers"]
            assert [(a["paper"], a["stage"], a["right"]) for a in answers] == [
                (j.paper, j.stage, j.right) for j in judged
            ]
            assert all(a["given"] == sorted(j.given) for a, j in zip(answers, judged, strict=True))
    assert len(document["failures"]) == len(tally.failures)
    assert document["failures"][0]["passages"]
    assert len(document["comparisons"]) == 12
    assert document["comparisons"][0]["verdict"] == "second is better"
