"""A grid over loopback: what it asks, what it does not ask again, how it stops, and what its numbers show."""

import io
import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from labelling import row, trainset
from provider import Provider, provider, refused
from rich.console import Console
from skills import rubbish, skilled, stage_of

from program.answers import STAGES
from program.paper import Paper
from ptmreuse.compiled import write_compiled
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.evaluation.grid import run_grid
from ptmreuse.evaluation.judged import Result
from ptmreuse.evaluation.order import Order
from ptmreuse.evaluation.plan import planned
from ptmreuse.examples import as_demo, stage_examples
from ptmreuse.labelled import trainset as labelled
from ptmreuse.lm import LMChoice
from ptmreuse.states import fresh, state_of
from ptmreuse.trainset import load

CALLS = 26  # calls about eight papers by a perfect LM: 5 + 5 + 2 + 1 for one of each kind, twice
REAL = Path(__file__).parent.parent / "trainsets" / "real.jsonl"
PRICE = 100 * 0.15e-6 + 10 * 0.6e-6  # US dollars of one of these calls to gpt-4o-mini


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-key")


def order(folder: Path, *servers: Provider, papers: int = 8, **options: Any) -> Order:
    """Zero-shot, without baselines, on the split val of small papers; the LMs are openai/0, openai/1 ..."""
    if not (folder / "papers.jsonl").exists():
        trainset(folder / "papers.jsonl", train=8, val=papers, test=4)
    lms = tuple(LMChoice(f"openai/{at}", server.base) for at, server in enumerate(servers)) or (LMChoice(),)
    return Order(
        **{"out": folder / "out", "lms": lms, "baselines": False, "trainsets": folder, "track": False, **options}
    )


def filled(given: Order) -> list[Result]:
    return run_grid(given, Console(file=io.StringIO(), width=200))


def compiled(folder: Path, demos: int = 4) -> str:
    """A compiled program with some demos of the train split in each stage."""
    states, train = {}, labelled(folder / "papers.jsonl", "train")
    for stage in STAGES:
        module = fresh(stage)
        names = module.predict.signature.fields
        shown = [as_demo(example) for example in stage_examples(stage, train)[:demos]]
        module.predict.demos = [{name: example[name] for name in names} for example in shown]
        states[stage] = state_of(module)
    path = folder / f"demos{demos}.json"
    write_compiled(path, states, {})
    return str(path)


def as_read(labels: Path) -> Paper:
    """The only paper of a file of labels."""
    (paper,) = load(str(labels))
    return paper.paper


def share(result: Result, view: Any, stage: str) -> float:
    items = [item for item in result.judged[view] if item.stage == stage]
    return sum(item.right for item in items) / len(items)


def bodies(server: Provider) -> list[str]:
    return [json.dumps(body, sort_keys=True) for body in server.bodies]


def test_the_numbers_show_the_skill(tmp_path: Path) -> None:
    with provider(skilled()) as best, provider(skilled(errors=0.3)) as errs, provider(rubbish) as worst:
        results = filled(order(tmp_path, best, errs, worst, papers=12))
    assert [result.cell.name for result in results] == [f"zero-shot · openai/{at}" for at in range(3)]
    for view in ("isolated", "end-to-end"):
        for stage in STAGES:
            one, two, three = (share(result, view, stage) for result in results)
            assert one == 1.0
            assert three == 0.0
            assert two < 1.0 or stage not in STAGES[:2]
        means = [sum(share(result, view, stage) for stage in STAGES) for result in results]
        assert means[0] > means[1] > means[2]


def test_rubbish_is_unresolved_and_never_a_no(tmp_path: Path) -> None:
    with provider(rubbish) as server:
        (result,) = filled(order(tmp_path, server))
        asked = len(server.bodies)
    for items in result.judged.values():
        assert items
        assert {(item.given, item.reason, item.right) for item in items} == {(frozenset(), "unparsable", False)}
    # Each reply that can't be read costs a second call, and both count.
    assert result.costs["isolated"].calls == asked
    assert result.costs["isolated"].input_tokens == 100 * asked


