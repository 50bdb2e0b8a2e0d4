"""A run through faulty providers: every paper is answered or unresolved with its reason, no call is made in vain."""

import json
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from faults import FAULTS, Fault, Mixed, body, error, status
from papers import TUNED, corpus, jats, write
from provider import Answer, Sent, answered, completion, provider
from test_run import Tables, Watched, done, rows, same

from ptmreuse.calling.lms import Terms
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached
from ptmreuse.run import Order, run

HASTY = Terms(backoff=0.01, timeout=0.5)


def first(times: int, fault: Fault) -> Callable[[int, dict[str, object]], Answer | Sent]:
    """A fault so many times, and then answers."""
    return lambda number, asked: fault if number <= times else answered(number, asked)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("papers") / "in", 60)


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return done(tmp_path_factory.mktemp("undisturbed"), folder)


def mostly_same(papers: pd.DataFrame, others: pd.DataFrame) -> bool:
    """Whether at most one paper had bad luck twice, and is unresolved with its reason; all others are the same."""
    lucky = papers["reason"].eq(others["reason"])
    assert papers["reason"][~lucky].str.contains(r"^\w+: \w+").all()
    return papers[lucky].equals(others[lucky]) and int((~lucky).sum()) <= 1


def costs(out: Path) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(out / "ledger.sqlite")
    found = db.execute(
        "SELECT value, reason, attempts, input_tokens, cached_tokens, usd, error FROM answers ORDER BY id"
    )
    rows = found.fetchall()
    db.close()
    return rows


def test_every_fault_at_once(folder: Path, undisturbed: Tables, tmp_path: Path) -> None:
    mixed = Mixed()
    with provider(mixed) as server:
        watched = Watched()
        terms = Terms(backoff=0.01, timeout=1.5)
        found = done(tmp_path, folder, watched=watched, lm=LMChoice("hosted_vllm/m", server.base), terms=terms)
        calls = len(server.bodies)
    assert mostly_same(found[0], undisturbed[0])
    assert sum(mixed.given.values()) > 40
    late = watched.errors["timeout"] - mixed.given["hang"] - mixed.given["drip"]  # of the machine, where it is busy
    answers = sum(
        row[1] not in ("unparsable", "provider_refused", "cut_short", "provider_error") for row in costs(tmp_path)
    )
    assert calls - late <= answers + sum(mixed.given.values()) <= calls
    assert sum(row[2] for row in costs(tmp_path)) >= calls
    assert watched.errors.total() >= sum(mixed.given.values()) - mixed.given["declines"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_ends_costs_one_call(tmp_path: Path, name: str) -> None:
    one = write(tmp_path / "a.xml", jats(TUNED))
    with provider(first(1, FAULTS[name][1])) as server:
        papers, _ = done(tmp_path / "out", one, lm=LMChoice("hosted_vllm/m", server.base), terms=HASTY)
        assert len(server.bodies) == 6
    assert list(papers["reason"]) == [""]
    assert costs(tmp_path / "out")[0][2] == 2


@pytest.mark.parametrize(
    ("name", "reason", "calls"),
    [
        ("500", "provider_error", 6),
        ("429", "provider_error", 20),
        ("503", "provider_error", 20),
        ("reset", "provider_error", 6),
        ("half", "provider_error", 6),
        ("hang", "provider_error", 6),
        ("drip", "provider_error", 6),
        ("not JSON", "provider_error", 6),
        ("HTML", "provider_error", 6),
        ("empty", "unparsable", 6),
        ("cut", "cut_short", 2),
        ("refusal", "provider_refused", 2),
        ("declines", "provider_refused", 2),
    ],
)
def test_a_fault_that_stays_is_unresolved_with_its_reason(tmp_path: Path, name: str, reason: str, calls: int) -> None:
    """After a first answer: a provider that never was there ends the run."""
    one = write(tmp_path / "a.xml", jats(TUNED))
    fault = FAULTS[name][1]
    with provider(lambda number, asked: answered(number, asked) if number == 1 else fault) as server:
        papers, _ = done(tmp_path / "out", one, lm=LMChoice("hosted_vllm/m", server.base), terms=HASTY)
        assert len(server.bodies) == 1 + calls
    assert list(papers["uses_deep_learning"]) == ["yes"]
    assert list(papers["reason"]) == [f"reuses_ptm: {reason}"]
    assert costs(tmp_path / "out")[1][2] == calls
    assert costs(tmp_path / "out")[1][6]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (status(401), "later"),
        (status(403), "later"),
        (error(429, "You exceeded your current quota", "insufficient_quota"), "quota"),
        (error(404, "The model `m` does not exist.", "NotFoundError"), "does not exist"),
        (error(404, "model 'm' not found", "not_found_error"), "not found"),
        (error(404, "The model `m` does not exist", "model_not_found"), "does not exist"),
        (status(402), "later"),
    ],
)
def test_what_would_meet_every_paper_stops_the_run_at_once(
    folder: Path, tmp_path: Path, fault: Fault, says: str
) -> None:
    with provider(lambda *_: fault) as server, pytest.raises(SystemicError, match=rf"refuses every call: .*{says}"):
        done(tmp_path, folder, lm=LMChoice("hosted_vllm/m", server.base), terms=Terms(concurrency=2))
    assert len(server.bodies) <= 2
    assert rows(tmp_path, "answers") == 0


