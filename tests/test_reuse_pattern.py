"""Stage 4: its prompt, its replies, its gate, its second question."""

import json

import pytest
from stages import ALSO, BAD, GOOD, MODELS, again, asked, check_snapshot, outputs, stands, told

from program import reuse_pattern
from signatures.labels import ModelPattern
from signatures.reuse_pattern import ReusePattern

STEM = reuse_pattern.STAGE
BOTH = [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)]


def reply(*items: tuple[str, str, str]) -> dict[str, object]:
    return {"patterns": [{"model": model, "pattern": value, "evidence": quote} for model, value, quote in items]}


def test_the_signature() -> None:
    assert list(ReusePattern.input_fields) == ["title", "models", "passages"]
    assert outputs(ReusePattern) == {"patterns": list[ModelPattern]}


def test_the_prompt_is_the_stored_one() -> None:
    _, prompts = asked(reuse_pattern, reply(*BOTH))
    check_snapshot(STEM, prompts[0])


def test_the_prompt_names_the_models_in_order() -> None:
    _, prompts = asked(reuse_pattern, reply(*BOTH))
    assert json.dumps(MODELS) in prompts[0]


def test_a_good_reply() -> None:
    answer, prompts = asked(reuse_pattern, reply(*reversed(BOTH)))
    assert (answer.stage, answer.value, told(answer)) == (STEM, "yes", BOTH)
    assert all(stands(finding.evidence) for finding in answer.findings)
    assert len(prompts) == 1


def test_a_model_may_have_two_patterns() -> None:
    two = [("ResNet-50", "adaptation", ALSO), ("ResNet-50", "deployment", ALSO)]
    answer, _ = asked(reuse_pattern, reply(BOTH[0], *two))
    assert told(answer) == [BOTH[0], *two]


def test_a_value_outside_the_vocabulary_is_no_reply() -> None:
    wrong = json.dumps(reply(("U-Net", "whatever", GOOD)))
    answer, prompts = asked(reuse_pattern, reply(("U-Net", "whatever", GOOD)), wrong.replace("whatever", "conceptual"))
    assert told(answer) == [BOTH[0], ("ResNet-50", "", "not_answered")]
    assert len(prompts) == 2


def test_an_answer_for_another_model_is_not_taken() -> None:
    answer, _ = asked(reuse_pattern, reply(*BOTH, ("VGG-16", "conceptual", GOOD)))
    assert told(answer) == BOTH


@pytest.mark.parametrize("quote", [BAD, "none", "U-Net", "Counting leaves"])
def test_a_bad_quote_is_not_evidence(quote: str) -> None:
    answer, _ = asked(reuse_pattern, reply(("U-Net", "conceptual", quote), BOTH[1]))
    assert (answer.value, told(answer)) == ("yes", [("U-Net", "conceptual", "evidence_not_found"), BOTH[1]])
    answer, _ = asked(reuse_pattern, reply(("U-Net", "conceptual", quote), ("ResNet-50", "adaptation", quote)))
    assert (answer.value, answer.reason, answer.resolved) == ("unresolved", "evidence_not_found", ())


def test_it_is_asked_again_once_with_the_reason() -> None:
    bad = ("U-Net", "conceptual", BAD)
    assert again(STEM, reply(bad, BOTH[1]), reply(*BOTH)) == ("yes", BOTH)
    lost = ("U-Net", "conceptual", "evidence_not_found")
    assert again(STEM, reply(bad, BOTH[1]), reply(bad, BOTH[1])) == ("yes", [lost, BOTH[1]])
    assert again(STEM, reply(bad, BOTH[1]), reply(bad)) == ("yes", [lost, BOTH[1]])
