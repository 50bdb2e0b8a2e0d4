"""A stage's search: what is kept, what is reported, and what stays when it is stopped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dspy
import pytest
from following import following
from labelling import task

from ptmreuse.errors import SystemicError
from ptmreuse.examples import stage_examples
from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached, Meter, Price
from ptmreuse.metrics import outcome
from ptmreuse.optimizers import OPTIMIZERS
from ptmreuse.scoring import Scored
from ptmreuse.search import Candidate, Search, is_better
from ptmreuse.states import state_of
from ptmreuse.tasks import Task


def with_demos(given: Task, *demos: dspy.Example) -> dspy.Module:
    module = given.student()
    module.predict.demos = list(demos)
    return module


def run(monkeypatch: pytest.MonkeyPatch, given: Task, found: Search, *offered: Any, known: Any = None) -> None:
    """Run the search with an optimizer that offers these modules, or raises what is an error."""

    def optimizer(_: Task) -> Iterator[dspy.Module]:
        for each in offered:
            if isinstance(each, BaseException):
                raise each
            yield each

    monkeypatch.setitem(OPTIMIZERS, "offering", optimizer)
    with dspy.context(lm=given.lm):
        found.run("offering", known)


def candidate(given: Task, right: list[bool]) -> Candidate:
    """A candidate that is right about these papers of val."""
    answers = []
    for example, good in zip(given.val, right, strict=True):
        answer = {**example.labels()} if good else {}
        prediction = dspy.Prediction(**answer)
        answers.append(Scored(example, prediction, outcome(given.stage, example, prediction)))
    return Candidate({}, answers, {"accuracy": sum(right) / len(right)})


@pytest.mark.parametrize(
    ("new", "old", "better"),
    [
        ([True] * 8, [False] * 8, True),
        ([True] * 8, [True] * 8, False),
        ([True] * 3 + [False] * 5, [True] * 3 + [False] * 5, False),
        ([True] * 4 + [False] * 4, [True] * 3 + [False] * 5, False),  # one of eight is chance
        ([True] * 6 + [False] * 2, [True] * 3 + [False] * 5, True),
        ([True] * 3 + [False] * 5, [True] * 6 + [False] * 2, False),
    ],
)
def test_a_state_is_better_when_its_gain_is_over_its_error(
    new: list[bool], old: list[bool], better: bool, tmp_path: Path
) -> None:
    given = task(tmp_path)
    assert is_better(candidate(given, new), candidate(given, old)) is better


def test_the_best_of_many_that_gain_by_luck_is_not_better(tmp_path: Path) -> None:
    given = task(tmp_path)
    old = candidate(given, [False] * 4 + [True] * 4)
    best = candidate(given, [True] * 2 + [False] * 2 + [True] * 4)
    lucky = [candidate(given, [at == n for at in range(4)] + [at != n for at in range(4)]) for n in range(4)] * 8
    assert is_better(best, old)
    assert not is_better(best, old, [best, *lucky])


def test_the_best_of_many_that_all_gain_is_better(tmp_path: Path) -> None:
    given = task(tmp_path)
    old = candidate(given, [False] * 4 + [True] * 4)
    best = candidate(given, [True] * 2 + [False] * 2 + [True] * 4)
    assert is_better(best, old, [best] * 32)


def test_the_old_state_stays_when_nothing_is_better(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = task(tmp_path)
    found = Search(given, Meter())
    run(monkeypatch, given, found, with_demos(given, given.train[3], given.train[7], given.train[11]))
    assert found.tried == 2
    assert found.best is None
    assert found.kept is found.before


def test_each_candidate_is_reported_once_with_its_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, meter = task(tmp_path), Meter()
    reports: list[tuple[int, dict[str, float]]] = []
    found = Search(given, meter, lambda step, metrics: reports.append((step, metrics)))
    module = with_demos(given, given.train[0])
    with dspy.context(callbacks=[meter], usage_tracker=meter):
        run(monkeypatch, given, found, module, module, given.student())
    assert [step for step, _ in reports] == [0, 1]
    for _, metrics in reports:
        assert metrics.keys() == {"val_accuracy", "val_f1", "calls", "tokens", "seconds"}
        assert metrics["calls"] == len(given.val)
        assert metrics["tokens"] > 0


def test_a_known_state_is_a_candidate_that_new_ones_must_beat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = task(tmp_path)
    found = Search(given, Meter())
    known = state_of(with_demos(given, *given.train[:4]))
    run(monkeypatch, given, found, with_demos(given, given.train[3]), known=known)
    assert found.tried == 3
    assert found.before and found.old
    assert found.old.accuracy >= found.before.accuracy


def test_a_demo_that_is_not_of_the_training_papers_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = task(tmp_path)
    with pytest.raises(SystemicError, match="is of no training paper: 'Study of"):
        run(monkeypatch, given, Search(given, Meter()), with_demos(given, given.val[0]))


@pytest.mark.parametrize(
    ("fault", "raised"), [(KeyboardInterrupt(), KeyboardInterrupt), (ValueError("odd"), SystemicError)]
)
def test_what_was_found_stays_when_the_search_ends_early(
    fault: BaseException, raised: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = task(tmp_path)
    found = Search(given, Meter())
    with pytest.raises(raised):
        run(monkeypatch, given, found, with_demos(given, given.train[0]), fault, with_demos(given, given.train[1]))
    assert found.tried == 2
    assert found.kept


def test_a_state_that_is_worse_on_the_guard_is_not_taken(tmp_path: Path) -> None:
    with following() as server:
        lm = LMChoice("openai/m", server.base, {"api_key": "x"}).build()
        given = task(tmp_path, lm=lm, trials=2)
        relabelled = [replace(each.labelled, uses_deep_learning=False, models=()) for each in given.val]
        for guard, kept in ((given.val, True), (stage_examples(given.stage, relabelled), False)):
            found = Search(replace(given, guard=guard), Meter())
            with dspy.context(lm=lm):
                found.run("gepa")
            assert found.before
            assert (found.kept is not found.before) is kept


def test_the_limit_ends_a_search_inside_an_optimizer(tmp_path: Path) -> None:
    given = task(tmp_path, trials=50)
    meter = Meter(Price(1e-6, 1e-6), limit=0.2)
    found = Search(given, meter)
    with dspy.context(lm=given.lm, callbacks=[meter], usage_tracker=meter), pytest.raises(BudgetReached):
        found.run("random-search")
    assert found.kept
    assert 0 < (meter.usd or 0) <= 0.2


def test_an_interrupted_candidate_is_not_taken(tmp_path: Path) -> None:
    given = task(tmp_path)
    meter = Meter(Price(1.0, 1.0), limit=0.0)
    found = Search(given, meter)
    with dspy.context(lm=LMChoice().build(), callbacks=[meter], usage_tracker=meter), pytest.raises(BudgetReached):
        found.run("labeled")
    assert found.kept is None
    assert found.tried == 0
