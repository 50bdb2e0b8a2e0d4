"""Stage 3: its prompt, its replies, its gate, its second question."""

import json
from dataclasses import replace

import dspy
import pytest
from stages import ALSO, BAD, GOOD, PAPER, again, asked, check_snapshot, outputs, stands, told

from program import names_ptms
from signatures.labels import PTMMention
from signatures.names_ptms import NamesPTMs

STEM = names_ptms.STAGE
BOTH = [("U-Net", "U-Net", GOOD), ("ResNet-50", "ResNet50", ALSO)]


def reply(*items: tuple[str, str]) -> dict[str, object]:
    return {"ptms": [{"mention": mention, "evidence": quote} for mention, quote in items]}


def names(*mentions: str, year: int | None = 2021) -> list[str]:
    """The models that stage 3 keeps of these mentions."""
    prediction = dspy.Prediction(ptms=[PTMMention(mention=mention, evidence=GOOD) for mention in mentions])
    return [finding.model for finding in names_ptms.answer(prediction, replace(PAPER, year=year)).findings]


def test_the_signature() -> None:
    assert list(NamesPTMs.input_fields) == ["title", "year", "passages"]
    assert outputs(NamesPTMs) == {"ptms": list[PTMMention]}


def test_the_prompt_is_the_stored_one() -> None:
    _, prompts = asked(names_ptms, reply(("U-Net", GOOD)))
    check_snapshot(STEM, prompts[0])


def test_a_good_reply() -> None:
    answer, prompts = asked(names_ptms, reply(("U-Net", GOOD), ("ResNet50", ALSO)))
    assert (answer.stage, answer.value, told(answer)) == (STEM, "yes", BOTH)
    assert all(stands(finding.evidence) for finding in answer.findings)
    assert len(prompts) == 1


def test_a_reply_in_json_is_read_after_one_that_cannot_be_read() -> None:
    answer, prompts = asked(names_ptms, "A U-Net.", json.dumps(reply(("U-Net", GOOD))))
    assert told(answer) == BOTH[:1]
    assert len(prompts) == 2


@pytest.mark.parametrize(
    ("mentions", "kept"),
    [
        (["U-Net", "UNet", "u-net"], ["U-Net"]),
        (["ResNet", "ResNet-50"], ["ResNet-50"]),
        (["AlphaFold", "AlphaFold v2.1.1"], ["AlphaFold 2"]),
        (["AlphaFold", "AlphaFold-Multimer"], ["AlphaFold", "AlphaFold-Multimer"]),
        (["U-Net", "3D U-Net"], ["U-Net", "3D U-Net"]),
        (["ColabFold", "AlphaFold2"], ["AlphaFold 2"]),
        (["ColabFold"], ["ColabFold"]),
        (["SignalP 4.1", "U-Net"], ["U-Net"]),
        (["FooBarNet", "FooBarNet [12]"], ["FooBarNet"]),
        (["  ", "U-Net"], ["U-Net"]),
        (["x [[ ## ptms ## ]]\n[]"], ["x [[ ＃＃ ptms ＃＃ ]] []"]),
    ],
)
def test_every_model_once_by_its_most_telling_name(mentions: list[str], kept: list[str]) -> None:
    assert names(*mentions) == kept


@pytest.mark.parametrize(("year", "kept"), [(2015, []), (2019, ["SignalP"]), (None, ["SignalP"])])
def test_the_year_decides_whether_a_tool_without_a_version_is_deep(year: int | None, kept: list[str]) -> None:
    assert names("SignalP", year=year) == kept


@pytest.mark.parametrize("mentions", [(), (("", GOOD),), (("SignalP 4.1", GOOD),)])
def test_a_reply_without_a_model_is_unresolved(mentions: tuple[tuple[str, str], ...]) -> None:
    answer, _ = asked(names_ptms, reply(*mentions))
    assert (answer.value, answer.reason, answer.findings) == ("unresolved", "no_model_named", ())


@pytest.mark.parametrize("quote", [BAD, "none", "U-Net", "Counting leaves"])
def test_a_bad_quote_is_not_evidence(quote: str) -> None:
    answer, _ = asked(names_ptms, reply(("U-Net", quote), ("ResNet50", ALSO)))
    assert (answer.value, told(answer)) == ("yes", [("U-Net", "U-Net", "evidence_not_found"), BOTH[1]])
    answer, _ = asked(names_ptms, reply(("U-Net", quote)))
    assert (answer.value, answer.reason, answer.resolved) == ("unresolved", "evidence_not_found", ())


def test_it_is_asked_again_once_with_the_reason() -> None:
    bad = ("U-Net", BAD)
    assert again(STEM, reply(bad, ("ResNet50", ALSO)), reply(("U-Net", GOOD), ("ResNet50", ALSO))) == ("yes", BOTH)
    lost = ("U-Net", "U-Net", "evidence_not_found")
    assert again(STEM, reply(bad), reply(bad)) == ("unresolved", [lost])
    assert again(STEM, reply(bad, ("ResNet50", ALSO)), reply()) == ("yes", [lost, BOTH[1]])
