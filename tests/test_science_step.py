"""Stage 5: its prompt, its replies, its gate, its second question."""

import json

import pytest
from stages import ALSO, BAD, GOOD, MODELS, again, asked, check_snapshot, outputs, stands, told

from program import science_step
from signatures.labels import ModelStep
from signatures.science_step import ScienceStep

STEM = science_step.STAGE
BOTH = [("U-Net", "test", GOOD), ("ResNet-50", "analysis", ALSO)]


def reply(*items: tuple[str, str, str]) -> dict[str, object]:
    return {"steps": [{"model": model, "step": value, "evidence": quote} for model, value, quote in items]}


def test_the_signature() -> None:
    assert list(ScienceStep.input_fields) == ["title", "models", "passages"]
    assert outputs(ScienceStep) == {"steps": list[ModelStep]}


def test_the_prompt_is_the_stored_one() -> None:
    _, prompts = asked(science_step, reply(*BOTH))
    check_snapshot(STEM, prompts[0])


def test_the_prompt_names_the_models_in_order() -> None:
    _, prompts = asked(science_step, reply(*BOTH))
    assert json.dumps(MODELS) in prompts[0]


def test_a_good_reply() -> None:
    answer, prompts = asked(science_step, reply(*reversed(BOTH)))
    assert (answer.stage, answer.value, told(answer)) == (STEM, "yes", BOTH)
    assert all(stands(finding.evidence) for finding in answer.findings)
    assert len(prompts) == 1


def test_a_model_has_one_step() -> None:
    answer, _ = asked(science_step, reply(*BOTH, ("ResNet-50", "conclusion", ALSO)))
    assert told(answer) == BOTH


def test_a_value_outside_the_vocabulary_is_no_reply() -> None:
    wrong = json.dumps(reply(("U-Net", "whatever", GOOD)))
    answer, prompts = asked(science_step, reply(("U-Net", "whatever", GOOD)), wrong.replace("whatever", "test"))
    assert told(answer) == [BOTH[0], ("ResNet-50", "", "not_answered")]
    assert len(prompts) == 2


def test_an_answer_for_another_model_is_not_taken() -> None:
    answer, _ = asked(science_step, reply(*BOTH, ("VGG-16", "test", GOOD)))
    assert told(answer) == BOTH


@pytest.mark.parametrize("quote", [BAD, "none", "U-Net", "Counting leaves"])
def test_a_bad_quote_is_not_evidence(quote: str) -> None:
    answer, _ = asked(science_step, reply(("U-Net", "test", quote), BOTH[1]))
    assert (answer.value, told(answer)) == ("yes", [("U-Net", "test", "evidence_not_found"), BOTH[1]])
    answer, _ = asked(science_step, reply(("U-Net", "test", quote), ("ResNet-50", "analysis", quote)))
    assert (answer.value, answer.reason, answer.resolved) == ("unresolved", "evidence_not_found", ())


def test_it_is_asked_again_once_with_the_reason() -> None:
    bad = ("U-Net", "test", BAD)
    assert again(STEM, reply(bad, BOTH[1]), reply(*BOTH)) == ("yes", BOTH)
    lost = ("U-Net", "test", "evidence_not_found")
    assert again(STEM, reply(bad, BOTH[1]), reply(bad, BOTH[1])) == ("yes", [lost, BOTH[1]])
    assert again(STEM, reply(bad, BOTH[1]), reply(bad)) == ("yes", [lost, BOTH[1]])
