"""Stage 2: its prompt, its replies, its gate, its second question."""

import json

import pytest
from stages import BAD, GOOD, again, asked, check_snapshot, outputs, stands, told

from program import reuses_ptm
from program.answers import no
from signatures.reuses_ptm import ReusesPTM

STEM = reuses_ptm.STAGE


def reply(value: object, quote: str) -> dict[str, object]:
    return {"reuses_ptm": value, "evidence": quote}


def test_the_signature() -> None:
    assert list(ReusesPTM.input_fields) == ["title", "year", "passages"]
    assert outputs(ReusesPTM) == {STEM: bool, "evidence": str}


def test_the_prompt_is_the_stored_one() -> None:
    _, prompts = asked(reuses_ptm, reply("False", "none"))
    check_snapshot(STEM, prompts[0])


@pytest.mark.parametrize("true", ["True", "true", "yes", "1"])
def test_a_good_reply(true: str) -> None:
    answer, prompts = asked(reuses_ptm, reply(true, GOOD))
    assert (answer.stage, answer.value, answer.reason) == (STEM, "yes", "")
    assert told(answer) == [("", "", GOOD)]
    assert stands(answer.findings[0].evidence)
    assert len(prompts) == 1


@pytest.mark.parametrize("quote", ["none", GOOD, BAD])
def test_a_no_needs_nothing(quote: str) -> None:
    answer, _ = asked(reuses_ptm, reply("False", quote))
    assert answer == no(STEM)


@pytest.mark.parametrize("quote", [BAD, "none", "U-Net", "Counting leaves"])
def test_a_yes_without_its_quote_is_unresolved(quote: str) -> None:
    answer, _ = asked(reuses_ptm, reply("True", quote))
    assert (answer.value, answer.reason) == ("unresolved", "evidence_not_found")


def test_a_reply_in_json_is_read_after_one_that_cannot_be_read() -> None:
    answer, prompts = asked(reuses_ptm, "Well, yes.", json.dumps({STEM: True, "evidence": GOOD}))
    assert answer.value == "yes"
    assert len(prompts) == 2


def test_it_is_asked_again_once_with_the_reason() -> None:
    assert again(STEM, reply("True", BAD), reply("True", GOOD)) == ("yes", [("", "", GOOD)])
    assert again(STEM, reply("True", BAD), reply("True", BAD)) == ("unresolved", [("", "", "evidence_not_found")])
    assert again(STEM, reply("True", BAD), reply("False", "none")) == ("no", [])
