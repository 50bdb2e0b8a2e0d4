"""Compiled states: what is loaded, and what is refused."""

import json
from pathlib import Path
from typing import Any

import dspy
import pytest

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.compiled import chosen, load_compiled, path_of
from ptmreuse.errors import UsageError

DEMO = {"title": "t", "year": "2020", "passages": "[1] (methods) x", "uses_deep_learning": True, "evidence": "x"}


def state() -> dict[str, Any]:
    pipeline = Pipeline()
    pipeline.uses_deep_learning.predict.demos = [dict(DEMO)]
    pipeline.reuses_ptm.predict.signature = pipeline.reuses_ptm.predict.signature.with_instructions("Say yes.")
    dumped: dict[str, Any] = pipeline.dump_state()
    return dumped


def saved(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_instructions_and_demos_come_back(tmp_path: Path) -> None:
    pipeline = Pipeline()
    load_compiled(pipeline, saved(tmp_path / "c.json", state()))
    assert [dict(demo) for demo in pipeline.uses_deep_learning.predict.demos] == [DEMO]
    assert pipeline.reuses_ptm.predict.signature.instructions == "Say yes."
    assert pipeline.dump_state() == state()


def test_what_dspy_saves_can_be_loaded(tmp_path: Path) -> None:
    pipeline = Pipeline()
    pipeline.save(tmp_path / "c.json")
    load_compiled(Pipeline(), tmp_path / "c.json")


def test_a_file_brings_neither_an_lm_nor_attributes(tmp_path: Path) -> None:
    given = state()
    foreign = dspy.LM("openai/other", api_base="http://192.0.2.1/v1").dump_state()
    for stage in STAGES:
        given[f"{stage}.predict"] |= {"lm": foreign, "forward": "broken", "traces": [1]}
    pipeline = Pipeline()
    load_compiled(pipeline, saved(tmp_path / "c.json", given))
    for stage in STAGES:
        predict = getattr(pipeline, stage).predict
        assert predict.lm is None
        assert callable(predict.forward)


def without(stage: str) -> dict[str, Any]:
    return {name: value for name, value in state().items() if not name.startswith(stage)}


def with_part(**part: object) -> dict[str, Any]:
    given = state()
    given["reuses_ptm.predict"] |= part
    return given


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("c.json", "{", "can't be read as JSON"),
        ("c.json", "[" * 100_000, "can't be read as JSON"),
        ("c.json", [], "no state for uses_deep_learning, reuses_ptm"),
        ("c.json", {}, "no state for uses_deep_learning, reuses_ptm"),
        ("c.json", without("science_step"), "no state for science_step"),
        ("c.json", state() | {"reuses_ptm.predict": 3}, "the demos of reuses_ptm"),
        ("c.json", with_part(demos="no"), "the demos of reuses_ptm"),
        ("c.json", with_part(demos=["no"]), "the demos of reuses_ptm"),
        ("c.json", with_part(signature=None), "not a state of this program"),
        ("c.json", with_part(signature={"fields": 1}), "not a state of this program"),
        ("c.pkl", "x", "compiled programs are .json files"),
    ],
)
def test_another_file_is_refused_and_the_program_stays(tmp_path: Path, name: str, content: object, says: str) -> None:
    pipeline = Pipeline()
    before = pipeline.dump_state()
    with pytest.raises(UsageError, match=says) as raised:
        load_compiled(pipeline, saved(tmp_path / name, content))
    assert name in str(raised.value)
    assert "optimize.py" in str(raised.value)
    assert pipeline.dump_state() == before


def test_a_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_bytes(b"\x80\x04\x95\xff")
    for name in ("missing.json", "b.json"):
        with pytest.raises(UsageError, match="can't be read as JSON"):
            load_compiled(Pipeline(), tmp_path / name)


def test_the_program_to_use_is_the_given_one_or_that_of_the_lm_or_none(tmp_path: Path) -> None:
    own = saved(tmp_path / "own.json", state())
    assert chosen("embedded", own, zero_shot=False) == own
    assert chosen("embedded", None, zero_shot=False) == path_of("embedded")
    assert chosen("embedded", None, zero_shot=True) is None
    assert chosen("openai/none-compiled", None, zero_shot=False) is None
    with pytest.raises(UsageError, match="give one of them"):
        chosen("embedded", own, zero_shot=True)
    with pytest.raises(UsageError, match=r"missing\.json"):
        chosen("embedded", tmp_path / "missing.json", zero_shot=False)
