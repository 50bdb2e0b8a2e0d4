"""Stage 1: its prompt, its replies, its gate, its second question."""

import json

import pytest
from stages import BAD, GOOD, again, asked, check_snapshot, outputs, stands, told

from program import uses_deep_learning
from program.answers import no
from signatures.uses_deep_learning import UsesDeepLearning

STEM = uses_deep_learning.STAGE


def reply(value: object, quote: str) -> dict[str, object]:
    return {"uses_deep_learning": value, "evidence": quote}


def test_the_signature() -> None:
    assert list(UsesDeepLearning.input_fields) == ["title", "year", "passages"]
    assert outputs(UsesDeepLearning) == {STEM: bool, "evidence": str}


def test_the_prompt_is_the_stored_one() -> None:
    _, prompts = asked(uses_deep_learning, reply("False", "none"))
    check_snapshot(STEM, prompts[0])


@pytest.mark.parametrize("true", ["True", "true", "yes", "1"])
def test_a_good_reply(true: str) -> None:
    answer, prompts = asked(uses_deep_learning, reply(true, GOOD))
    assert (answer.stage, answer.value, answer.reason) == (STEM, "yes", "")
    assert told(answer) == [("", "", GOOD)]
    assert stands(answer.findings[0].evidence)
    assert len(prompts) == 1


@pytest.mark.parametrize("quote", ["none", GOOD, BAD])
def test_a_no_needs_nothing(quote: str) -> None:
    answer, _ = asked(uses_deep_learning, reply("False", quote))
    assert answer == no(STEM)


@pytest.mark.parametrize("quote", [BAD, "none", "U-Net", "Counting leaves"])
def test_a_yes_without_its_quote_is_unresolved(quote: str) -> None:
    answer, _ = asked(uses_deep_learning, reply("True", quote))
    assert (answer.value, answer.reason) == ("unresolved", "evidence_not_found")


def test_a_reply_in_json_is_read_after_one_that_cannot_be_read() -> None:
    answer, prompts = asked(uses_deep_learning, "Well, yes.", json.dumps({STEM: True, "evidence": GOOD}))
    assert answer.value == "yes"
    assert len(prompts) == 2


def test_it_is_asked_again_once_with_the_reason() -> None:
    assert again(STEM, reply("True", BAD), reply("True", GOOD)) == ("yes", [("", "", GOOD)])
    assert again(STEM, reply("True", BAD), reply("True", BAD)) == ("unresolved", [("", "", "evidence_not_found")])
    assert again(STEM, reply("True", BAD), reply("False", "none")) == ("no", [])
