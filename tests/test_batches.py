"""Runs in batches: the rows of a live run, whatever fails, wherever they are killed, and no request paid twice."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batch_server import BatchServer, Sent, batch_server, nothing
from papers import PREDICTED, TUNED, corpus, jats, write
from provider import Answer, answered, completion, provider, refused
from rich.console import Console

from program.answers import STAGES
from ptmreuse.calling.lms import Terms
from ptmreuse.cli import main
from ptmreuse.errors import SystemicError, UsageError
from ptmreuse.ledger import Ledger
from ptmreuse.lm import LMChoice
from ptmreuse.meter import BudgetReached
from ptmreuse.progress import Progress
from ptmreuse.run import BATCH, Order, run

KEY = "sk-planted-key-that-must-not-be-written"
Rows = dict[tuple[str, str], list[tuple[Any, ...]]]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with batch_server() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return corpus(tmp_path_factory.mktemp("papers") / "in")


def order(out: Path, server: Any, *paths: Path, **asked: Any) -> Order:
    asked = {"terms": Terms(backoff=0.01), "engine": BATCH, **asked}
    return Order(paths, out, LMChoice(asked.pop("lm", "openai/m"), server.base), **asked)


def done(given: Order, progress: Progress | None = None) -> Rows:
    """Run, and give the answers with their tokens and attempts by paper and stage, every row of them."""
    run(given, progress or quiet())
    return rows(given)


def rows(given: Order) -> Rows:
    found: Rows = {}
    with Ledger(given.ledger) as ledger:
        for text_hash, answers in ledger.all_answers(given.key).items():
            for stage in answers:
                each = ledger.rows(text_hash, given.key, stage)
                found[text_hash, stage] = [(r.answer, r.input_tokens, r.attempts, bool(r.error)) for r in each]
    return found


def quiet() -> Progress:
    return Progress(Console(file=io.StringIO(), width=200))


def live(folder: Path, out: Path, respond: Callable[..., Any] = answered) -> tuple[Rows, list[Any]]:
    with provider(respond) as other:
        given = replace(order(out, other, folder, lm="hosted_vllm/m"), engine="local")
        return done(given), other.bodies


@pytest.fixture(scope="module")
def undisturbed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, list[Any]]:
    return live(folder, tmp_path_factory.mktemp("live"))


def texts(bodies: list[Any]) -> Counter[str]:
    return Counter(json.dumps(body) for body in bodies)


def table(out: Path, query: str) -> list[tuple[Any, ...]]:
    db = sqlite3.connect(out / "ledger.sqlite")
    try:
        return db.execute(query).fetchall()
    finally:
        db.close()


def test_rows_and_requests_are_those_of_a_live_run(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path
) -> None:
    assert done(order(tmp_path, server, folder)) == undisturbed[0]
    assert texts(server.requests) == texts(undisturbed[1])
    assert [sorted(stages_of(batch)) for batch in server.batches.values()] == [[1], [2], [3], [4, 5]]
    assert table(tmp_path, "SELECT COUNT(*) FROM batch_requests") == [(0,)]
    assert not list((tmp_path / "batches").iterdir())


def stages_of(batch: Sent) -> set[int]:
    """The stages that a batch asks about, by their output fields."""
    fields = ("uses_deep_learning", "reuses_ptm", "ptms", "patterns", "steps")
    prompts = [body["messages"][-1]["content"] for _, body in batch.lines]
    return {number for p in prompts for number, name in enumerate(fields, 1) if f"`[[ ## {name} ## ]]`" in p}


def test_the_bytes_of_a_request_are_those_of_a_live_call(server: BatchServer, tmp_path: Path) -> None:
    one = write(tmp_path / "a.xml", jats(f"Naïve “quotes” and a \u2028 separator. {TUNED}"))
    expected = done(replace(order(tmp_path / "live", server, one), engine="local"))
    assert done(order(tmp_path / "out", server, one)) == expected
    lines = [line for batch in server.batches.values() for line in server.files[batch.input_file].splitlines()]
    assert len(server.live) == 5
    assert sorted(line.partition(b'"body": ')[2] for line in lines) == sorted(body + b"}" for body in server.live)


def test_again_asks_nothing(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    given = order(tmp_path, server, folder)
    first = done(given)
    asked, progress = len(server.asked), quiet()
    assert done(given, progress) == first
    assert len(server.asked) == asked
    assert progress.counts == {"skipped": 9}


def test_every_paper_is_counted_once_and_asked_about_once(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    progress = quiet()
    done(order(tmp_path, server, folder, folder / "000.xml"), progress)
    assert progress.done == 10
    assert progress.counts["duplicate"] == 2
    assert len(set(server.ran)) == len(server.ran)


def test_batches_are_split_by_the_limits_of_the_api(
    folder: Path,
    undisturbed: tuple[Rows, list[Any]],
    server: BatchServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ptmreuse.batches.spool.Size.__init__.__defaults__", (4, 200_000_000))
    assert done(order(tmp_path, server, folder)) == undisturbed[0]
    assert max(len(batch.lines) for batch in server.batches.values()) == 4
    assert texts(server.requests) == texts(undisturbed[1])


def test_quotes_that_are_not_there_are_asked_for_in_the_next_wave(
    folder: Path, server: BatchServer, tmp_path: Path
) -> None:
    def invents(number: int, body: dict[str, object]) -> Answer:
        status, data = answered(number, body)
        if "Your last answer had a quote" in str(body["messages"]):
            return status, data
        return status, data.replace(TUNED[:20].encode(), b"We have never written")

    expected, bodies = live(folder, tmp_path / "live", invents)
    server.respond = invents
    assert done(order(tmp_path / "out", server, folder)) == expected
    assert texts(server.requests) == texts(bodies)
    assert any("Your last answer" in text for text in texts(bodies))


def failing(status: int, times: int) -> Callable[[int, dict[str, Any]], Answer]:
    """The first answers to a paper fail so."""
    seen: Counter[str] = Counter()

    def respond(number: int, body: dict[str, Any]) -> Answer:
        text = json.dumps(body)
        seen[text] += 1
        hit = "Paper 0" in text and seen[text] <= times
        return refused(status)(number, body) if hit else answered(number, body)  # type: ignore[return-value]

    return respond


@pytest.mark.parametrize("status", [429, 500])
def test_a_request_that_failed_is_asked_again(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path, status: int
) -> None:
    server.respond = failing(status, 1)
    found = done(order(tmp_path, server, folder))
    assert {key: row[0][0] for key, row in found.items()} == {key: row[0][0] for key, row in undisturbed[0].items()}
    assert sorted(row[0][2] for row in found.values())[-5:] == [2] * 5
    assert len(server.ran) == len(undisturbed[1]) + 5


def test_a_request_that_always_fails_is_unresolved_with_its_reason_and_the_next_run_asks_again(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path
) -> None:
    server.respond = failing(500, 3)
    given = order(tmp_path, server, folder)
    first = [row for each in done(given).values() for row in each]
    assert [(row[0].reason, row[2]) for row in first if row[0].value == "unresolved"] == [("provider_error", 3)]
    server.respond = answered
    assert {key: row[-1] for key, row in done(given).items()} == {key: row[0] for key, row in undisturbed[0].items()}


@pytest.mark.parametrize("ending", ["expired", "cancelled"])
def test_what_an_ended_batch_left_out_is_asked_again_and_the_rest_is_kept(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path, ending: str
) -> None:
    server.ends = lambda _: ending if len(server.batches) == 1 else "completed"
    server.left_out = lambda number: number % 2 == 1
    found = done(order(tmp_path, server, folder))
    assert {key: row[0][0] for key, row in found.items()} == {key: row[0][0] for key, row in undisturbed[0].items()}
    assert Counter(server.ran) == texts(undisturbed[1])


def test_batches_that_expire_for_ever_are_unresolved(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    server.ends, server.left_out = lambda _: "expired", lambda _: True
    found = done(order(tmp_path, server, folder))
    assert {(row[0][0].reason, row[0][2]) for row in found.values()} == {("provider_error", 3)}
    assert len(server.batches) == 3


def test_a_failed_batch_is_asked_for_again(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path
) -> None:
    server.ends = lambda _: "failed" if len(server.batches) in (1, 3) else "completed"
    assert done(order(tmp_path, server, folder)) == undisturbed[0]
    assert Counter(server.ran) == texts(undisturbed[1])


def test_a_line_that_a_provider_calls_wrong_is_unresolved_and_the_others_are_asked_again(
    folder: Path, server: BatchServer, tmp_path: Path
) -> None:
    server.ends = lambda _: "failed" if len(server.batches) == 1 else "completed"
    server.faults = lambda _: [{"code": "invalid_request", "message": "no such field", "line": 2, "param": None}]
    found = [row[0][0] for row in done(order(tmp_path, server, folder)).values()]
    assert [answer.reason for answer in found if answer.value == "unresolved"] == ["provider_error"]


@pytest.mark.parametrize(
    ("code", "batches"), [("invalid_model", 1), ("billing_hard_limit_reached", 1), ("server_error", 3)]
)
def test_what_fails_every_batch_ends_the_run(
    folder: Path, server: BatchServer, tmp_path: Path, code: str, batches: int
) -> None:
    server.ends = lambda _: "failed"
    server.faults = lambda _: [{"code": code, "message": "It is so.", "line": None, "param": None}]
    with pytest.raises(SystemicError, match=rf"has failed \({code}: It is so\.\).*run again"):
        done(order(tmp_path, server, folder))
    assert len(server.batches) == batches
    assert rows(order(tmp_path, server, folder)) == {}


def test_a_batch_that_is_too_large_for_the_queue_is_halved_and_halves_wait_for_each_other(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path
) -> None:
    def ends(batch: Sent) -> str:
        others = [b for b in server.batches.values() if b.status == "in_progress" and b is not batch]
        return "failed" if len(batch.lines) + sum(len(b.lines) for b in others) > 3 else "completed"

    server.ends = ends
    server.faults = lambda _: [{"code": "token_limit_exceeded", "message": "full", "line": None, "param": None}]
    assert done(order(tmp_path, server, folder)) == undisturbed[0]
    assert Counter(server.ran) == texts(undisturbed[1])


def now_and_then(*answers: Answer) -> Callable[[str, str], Answer | None]:
    """Each of these in turn in place of every third answer of the API."""
    number = 0

    def trouble(*_: str) -> Answer | None:
        nonlocal number
        number += 1
        return answers[number // 3 % len(answers)] if number % 3 == 0 else None

    return trouble


@pytest.mark.parametrize("place", ["trouble", "after"])
def test_an_api_that_fails_now_and_then_is_asked_again_and_no_batch_is_made_twice(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path, place: str
) -> None:
    busy = json.dumps({"error": {"message": "busy"}}).encode()
    setattr(server, place, now_and_then((500, busy), (0, b""), (429, busy), (200, b"<html>busy</html>")))
    assert done(order(tmp_path, server, folder)) == undisturbed[0]
    assert Counter(server.ran) == texts(undisturbed[1])


@pytest.mark.parametrize(
    ("status", "match"), [(401, "key in the environment"), (403, "key in the"), (404, "no Batches")]
)
def test_a_provider_that_refuses_ends_the_run_at_once(
    folder: Path, server: BatchServer, tmp_path: Path, status: int, match: str
) -> None:
    server.trouble = lambda *_: (status, json.dumps({"error": {"message": f"no, {KEY}"}}).encode())
    with pytest.raises(SystemicError, match=match) as error:
        done(order(tmp_path, server, folder))
    assert KEY not in str(error.value)
    assert {key for *_, key in server.asked} == {f"Bearer {KEY}"}
    assert len(server.asked) == 1


def test_a_quota_that_is_used_up_in_the_middle_ends_the_run(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path
) -> None:
    told = {"error": {"message": "You exceeded your quota", "type": "insufficient_quota", "code": "insufficient_quota"}}
    posted = []

    def trouble(method: str, path: str) -> Answer | None:
        posted.append(path) if (method, path) == ("POST", "/v1/batches") else None
        return (429, json.dumps(told).encode()) if len(posted) == 2 else None

    server.trouble = trouble
    given = order(tmp_path, server, folder)
    with pytest.raises(SystemicError, match="exceeded your quota"):
        done(given)
    assert {stage for _, stage in rows(given)} == {STAGES[0]}
    server.trouble = nothing
    assert done(given) == undisturbed[0]
    assert Counter(server.ran) == texts(undisturbed[1])


def stopped_at(number: int) -> Callable[[str, str], Answer | None]:
    """Ctrl-C comes with the n-th request to the API, before or after it is done."""
    count = 0

    def trouble(*_: str) -> Answer | None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)
        return None

    return trouble


@pytest.mark.parametrize(
    ("place", "number"), [*(("trouble", n) for n in (1, 2, 3, 4, 5, 8, 13)), ("after", 2), ("after", 7)]
)
def test_stopped_anywhere_it_goes_on_and_pays_nothing_twice(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path, number: int, place: str
) -> None:
    given = order(tmp_path, server, folder)
    setattr(server, place, stopped_at(number))
    with pytest.raises(KeyboardInterrupt):
        done(given)
    setattr(server, place, nothing)
    assert done(given) == undisturbed[0]
    assert Counter(server.ran) == texts(undisturbed[1])


def test_cancel_ends_the_batches_and_what_they_have_answered_is_kept(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    server.trouble, server.left_out = stopped_at(3), lambda number: number > 2
    with pytest.raises(KeyboardInterrupt):
        done(order(tmp_path, server, folder))
    server.trouble = nothing
    command = ["run", str(folder), "--out", str(tmp_path), "--lm", "openai/m", "--api-base", server.base, "--zero-shot"]
    assert main([*command, "--engine", "batch", "--cancel"]) == 0
    assert "Told to end: 1 batch; the same command without --cancel" in " ".join(capsys.readouterr().out.split())
    assert [batch.status for batch in server.batches.values()] == ["cancelled"]
    found = done(order(tmp_path, server, folder))
    assert {key: row[0][0] for key, row in found.items()} == {key: row[0][0] for key, row in undisturbed[0].items()}
    assert Counter(server.ran) == texts(undisturbed[1])


@pytest.mark.parametrize("flags", [["--cancel"], ["--cancel", "--engine", "batch"]])
def test_cancel_without_batches_is_wrong_usage(folder: Path, tmp_path: Path, flags: list[str]) -> None:
    assert main(["run", str(folder), "--out", str(tmp_path), "--lm", "openai/m", *flags]) == 2


def test_ctrl_c_says_what_goes_on_and_how(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    server.trouble = stopped_at(4)
    progress = quiet()
    with pytest.raises(KeyboardInterrupt):
        done(order(tmp_path, server, folder), progress)
    assert isinstance(progress.console.file, io.StringIO)
    said = progress.console.file.getvalue()
    assert "At work at the provider: 1 batch with 6 requests; the same command waits for them, with --cancel" in said


@pytest.mark.parametrize("fresh", [False, True])
def test_live_calls_and_a_fresh_start_are_refused_while_batches_are_under_way(
    folder: Path, server: BatchServer, tmp_path: Path, fresh: bool
) -> None:
    server.trouble = stopped_at(4)
    given = order(tmp_path, server, folder)
    with pytest.raises(KeyboardInterrupt):
        done(given)
    with pytest.raises(UsageError, match="at work on 1 of its batches; go on with --engine batch, or end them"):
        run(replace(given, engine=BATCH if fresh else "local", fresh=fresh), quiet())


def test_kill_and_restart(
    folder: Path, undisturbed: tuple[Rows, list[Any]], server: BatchServer, tmp_path: Path, python: dict[str, str],
    ptmreuse: list[str],
) -> None:  # fmt: skip
    given = order(tmp_path, server, folder)
    started: list[subprocess.Popen[bytes]] = []
    count = 0

    def kill(*_: str) -> Answer | None:
        nonlocal count
        count += 1
        if count in (2, 9, 16):
            started[-1].kill()
            started[-1].wait()
        return None

    server.after = kill
    flags = ["--engine", "batch", "--lm", "openai/m", "--api-base", server.base, "--zero-shot"]
    for _ in range(20):
        command = [*ptmreuse, "run", str(folder), "--out", str(tmp_path), *flags]
        started.append(subprocess.Popen(command, env={**python, "OPENAI_API_KEY": KEY}, stdout=subprocess.DEVNULL))
        if started[-1].wait() == 0:
            break
    assert started[-1].returncode == 0
    assert len(started) == 4
    assert rows(given) == undisturbed[0]
    assert Counter(server.ran) == texts(undisturbed[1])
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and KEY.encode() in p.read_bytes()]


def test_a_budget_ends_the_run_before_it_is_reached_and_a_larger_one_goes_on(
    folder: Path, server: BatchServer, tmp_path: Path
) -> None:
    given = order(tmp_path, server, folder, lm="openai/gpt-4o-mini")
    small = replace(given, terms=Terms(max_tokens=3500))
    with pytest.raises(BudgetReached):
        done(small)
    assert 0 < len(server.ran) < 20
    assert sum(row[0][1] or 0 for row in rows(given).values()) < 3500
    with_all = done(given)
    assert "unresolved" not in {row[0][0].value for row in with_all.values()}
    assert len(set(server.ran)) == len(server.ran)


def test_usd_are_half_of_a_live_run(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    def usd(given: Order) -> float:
        run(given, quiet())
        with Ledger(given.ledger) as ledger:
            return float(ledger.totals(given.key)["usd"])

    with provider(answered) as other:
        whole = usd(replace(order(tmp_path / "live", other, folder, lm="openai/gpt-4o-mini"), engine="local"))
    assert usd(order(tmp_path / "batch", server, folder, lm="openai/gpt-4o-mini")) == pytest.approx(whole / 2)
    assert whole > 0


def test_a_small_budget_in_usd_sends_nothing(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    given = order(tmp_path, server, folder, lm="openai/gpt-4o-mini", terms=Terms(max_usd=0.0001))
    with pytest.raises(BudgetReached):
        done(given)
    assert server.asked == []


@pytest.mark.parametrize(
    ("lm", "match"),
    [("embedded", "the embedded LM answers at once"), ("anthropic/claude-opus-4", "no OpenAI-compatible Batches API")],
)
def test_lms_without_batches_are_refused(
    folder: Path, tmp_path: Path, lm: str, match: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with pytest.raises(UsageError, match=match):
        run(Order((folder,), tmp_path, LMChoice(lm), engine=BATCH), quiet())


def test_a_stage_of_the_embedded_lm_needs_no_batch(folder: Path, server: BatchServer, tmp_path: Path) -> None:
    done(order(tmp_path, server, folder, stage_lms={STAGES[0]: LMChoice()}))
    assert [sorted(stages_of(batch)) for batch in server.batches.values()] == [[2], [3], [4, 5]]


def test_a_reply_that_can_not_be_read_is_repaired_in_the_next_wave(server: BatchServer, tmp_path: Path) -> None:
    one = write(tmp_path / "a.xml", jats(PREDICTED))

    def chats(number: int, body: dict[str, object]) -> Answer:
        prompt = str(body["messages"])
        again = "[[ ##" not in prompt
        return (
            answered(number, body) if again or "`[[ ## reuses_ptm ## ]]`" not in prompt else (200, completion("Well!"))
        )

    expected, bodies = live(one, tmp_path / "live", chats)
    server.respond = chats
    assert done(order(tmp_path / "out", server, one)) == expected
    assert texts(server.requests) == texts(bodies)