def test_both_views_share_a_question_that_is_the_same(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        (result,) = filled(order(tmp_path, server))
        assert len(server.bodies) == len(set(bodies(server))) == CALLS
    assert {view: cost.calls for view, cost in result.costs.items()} == {"isolated": CALLS, "end-to-end": CALLS}
    assert len(result.costs["isolated"].seconds) == 8


def test_views_differ_where_the_models_asked_about_do(tmp_path: Path) -> None:
    def astray(number: int, body: dict[str, Any]) -> Any:
        return skilled(errors=1.0 if stage_of(body) == "names_ptms" else 0.0)(number, body)

    with provider(astray) as server:
        (result,) = filled(order(tmp_path, server))
        asked = Counter(map(stage_of, server.bodies))
    assert asked == {"uses_deep_learning": 8, "reuses_ptm": 6, "names_ptms": 4, "reuse_pattern": 8, "science_step": 8}
    assert share(result, "isolated", "science_step") == 1.0
    assert share(result, "end-to-end", "science_step") == 0.0


def test_a_second_start_asks_nothing_and_says_the_same(tmp_path: Path) -> None:
    with provider(skilled(errors=0.3)) as server:
        first = filled(order(tmp_path, server))
        asked = len(server.bodies)
        assert filled(order(tmp_path, server)) == first
        assert len(server.bodies) == asked


def test_a_grid_is_widened(tmp_path: Path) -> None:
    with provider(skilled()) as one, provider(skilled(errors=0.3)) as two:
        (narrow,) = filled(order(tmp_path, one))
        programs = ("zero-shot", compiled(tmp_path))
        results = filled(order(tmp_path, one, two, programs=programs, demos=(2,)))
        assert len(results) == 6
        assert narrow in results
        for server in (one, two):
            assert len(server.bodies) == len(set(bodies(server)))
        assert len(one.bodies) == 3 * CALLS
    assert [r.cell.program for r in results[:3]] == ["zero-shot", "demos4.json", "demos4.json, 2 demos"]


def test_repeats_are_asked_each_by_itself(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        first = filled(order(tmp_path, server, repeat=2))
        assert [result.cell.repeat for result in first] == [1, 2]
        assert set(Counter(bodies(server)).values()) == {2}
        assert len(server.bodies) == 2 * CALLS


def test_a_stage_has_an_lm_of_its_own(tmp_path: Path) -> None:
    with provider(skilled(errors=1.0)) as main, provider(skilled()) as other:
        stage_lms = {"science_step": LMChoice("openai/other", other.base)}
        alone, mixed = filled(order(tmp_path, main, views=("isolated",), stage_lms=stage_lms))
        assert {stage_of(body) for body in other.bodies} == {"science_step"}
        assert len(main.bodies) == len(set(bodies(main)))  # the stages that both cells ask alike
    assert mixed.cell.lm == "openai/0 + science_step=openai/other"
    assert [share(cell, "isolated", "science_step") for cell in (alone, mixed)] == [0.0, 1.0]
    assert [share(cell, "isolated", "reuse_pattern") for cell in (alone, mixed)] == [0.0, 0.0]


def test_joint_asks_once_for_all_and_is_judged_end_to_end(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        staged, joint = filled(order(tmp_path, server, programs=("zero-shot", "joint")))
        assert Counter(map(stage_of, server.bodies))["all_five"] == 8
        assert len(server.bodies) == CALLS + 8
        narrow = order(tmp_path, server, programs=("joint",), stages=("reuses_ptm",))
        assert filled(narrow)[0].judged["end-to-end"]
        assert len(server.bodies) == CALLS + 8  # it was answered with the others
    assert list(joint.judged) == list(joint.costs) == ["end-to-end"]
    assert list(joint.judged["end-to-end"]) == list(staged.judged["end-to-end"])
    assert (joint.costs["end-to-end"].calls, joint.costs["end-to-end"].input_tokens) == (8, 800)


def test_a_joint_call_that_failed_is_asked_again(tmp_path: Path) -> None:
    faults = iter([refused(404, "none so far")])
    with provider(lambda number, body: next(faults, skilled())(number, body)) as server:
        asked = order(tmp_path, server, programs=("joint",), jobs=1)
        (first,) = filled(asked)
        assert next(item.reason for item in first.judged["end-to-end"] if item.reason) == "provider_error"
        (second,) = filled(asked)
        assert len(server.bodies) == 9
    assert all(item.right for item in second.judged["end-to-end"])


def test_what_can_not_be_joint_is_left_out(tmp_path: Path) -> None:
    stage_lms = {"science_step": LMChoice()}
    with provider(skilled()) as server:
        lms = (LMChoice(), LMChoice("openai/0", server.base))
        plan = planned(order(tmp_path, lms=lms, programs=("joint", "zero-shot"), stage_lms=stage_lms))
    names = [carrier.cell.name for carrier in plan.carriers]
    assert [name for name in names if name.startswith("joint")] == ["joint · openai/0"]
    assert len(names) == 5
    assert [line.split(":")[0] for line in plan.left_out] == [
        "joint · embedded is left out", "joint with --stage-lm is left out"
    ]  # fmt: skip


def test_a_budget_is_what_a_program_is_shown(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    long = row(100) | {"title": row(100)["title"]}
    long["passages"] = [
        {**row(100)["passages"][0], "text": f"{row(100)['passages'][0]['text']} We trained a network {n} times."}
        for n in range(60)
    ]
    own.write_text(json.dumps(long))
    with provider(skilled()) as server:
        asked = order(tmp_path, server, data=str(own), budgets=(100,), programs=("zero-shot", "joint"), jobs=1)
        results = filled(asked)
        sizes = [(stage_of(body), len(body["messages"][-1]["content"])) for body in server.bodies]
    assert [r.cell.program for r in results] == ["zero-shot", "zero-shot, 100 tokens", "joint", "joint, 100 tokens"]
    assert [stage for stage, _ in sizes] == [*STAGES, *STAGES, "all_five", "all_five"]
    for usual, small in zip([*sizes[:5], sizes[10]], [*sizes[5:10], sizes[11]], strict=True):
        assert small[1] < usual[1] - 1000
    carriers = planned(asked).carriers
    shown = {carrier.cell.program: carrier.shown(as_read(own), ()) for carrier in carriers}
    for program, body in (
        ("zero-shot", server.bodies[0]),
        ("zero-shot, 100 tokens", server.bodies[5]),
        ("joint", server.bodies[10]),
        ("joint, 100 tokens", server.bodies[11]),
    ):
        assert shown[program] in body["messages"][-1]["content"]


def test_the_budget_stops_it_and_more_of_it_goes_on(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        priced = {"lms": (LMChoice("openai/gpt-4o-mini", server.base),), "jobs": 3}
        assert filled(order(tmp_path, **priced, max_usd=0.0012)) == []
        asked = len(server.bodies)
        assert 0 < asked < CALLS
        assert asked * PRICE <= 0.0012
        (result,) = filled(order(tmp_path, **priced, max_usd=1.0))
        assert len(server.bodies) == len(set(bodies(server))) == CALLS
    usd = result.costs["end-to-end"].usd
    assert usd == pytest.approx(CALLS * PRICE)


def test_a_cost_that_is_not_known_is_none(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        (result,) = filled(order(tmp_path, server))
        assert result.costs["isolated"].usd is None
        with pytest.raises(UsageError, match="--max-usd: the price of openai/0 is not known"):
            filled(order(tmp_path, server, max_usd=1.0))


def test_a_failed_call_is_asked_again_by_a_later_start(tmp_path: Path) -> None:
    faults = iter([refused(404, "none so far")] * 2)

    def flaky(number: int, body: dict[str, Any]) -> Any:
        return next(faults, skilled())(number, body)

    with provider(flaky) as server:
        (first,) = filled(order(tmp_path, server, jobs=1))
        failed = [item for item in first.judged["end-to-end"] if item.reason]
        assert {item.reason for item in failed} == {"provider_error"}
        asked = len(server.bodies)
        (second,) = filled(order(tmp_path, server, jobs=1))
        assert asked < len(server.bodies) < asked + 12
    assert all(item.right for items in second.judged.values() for item in items)


def test_a_refusal_stops_at_once(tmp_path: Path) -> None:
    with provider(refused(401)) as server:
        with pytest.raises(SystemicError, match="refuses every call"):
            filled(order(tmp_path, server, jobs=2))
        assert len(server.bodies) <= 4


def test_an_lm_that_is_not_there_stops_after_a_while(tmp_path: Path) -> None:
    with provider(refused(404)) as server, pytest.raises(SystemicError, match="failed for 25 calls in a row"):
        filled(order(tmp_path, server, papers=20))


def test_stages_that_are_not_asked_for_are_not_judged(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        (result,) = filled(order(tmp_path, server, stages=("names_ptms",)))
        assert {item.stage for items in result.judged.values() for item in items} == {"names_ptms"}
        assert set(map(stage_of, server.bodies)) == set(STAGES[:3])
    with provider(skilled()) as server:
        filled(order(tmp_path, server, stages=("names_ptms",), views=("isolated",), out=tmp_path / "other"))
        assert set(map(stage_of, server.bodies)) == {"names_ptms"}


def test_no_key_is_written_down(tmp_path: Path) -> None:
    with provider(skilled()) as server:
        with_secret = server.base.replace("://", "://user:sk-planted-key@")
        lms = (LMChoice("openai/x", server.base), LMChoice("openai/x", f"{with_secret}?k=sk-planted-key"))
        filled(order(tmp_path, lms=lms[:1]))
        results = filled(order(tmp_path, lms=lms, data="val", stages=("uses_deep_learning",)))
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert not [1 for content in written if b"sk-planted-key" in content]
    assert "sk-planted" not in str(results)


def test_the_test_split_is_noted_once_for_the_same_grid(tmp_path: Path) -> None:
    uses = tmp_path / "test_uses.jsonl"
    with provider(skilled()) as one, provider(skilled(errors=0.3)) as two:
        filled(order(tmp_path, one))
        assert not uses.exists()
        for _ in range(2):
            filled(order(tmp_path, one, data="test"))
            assert len(uses.read_text().splitlines()) == 1
        filled(order(tmp_path, one, two, data="test"))
    first, second = map(json.loads, uses.read_text().splitlines())
    assert (first["use"], [cell["lm"] for cell in first["cells"]]) == ("evaluate.py", ["openai/0"])
    assert first["cells"][0]["right"]["isolated"] == dict.fromkeys(STAGES, 1.0)
    assert [cell["lm"] for cell in second["cells"]] == ["openai/0", "openai/1"]


def test_the_ledger_tells_how_a_start_ended(tmp_path: Path) -> None:
    with provider(refused(401)) as bad, pytest.raises(SystemicError):
        filled(order(tmp_path, bad))
    filled(order(tmp_path))
    with sqlite3.connect(tmp_path / "out" / "ledger.sqlite") as ledger:
        outcomes = [outcome for (outcome,) in ledger.execute("SELECT outcome FROM runs ORDER BY id")]
    ledger.close()
    assert outcomes[0].startswith("failed: the LM refuses every call")
    assert outcomes[1] == "finished"


def test_baselines_are_cells_that_cost_nothing(tmp_path: Path) -> None:
    results = filled(order(tmp_path, baselines=True))
    assert [result.cell.program for result in results] == ["keyword counting", "majority", "zero-shot"]
    for result in results[:2]:
        for cost in result.costs.values():
            assert (cost.calls, cost.input_tokens or 0, cost.usd) == (0, 0, 0.0)
        quotes = [quote for items in result.judged.values() for item in items for quote in item.quotes]
        assert quotes
        assert all(quote.verbatim for quote in quotes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"demos": (4,)}, "--demos 4: cuts the demos of a compiled program"),
        ({"programs": ("missing.json",)}, "missing.json: can't be read"),
        ({"programs": ("joint",)}, "--program joint: the embedded LM can't follow instructions"),
        ({"programs": ("joint",), "views": ("isolated",)}, "--program joint: has no isolated view"),
        ({"data": "real"}, "real.jsonl: no such file"),
        ({"data": str(REAL)}, "papers without their text; give the folder of your copies"),
        ({"data": "nothing.jsonl"}, "nothing.jsonl: no such file"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_asked(
    options: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        filled(order(tmp_path, **options))
    assert not (tmp_path / "out").exists()


def test_the_trainset_itself_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give val or test"):
        filled(order(tmp_path, data=str(trainset(tmp_path / "papers.jsonl"))))


def test_own_labels(tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text("".join(f"{json.dumps(row(number))}\n" for number in range(100, 104)))
    with provider(skilled()) as server:
        (result,) = filled(order(tmp_path, server, data=str(own)))
        assert len(server.bodies) == CALLS // 2
    assert {item.paper for item in result.judged["isolated"]} == {f"p{number}" for number in range(100, 104)}
