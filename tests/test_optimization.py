"""The whole compile in process: what is written, what stays, how it stops, what the last word notes."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from following import RULE, following
from labelling import trainset
from rich.console import Console

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.compiled import compiled_metadata, load_compiled
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.lm import LMChoice
from ptmreuse.optimization import Order, optimize
from ptmreuse.search import Search
from ptmreuse.states import instructions_of, state_of


def order(folder: Path, **options: Any) -> Order:
    path = trainset(folder / "papers.jsonl")
    small = {"demos": 4, "trials": 2, "track": False, "train": str(path)}
    return Order(folder / "out" / "c.json", **{**small, **options})


def run(given: Order) -> str:
    """What the compile prints."""
    said = io.StringIO()
    optimize(given, Console(file=said, width=200))
    return said.getvalue()


def content(given: Order) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(given.out.read_text())
    return found


def test_the_compiled_file_has_states_and_where_they_come_from(tmp_path: Path) -> None:
    given = order(tmp_path)
    said = run(given)
    load_compiled(Pipeline(), given.out)
    told = compiled_metadata(given.out)
    assert told.keys() == {"dependency_versions", *STAGES}
    for stage in STAGES:
        assert told[stage]["lm"].startswith("embedded@")
        assert told[stage]["seed"] == 0
        assert len(told[stage]["trainset"]) == 16
        assert told[stage]["before"]["accuracy"] <= told[stage]["after"]["accuracy"]
        assert len(told[stage]["demos"]) == len(content(given)[f"{stage}.predict"]["demos"])
    assert "random-search with the LM embedded · 16 papers to train on, 8 to validate · about" in said
    assert "science_step (5 of 5)" in said
    assert f"Written: {given.out}" in said
    assert "LabelledPaper" not in given.out.read_text()
    assert str(tmp_path) not in given.out.read_text()


def test_the_same_order_writes_the_same_file(tmp_path: Path) -> None:
    given = order(tmp_path)
    run(given)
    first = given.out.read_bytes()
    run(given)
    assert given.out.read_bytes() == first
    other = replace(given, out=tmp_path / "again.json")
    run(other)
    assert other.out.read_bytes() == first


def test_stages_that_are_not_asked_for_stay_as_they_were(tmp_path: Path) -> None:
    with following() as server:
        lm = LMChoice("openai/m", server.base, {"api_key": "x"})
        written = order(tmp_path, lm=lm, optimizer="gepa", stages=("uses_deep_learning",))
        said = run(written)
    assert RULE in content(written)["uses_deep_learning.predict"]["signature"]["instructions"]
    assert compiled_metadata(written.out)["uses_deep_learning"]["instructions_changed"] is True
    assert compiled_metadata(written.out).keys() == {"dependency_versions", "uses_deep_learning"}
    assert "price not known" in said
    run(replace(written, lm=LMChoice(), optimizer="labeled", stages=("reuse_pattern",)))
    assert compiled_metadata(written.out).keys() == {"dependency_versions", "uses_deep_learning", "reuse_pattern"}
    assert RULE in content(written)["uses_deep_learning.predict"]["signature"]["instructions"]


def test_a_state_whose_demos_are_of_other_papers_is_left_out(tmp_path: Path) -> None:
    given = order(tmp_path, stages=("science_step",))
    run(given)
    changed = content(given)
    demo = {"title": "T", "models": ["U-Net"], "passages": "[1] (methods) Elsewhere.", "steps": []}
    changed["science_step.predict"]["demos"] = [demo]
    given.out.write_text(json.dumps(changed))
    assert "demos of science_step are of other papers than train; left out" in run(given)


def test_a_copied_run_of_words_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = order(tmp_path, stages=("uses_deep_learning",))
    words = json.loads(Path(given.train).read_text().splitlines()[0])["passages"][1]["text"]
    with following() as server:
        monkeypatch.setattr("following.RULE", f"{RULE} {words}")
        said = run(replace(given, lm=LMChoice("openai/m", server.base, {"api_key": "x"}), optimizer="gepa"))
    assert f'Note: the instruction of uses_deep_learning copies a training paper: "{words}' in said.replace("\n", " ")


def test_ctrl_c_writes_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = order(tmp_path, final=True)
    whole = Search.run

    def stopped(self: Search, *arguments: Any) -> None:
        whole(self, *arguments)
        if self.task.stage == "names_ptms":
            raise KeyboardInterrupt

    monkeypatch.setattr(Search, "run", stopped)
    with pytest.raises(KeyboardInterrupt, match="stopped; the best so far is in"):
        run(given)
    assert compiled_metadata(given.out).keys() == {"dependency_versions", *STAGES[:3]}
    assert not given.test_uses.exists()


def test_a_provider_that_refuses_stops_the_compile(tmp_path: Path) -> None:
    given = order(tmp_path, lm=LMChoice("openai/m", "http://127.0.0.1:9/v1", {"api_key": "x", "num_retries": 0}))
    with pytest.raises(SystemicError, match="the LM refuses every call"):
        run(given)
    assert not given.out.exists()


def test_the_cap_stops_and_keeps(tmp_path: Path) -> None:
    with following() as server:
        lm = LMChoice("openai/gpt-4o-mini", server.base, {"api_key": "x", "max_tokens": 100})
        given = order(tmp_path, lm=lm, max_usd=0.001, trials=16, stages=("uses_deep_learning",))
        said = run(given)
        asked = len(server.bodies)
    assert "at most $0.001" in said
    assert "Stopped: the next call could go over --max-usd 0.001" in said
    assert 8 <= asked < 8 * 17
    assert given.out.exists()


def test_a_cap_without_a_price_is_refused(tmp_path: Path) -> None:
    lm = LMChoice("hosted_vllm/nobody-knows-this", "http://127.0.0.1:9/v1")
    with pytest.raises(UsageError, match="the price of hosted_vllm/nobody-knows-this is not known"):
        run(order(tmp_path, lm=lm, max_usd=1.0))


def test_the_last_word_is_noted_beside_the_trainset(tmp_path: Path) -> None:
    given = order(tmp_path, final=True, optimizer="labeled")
    said = run(given)
    (line,) = (tmp_path / "test_uses.jsonl").read_text().splitlines()
    noted = json.loads(line)
    assert noted["optimizer"] == "labeled"
    assert noted["lm"].startswith("embedded@")
    assert noted["after"].keys() == {*STAGES}
    assert "On test" in said
    assert "95 % interval" in said


def test_without_the_last_word_the_test_split_is_not_even_loaded(tmp_path: Path) -> None:
    given = order(tmp_path, optimizer="labeled", stages=("uses_deep_learning",))
    rows = Path(given.train).read_text().splitlines()
    spoilt = [line for line in rows if json.loads(line)["split"] != "test"]
    Path(given.train).write_text("\n".join(spoilt))
    run(given)
    with pytest.raises(UsageError, match="has no paper in the split test"):
        run(replace(given, final=True))


def test_instructions_of_the_embedded_program_stay(tmp_path: Path) -> None:
    given = order(tmp_path, optimizer="bootstrap")
    run(given)
    loaded = Pipeline()
    load_compiled(loaded, given.out)
    for stage in STAGES:
        fresh = state_of(getattr(Pipeline(), stage))
        assert instructions_of(state_of(getattr(loaded, stage))) == instructions_of(fresh)