TOO_LONG = error(400, "This model's maximum context length is 900 tokens", "context_length_exceeded")


@pytest.mark.parametrize(("limit", "reason"), [(2000, ""), (10, "uses_deep_learning: too_long")])
def test_a_prompt_that_is_too_long_is_asked_with_fewer_passages_once(tmp_path: Path, limit: int, reason: str) -> None:
    sentences = [f"{TUNED[:-1]} in plot {n}." for n in range(60)]
    one = write(tmp_path / "a.xml", jats(*sentences))

    def respond(number: int, asked: dict[str, Any]) -> Answer | Sent:
        return TOO_LONG if len(asked["messages"][-1]["content"]) > limit else answered(number, asked)

    with provider(respond) as server:
        papers, _ = done(tmp_path / "out", one, lm=LMChoice("hosted_vllm/m", server.base), terms=HASTY)
    sizes = [len(str(asked["messages"])) for asked in server.bodies[:2]]
    assert sizes[1] < sizes[0] - 800
    assert list(papers["reason"]) == [reason]
    if reason:
        assert len(server.bodies) == 2


def test_an_answer_that_was_cut_is_asked_for_with_more_room(tmp_path: Path) -> None:
    one = write(tmp_path / "a.xml", jats(TUNED))
    for parameters, room in (({"max_tokens": 50}, 100), ({}, 6000)):
        with provider(first(1, FAULTS["cut"][1])) as server:
            lm = LMChoice("hosted_vllm/m", server.base, parameters)
            done(tmp_path / str(room), one, lm=lm, terms=HASTY)
            assert [asked.get("max_tokens") for asked in server.bodies[:3]] == [
                parameters.get("max_tokens"),
                room,
                parameters.get("max_tokens"),
            ]


def test_an_outage_is_waited_for(folder: Path, undisturbed: Tables, tmp_path: Path) -> None:
    """Longer than one call would be tried again."""
    with provider(lambda n, asked: answered(n, asked) if not 20 < n <= 80 else status(500)) as server:
        found = done(tmp_path, folder, lm=LMChoice("hosted_vllm/m", server.base), terms=Terms(backoff=0.001))
    assert same(found, undisturbed)


def test_a_paper_at_which_the_server_fails_does_not_hold_up_the_others(folder: Path, tmp_path: Path) -> None:
    def respond(number: int, asked: dict[str, object]) -> Answer | Sent:
        return status(500) if "Paper 7\\n" in json.dumps(asked["messages"]) else answered(number, asked)

    with provider(respond) as server:
        papers, _ = done(tmp_path, folder, lm=LMChoice("hosted_vllm/m", server.base), terms=HASTY)
    assert list(papers["title"][papers["reason"].str.contains("provider_error")]) == ["Paper 7"]


