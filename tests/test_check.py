"""`ptmreuse check` against real servers on loopback: ready, and every way of not being ready."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from listing import list_models
from provider import Answer, Respond, answered, completion, provider, refused

from program.answers import STAGES
from program.sentences import split
from ptmreuse import cli
from ptmreuse.check import Checked, check
from ptmreuse.lm import LMChoice
from ptmreuse.meter import Price
from ptmreuse.specimen import SPECIMEN

LM = "hosted_vllm/m"
SENTENCES = [sentence.text for paragraph in SPECIMEN.paragraphs for sentence in split(paragraph.text)]


def json_reply(body: dict[str, Any]) -> dict[str, Any]:
    """A reply of the embedded LM, taken apart."""
    reply: dict[str, Any] = json.loads(answered(1, body)[1])
    return reply


def without_usage(_: int, body: dict[str, Any]) -> Answer:
    reply = json_reply(body)
    del reply["usage"]
    return 200, json.dumps(reply).encode()


def cut(_: int, body: dict[str, Any]) -> Answer:
    reply = json_reply(body)
    (choice,) = reply["choices"]
    choice["finish_reason"], choice["message"]["content"] = "length", choice["message"]["content"][:40]
    return 200, json.dumps(reply).encode()


def invented(_: int, body: dict[str, Any]) -> Answer:
    text: str = json_reply(body)["choices"][0]["message"]["content"]
    for sentence in SENTENCES:
        text = text.replace(sentence, "A sentence that stands nowhere in all of this paper.")
    return 200, completion(text)


def asleep(*_: object) -> Answer:
    time.sleep(0.6)
    return refused(500)(1, {})


def html(status: int) -> Respond:
    return lambda *_: (status, b"<!DOCTYPE html><html><body>It works!</body></html>")


@pytest.mark.parametrize(
    ("respond", "told", "advice", "calls"),
    [
        (refused(401, "bad key"), "does not accept the key (bad key", "the key in the environment", 1),
        (refused(403), "does not accept the key", "the key in the environment", 1),
        (refused(404, "The model `m` does not exist"), "knows no model m", "it has gpt-x, gpt-y", 1),
        (refused(402, "pay first"), "nothing left to spend", "billing", 1),
        (refused(429), "turns the call away", "wait", 1),
        (refused(500), "the server fails", "its log", 1),
        (refused(503), "the server fails", "its log", 1),
        (refused(400, "unknown field"), "does not take the request (unknown field", "--structured", 1),
        (refused(400, "the maximum context length is 9"), "longer than the LM takes", "--max-model-len", 10),
        (html(200), "a web page and no LM", "--api-base", 1),
        (html(404), "a web page and no LM", "--api-base", 1),
        (lambda *_: (200, b'{"choices": ['), "the reply is broken", "proxy", 1),
        (lambda *_: (200, completion("")), "the reply is empty", "--api-base", 5),
        (lambda *_: (200, completion("I would say yes.")), "not in the form", "--structured", 10),
        (lambda *_: (200, completion("I'm sorry, but I can't help with that.")), "declines", "another LM", 10),
        (cut, "cut at its limit", "more room", 10),
        (invented, "the quote is not in the text", "larger", 10),
        (asleep, "is too slow (no whole reply within 0.2 seconds", "--timeout", 1),
    ],
)
def test_what_is_wrong_is_told_with_the_next_step_and_no_call_is_made_for_nothing(
    capsys: pytest.CaptureFixture[str], respond: Respond, told: str, advice: str, calls: int
) -> None:
    with provider(respond) as server:
        list_models(server, {"id": "gpt-x"}, {"id": "gpt-y"})
        wait = "0.2" if respond is asleep else "20"
        code = cli.main(["check", "--lm", LM, "--api-base", server.base, "--timeout", wait])
        assert len(server.bodies) == calls
    out = capsys.readouterr().out
    assert code == 1
    trouble, _, step = out.partition("→")
    assert told in trouble
    assert advice in step.partition("\n\n")[0]
    assert f"{STAGES[0]}: " in trouble


def test_a_server_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    assert cli.main(["check", "--lm", LM, "--api-base", "http://127.0.0.1:9/v1"]) == 1
    assert time.monotonic() - began < 5
    out = capsys.readouterr().out
    assert "http://127.0.0.1:9/v1 can't be reached" in out
    assert "→ start the server" in out


@pytest.mark.parametrize(
    ("lm", "told", "advice"),
    [
        ("openai/gpt-5-mini", "there is no key", "set OPENAI_API_KEY in the environment"),
        ("anthropic/claude-haiku-4-5", "there is no key", "set ANTHROPIC_API_KEY in the environment"),
        ("gemini/gemini-2.5-flash", "there is no key", "set GEMINI_API_KEY or GOOGLE_API_KEY in the environment"),
        ("nobody/m", "there is no such LM", "docs/providers.md"),
        ("m", "there is no such LM", "docs/providers.md"),
    ],
)
def test_no_key_and_no_such_lm(capsys: pytest.CaptureFixture[str], lm: str, told: str, advice: str) -> None:
    assert cli.main(["check", "--lm", lm]) == 1
    out = capsys.readouterr().out
    assert told in out
    assert advice in out


def test_an_lm_that_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    with provider(answered) as server:
        list_models(server, {"id": "m", "max_model_len": 16384})
        assert cli.main(["check", "--lm", LM, "--api-base", server.base]) == 0
        assert len(server.bodies) == 5
    out = capsys.readouterr().out
    assert "5 of 5 parse and have their quote, 5 are right" in out
    assert "16,384 tokens; the longest prompt" in out
    assert "s per call, " in out
    assert "not in the price list" in out
    assert "→" not in out


def test_the_embedded_lm_is_ready_and_costs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check"]) == 0
    out = capsys.readouterr().out
    assert "embedded, program compiled in embedded.json" in out
    assert out.count(" right ") == 5
    assert "no limit" in out
    assert "price           nothing" in out


def test_a_context_that_is_too_short_for_a_run_is_no_readiness(capsys: pytest.CaptureFixture[str]) -> None:
    with provider(answered) as server:
        list_models(server, {"id": "m", "max_model_len": 4096})
        assert cli.main(["check", "--lm", LM, "--api-base", server.base]) == 1
    out = capsys.readouterr().out
    assert "4,096 tokens, TOO SHORT" in out
    assert "→ serve it with a longer context" in out


def test_a_server_that_counts_no_tokens_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    with provider(without_usage) as server:
        assert cli.main(["check", "--lm", LM, "--api-base", server.base]) == 0
    out = capsys.readouterr().out
    assert "the server reports none" in out
    assert "unknown; see to it that a run fits" in out


def test_a_reply_that_had_to_be_repaired_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    def at_second(number: int, body: dict[str, Any]) -> Answer:
        return answered(number, body) if number % 2 == 0 else (200, completion("Yes."))

    with provider(at_second) as server:
        assert cli.main(["check", "--lm", LM, "--api-base", server.base]) == 0
        assert len(server.bodies) == 10
    assert "a call was made twice" in capsys.readouterr().out


def test_a_wrong_answer_is_shown_and_does_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    def always_no(number: int, body: dict[str, Any]) -> Answer:
        status, reply = answered(number, body)
        return status, reply.replace(b"\\nTrue", b"\\nFalse").replace(b"adaptation", b"conceptual")

    with provider(always_no) as server:
        assert cli.main(["check", "--lm", LM, "--api-base", server.base]) == 0
    out = capsys.readouterr().out
    assert out.count(" wrong ") == 3
    assert "2 are right" in out


def test_structured_sends_the_schema_of_each_stage_and_parameters_go_along() -> None:
    with provider(answered) as server:
        given = ["--structured", "--temperature", "0.5", "--max-answer-tokens", "900"]
        assert cli.main(["check", "--lm", LM, "--api-base", server.base, *given]) == 0
        bodies: list[dict[str, Any]] = list(server.bodies)
    schemas = [body["response_format"]["json_schema"]["schema"]["properties"] for body in bodies]
    assert [next(iter(properties)) for properties in schemas] == [*STAGES[:2], "ptms", "patterns", "steps"]
    assert {(body["temperature"], body["max_tokens"]) for body in bodies} == {(0.5, 900)}


def test_another_lm_for_a_stage_is_called_for_it_alone_and_a_fault_of_one_does_not_stop_the_other() -> None:
    with provider(answered) as server, provider(refused(401)) as other:
        stage_lms = {"names_ptms": LMChoice("hosted_vllm/big", other.base)}
        small, big = check(LMChoice(LM, server.base), stage_lms)
        assert (len(server.bodies), len(other.bodies)) == (4, 1)
    assert [call.stage for call in small.calls] == [stage for stage in STAGES if stage != "names_ptms"]
    assert (small.is_fit, big.is_fit) == (True, False)
    assert big.troubles[0][0] == "names_ptms"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--stage-lm", "six=m"], "--stage-lm six=m: give STAGE=LM"),
        (["--timeout", "0"], "--timeout 0"),
        (["--zero-shot", "--compiled", "x.json"], "give one of them"),
        (["--compiled", "none.json"], "none.json: can't be read as JSON"),
        (["--lm", "openai/m", "--api-base", "here"], "--api-base here"),
        (["--temperature", "1"], "takes no temperature"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], given: list[str], says: str) -> None:
    assert cli.main(["check", *given]) == 2
    told = capsys.readouterr().err
    assert told.startswith("ptmreuse: ")
    assert told.count("\n") == 1
    assert says in told


def test_a_key_is_in_nothing_that_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    with provider(refused(401, "Incorrect API key")) as server:
        assert cli.main(["check", "--lm", "openai/m", "--api-base", server.base]) == 1
    told = capsys.readouterr()
    assert "sk-planted" not in told.out + told.err


def checked(price: Price | None) -> Checked:
    with provider(answered) as server:
        (found,) = check(LMChoice(LM, server.base), {})
    return Checked(found.choice, found.calls, price, found.served)


def test_what_a_thousand_papers_cost_is_the_sum_of_their_prompts_and_answers() -> None:
    found = checked(Price(1e-6, 2e-6))
    prompt = found.prompt("uses_deep_learning", 1000)
    assert prompt is not None
    assert found.usd(["uses_deep_learning"], 1000) == pytest.approx(1000 * (prompt * 1e-6 + 10 * 2e-6))
    more = found.usd(["uses_deep_learning"], 2000)
    assert more == pytest.approx(1000 * ((prompt + 1000) * 1e-6 + 10 * 2e-6))
    assert checked(None).usd(STAGES, 1000) is None


def test_the_real_command(ptmreuse: list[str], python: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run([*ptmreuse, "check"], env=python, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(tmp_path.glob("*.sqlite"))
