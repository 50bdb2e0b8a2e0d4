"""The evidence gate of every stage."""

import pytest

from program import gate
from program.answers import Answer, Finding, no
from program.paper import Paper, Paragraph

GOOD = "We trained a U-Net on our own photographs."
ALSO = "ResNet-50 was fine-tuned on the same photographs."
BAD = "This sentence is in no paper of ours."
PAPER = Paper("a.txt", "Leaves", (Paragraph(f"{GOOD} {ALSO}", "methods", "Methods", "line 1"),))
MODELS = ["U-Net", "ResNet-50"]


def told(answer: Answer) -> list[tuple[str, str, str]]:
    """Model, value, and the quote or the reason why there is none."""
    return [(f.model, f.value, f.evidence.quote if f.evidence else f.reason) for f in answer.findings]


def test_a_finding_has_evidence_or_a_reason() -> None:
    assert gate.finding("U-Net", "x", BAD, PAPER) == Finding("U-Net", "x", None, "evidence_not_found")
    found = gate.finding("U-Net", "x", GOOD, PAPER)
    assert found.evidence is not None
    assert (found.evidence.place, found.reason) == ("line 1", "")


@pytest.mark.parametrize(
    ("value", "quote", "answer"),
    [
        (True, GOOD, "yes"),
        (True, BAD, "unresolved"),
        (True, "none", "unresolved"),
        (True, "", "unresolved"),
        (False, "none", "no"),
        (False, GOOD, "no"),
        (False, BAD, "no"),
    ],
)
def test_a_yes_needs_its_quote(value: bool, quote: str, answer: str) -> None:
    gated = gate.yes_or_no("uses_deep_learning", value, quote, PAPER)
    assert gated.value == answer
    assert gated.reason == ("evidence_not_found" if answer == "unresolved" else "")
    assert gated.value != "no" or gated == no("uses_deep_learning")


PER_MODEL: list[tuple[str, list[tuple[str, str, str]], str, list[tuple[str, str, str]]]] = [
    (
        "each its own",
        [("ResNet-50", "adaptation", ALSO), ("U-Net", "conceptual", GOOD)],
        "yes",
        [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)],
    ),
    (
        "another model is not taken",
        [("U-Net", "conceptual", GOOD), ("VGG-16", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)],
        "yes",
        [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)],
    ),
    (
        "a missing model is not answered",
        [("U-Net", "conceptual", GOOD)],
        "yes",
        [("U-Net", "conceptual", GOOD), ("ResNet-50", "", "not_answered")],
    ),
    ("nothing given", [], "unresolved", [("U-Net", "", "not_answered"), ("ResNet-50", "", "not_answered")]),
    (
        "spelled otherwise",
        [("unet", "conceptual", GOOD), (" resnet50 ", "adaptation", ALSO)],
        "yes",
        [("U-Net", "conceptual", GOOD), ("ResNet-50", "adaptation", ALSO)],
    ),
    (
        "no quote",
        [("U-Net", "conceptual", BAD), ("ResNet-50", "adaptation", ALSO)],
        "yes",
        [("U-Net", "conceptual", "evidence_not_found"), ("ResNet-50", "adaptation", ALSO)],
    ),
    (
        "no quote at all",
        [("U-Net", "conceptual", BAD), ("ResNet-50", "adaptation", BAD)],
        "unresolved",
        [("U-Net", "conceptual", "evidence_not_found"), ("ResNet-50", "adaptation", "evidence_not_found")],
    ),
    (
        "the same value twice, once with its quote",
        [
            ("U-Net", "conceptual", BAD),
            ("U-Net", "conceptual", GOOD),
            ("U-Net", "conceptual", ALSO),
            ("ResNet-50", "a", ALSO),
        ],
        "yes",
        [("U-Net", "conceptual", GOOD), ("ResNet-50", "a", ALSO)],
    ),
]


@pytest.mark.parametrize(
    ("given", "value", "findings"), [row[1:] for row in PER_MODEL], ids=[row[0] for row in PER_MODEL]
)
def test_answers_per_model(given: list[tuple[str, str, str]], value: str, findings: list[tuple[str, str, str]]) -> None:
    answer = gate.per_model("reuse_pattern", given, PAPER, MODELS)
    assert (answer.value, told(answer)) == (value, findings)


@pytest.mark.parametrize(
    ("once", "values"),
    [(False, ["conceptual", "adaptation"]), (True, ["conceptual"])],
)
def test_several_values_of_one_model(once: bool, values: list[str]) -> None:
    given = [("U-Net", "conceptual", GOOD), ("U-Net", "adaptation", ALSO)]
    answer = gate.per_model("reuse_pattern", given, PAPER, ["U-Net"], once=once)
    assert [finding.value for finding in answer.findings] == values


def test_of_two_single_values_the_one_with_a_quote_counts() -> None:
    given = [("U-Net", "test", BAD), ("U-Net", "analysis", GOOD), ("U-Net", "conclusion", ALSO)]
    answer = gate.per_model("science_step", given, PAPER, ["U-Net"], once=True)
    assert told(answer) == [("U-Net", "analysis", GOOD)]


def test_a_model_that_is_not_in_the_catalogue_is_matched_by_its_name() -> None:
    answer = gate.per_model("science_step", [("foobarnet", "test", GOOD)], PAPER, ["FooBarNet"], once=True)
    assert told(answer) == [("FooBarNet", "test", GOOD)]