@pytest.mark.parametrize("terms", [{"max_tokens": 3000}, {"max_usd": 0.005}])
def test_a_budget_ends_a_run_and_the_next_goes_on(
    folder: Path, undisturbed: Tables, tmp_path: Path, terms: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted")
    with provider(answered) as server:
        lm = LMChoice("openai/gpt-4o", server.base, {"max_tokens": 100})
        starts = 0
        while True:
            starts += 1
            before = spent(tmp_path)
            try:
                found = done(tmp_path, folder, lm=lm, terms=Terms(**terms))
                break
            except BudgetReached:
                tokens, usd = (now - then for now, then in zip(spent(tmp_path), before, strict=True))
                assert tokens > 0
                assert tokens <= terms.get("max_tokens", tokens)
                assert usd <= terms.get("max_usd", usd)
        assert starts > 2
        assert len(server.bodies) == rows(tmp_path, "answers")
    assert same(found, undisturbed)


def spent(out: Path) -> tuple[float, float]:
    if not (out / "ledger.sqlite").exists():
        return 0.0, 0.0
    db = sqlite3.connect(out / "ledger.sqlite")
    (found,) = db.execute("SELECT TOTAL(input_tokens + output_tokens), TOTAL(usd) FROM answers")
    db.close()
    return found[0], found[1]


def test_a_budget_in_usd_needs_a_price(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--max-usd: the price of hosted_vllm/m is not known; give --max-tokens"):
        done(tmp_path, folder, lm=LMChoice("hosted_vllm/m", "http://127.0.0.1:9/v1"), terms=Terms(max_usd=1))


def test_a_row_says_what_it_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted")
    one = write(tmp_path / "a.xml", jats(TUNED))

    def cached(number: int, asked: dict[str, object]) -> Answer:
        code, data = answered(number, asked)
        told = json.loads(data)
        told["usage"]["prompt_tokens_details"] = {"cached_tokens": 60}
        return code, json.dumps(told).encode()

    with provider(cached) as server:
        done(tmp_path / "known", one, lm=LMChoice("openai/gpt-4o", server.base))
        done(tmp_path / "unknown", one, lm=LMChoice("hosted_vllm/m", server.base))
    known, unknown = costs(tmp_path / "known"), costs(tmp_path / "unknown")
    assert {row[2:5] for row in (*known, *unknown)} == {(1, 100, 60)}
    assert {round(row[5], 9) for row in known} == {round(40 * 2.5e-6 + 60 * 1.25e-6 + 10 * 1e-5, 9)}
    assert {row[5] for row in unknown} == {None}


def test_what_is_unresolved_can_be_asked_again(folder: Path, undisturbed: Tables, tmp_path: Path) -> None:
    with provider(lambda n, asked: body(completion("I think so.")) if n <= 9 else answered(n, asked)) as server:
        lm = LMChoice("hosted_vllm/m", server.base)
        found, _ = done(tmp_path, folder, lm=lm, terms=Terms(concurrency=1))
        left = int(found["reason"].str.contains("unparsable").sum())
        assert left == 4
        for again, asked in (((), 0), (("too_long",), 0), (("unparsable",), 1), (("unresolved",), 0)):
            before = len(server.bodies)
            found_again = done(tmp_path, folder, lm=lm, again=again)
            assert (len(server.bodies) > before) == bool(asked), again
    assert same(found_again, undisturbed)


def test_another_lm_for_a_stage(folder: Path, tmp_path: Path) -> None:
    with provider(answered) as one, provider(answered) as two:
        lm, other = LMChoice("hosted_vllm/m", one.base), LMChoice("hosted_vllm/n", two.base)
        order = Order((folder,), tmp_path, lm, limit=6, stage_lms={"names_ptms": other})
        key = run(order, Watched())
        assert {str(asked["model"]) for asked in two.bodies} == {"n"}
        assert all("`ptms`" in str(asked["messages"]) for asked in two.bodies)
        assert not any("`ptms`" in str(asked["messages"][0]) for asked in one.bodies)
        mixed = Order((folder,), tmp_path, LMChoice(), limit=6, stage_lms={"names_ptms": other})
        run(mixed, Watched())
    assert "hosted_vllm/n" in key.lm
    with Ledger(order.ledger) as ledger:
        assert ledger.all_answers(mixed.key).keys() == ledger.all_answers(key).keys()


def test_structured_sends_the_schema_and_is_a_program_of_its_own(tmp_path: Path) -> None:
    papers = corpus(tmp_path / "in", 2)
    with provider(answered) as server:
        plain = Order((papers,), tmp_path / "out", LMChoice("hosted_vllm/m", server.base))
        run(plain, Watched())
        assert not any("response_format" in asked for asked in server.bodies)
        before = len(server.bodies)
        structured = Order((papers,), tmp_path / "out", plain.lm, structured=True)
        run(structured, Watched())
        assert len(server.bodies) == 2 * before
        assert all("json_schema" in asked["response_format"] for asked in server.bodies[before:])  # type: ignore[operator]
    assert structured.key.program != plain.key.program
    with pytest.raises(UsageError, match="--structured: not with --lm embedded"):
        run(Order((papers,), tmp_path / "three", structured=True), Watched())


def test_calls_at_once(folder: Path, tmp_path: Path) -> None:
    busy, most, counting = 0, 0, threading.Lock()

    def respond(number: int, asked: dict[str, object]) -> Answer:
        nonlocal busy, most
        with counting:
            busy += 1
            most = max(most, busy)
        time.sleep(0.005)
        try:
            return answered(number, asked)
        finally:
            with counting:
                busy -= 1

    with provider(respond) as server:
        done(tmp_path, folder, lm=LMChoice("hosted_vllm/m", server.base), terms=Terms(concurrency=3))
    assert most == 3
