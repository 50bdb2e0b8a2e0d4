"""Every optimizer through its real code path: offline ones on the embedded LM, writing ones on a loopback provider."""

from pathlib import Path
from typing import Any

import dspy
import pytest
from following import RULE, following
from labelling import task

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.compiled import load_compiled, write_compiled
from ptmreuse.errors import UsageError
from ptmreuse.lm import LMChoice
from ptmreuse.meter import Meter
from ptmreuse.optimizers import OPTIMIZERS, WRITING, calls, refuse
from ptmreuse.search import Search
from ptmreuse.shown import prompt
from ptmreuse.states import fresh, instructions_of, module_of, paper_of, state_of
from ptmreuse.tasks import Task

OFFLINE = [name for name in OPTIMIZERS if name not in WRITING]
FEWER = {"mipro": {"demos": 2, "trials": 4}, "gepa": {"trials": 2}, "simba": {"demos": 2, "trials": 2}}


def search(name: str, given: Task) -> Search:
    """A finished search."""
    meter = Meter()
    found = Search(given, meter)
    with dspy.context(lm=given.lm, callbacks=[meter], usage_tracker=meter):
        found.run(name)
    return found


def answers(module: dspy.Module, given: Task) -> list[dict[str, Any]]:
    with dspy.context(lm=given.lm):
        return [dict(module(**example.inputs())) for example in given.val]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", OFFLINE)
def test_what_an_offline_optimizer_finds_is_saved_and_loaded_unchanged(name: str, stage: str, tmp_path: Path) -> None:
    given = task(tmp_path, stage)
    with dspy.context(lm=given.lm):
        made = list(OPTIMIZERS[name](given))
    assert made
    for module in made:
        assert 0 < len(module.predict.demos) <= given.demos
        states = {each: state_of(module if each == stage else fresh(each)) for each in STAGES}
        write_compiled(tmp_path / "c.json", states, {})
        loaded = Pipeline()
        load_compiled(loaded, tmp_path / "c.json")
        assert answers(getattr(loaded, stage), given) == answers(module, given)
        assert prompt(getattr(loaded, stage), given.val[0]) == prompt(module_of(stage, states[stage]), given.val[0])
        train = {paper_of(example) for example in given.train}
        assert {paper_of(demo) for demo in states[stage]["demos"]} <= train
        assert all("labelled" not in demo and "paper_id" not in demo for demo in states[stage]["demos"])


@pytest.mark.parametrize("name", OFFLINE)
def test_an_offline_optimizer_gives_the_same_twice(name: str, tmp_path: Path) -> None:
    given = task(tmp_path, "reuse_pattern")
    with dspy.context(lm=given.lm):
        first, second = ([state_of(module) for module in OPTIMIZERS[name](given)] for _ in range(2))
    assert first == second


def test_another_seed_draws_other_demos(tmp_path: Path) -> None:
    with dspy.context(lm=LMChoice().build()):
        found = [state_of(next(OPTIMIZERS["random-search"](task(tmp_path, seed=seed)))) for seed in (0, 1)]
    assert found[0]["demos"] != found[1]["demos"]


@pytest.mark.parametrize("name", WRITING)
def test_a_writing_optimizer_changes_the_instruction_and_wins_on_val(name: str, tmp_path: Path) -> None:
    with following() as server:
        lm = LMChoice("openai/m", server.base, {"api_key": "x", "temperature": 0.5}).build()
        given = task(tmp_path, lm=lm, **FEWER[name])
        found = search(name, given)
        assert found.before and found.kept
        assert found.before.accuracy < 1.0
        assert found.kept.accuracy == 1.0
        assert RULE in instructions_of(found.kept.state)
        assert found.kept is found.best
        write_compiled(
            tmp_path / "c.json", {s: state_of(fresh(s)) for s in STAGES} | {given.stage: found.kept.state}, {}
        )
        loaded = Pipeline()
        load_compiled(loaded, tmp_path / "c.json")
        assert answers(loaded.uses_deep_learning, given) == [dict(each.prediction) for each in found.kept.answers]
        for body in server.bodies:
            assert "LabelledPaper" not in str(body)
            assert "paper_id" not in str(body)


@pytest.mark.parametrize("name", WRITING)
def test_a_writing_optimizer_is_refused_with_the_embedded_lm(name: str) -> None:
    with pytest.raises(UsageError, match="use one of labeled, bootstrap, random-search, knn, or another --lm"):
        refuse(name, "embedded")
    refuse(name, "openai/m")


@pytest.mark.parametrize("name", OFFLINE)
def test_the_estimate_of_calls_is_near(name: str, tmp_path: Path) -> None:
    given = task(tmp_path)
    refuse(name, "embedded")
    meter = Meter()
    with dspy.context(lm=given.lm, callbacks=[meter], usage_tracker=meter):
        Search(given, meter).run(name)
    assert 0.5 * calls(name, given) <= meter.calls <= 1.5 * calls(name, given)


def test_draws_take_hard_papers_and_go_by_turns_over_the_labels(tmp_path: Path) -> None:
    given = task(tmp_path, demos=8)
    with dspy.context(lm=given.lm):
        modules = list(OPTIMIZERS["random-search"](given))
    for module in modules:
        said = [demo.uses_deep_learning for demo in module.predict.demos]
        assert 2 <= len(said) <= 8
        assert len({paper_of(demo) for demo in module.predict.demos}) == len(said)
        assert 1 <= said.count(False) <= len(said) - 1
