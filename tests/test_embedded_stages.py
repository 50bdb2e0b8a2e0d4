"""The five heads of the embedded LM as a table: what each decides about, what a demo teaches it, how it replies."""

import json
from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
from dspy import lm15
from prompts import ANSWERS, MAIN, inputs, passages

from program.answers import STAGES
from ptmreuse.embedded.engine import HEADS
from ptmreuse.embedded.prior import feature_names
from ptmreuse.embedded.prompt import Fields
from signatures.labels import MAX_QUOTE, Pattern, Step

TOLD = (
    "A U-Net was trained from scratch on 400 images of leaves.",
    "ResNet-50 pre-trained on ImageNet was fine-tuned on our images.",
    "Recent reviews praise VGG-16 (Muster et al. 2018).",
    "Means were compared by analysis of variance.",
)
MODELS = ("U-Net", "ResNet-50", "Nowhere-Net")


def asked(stage: str, *told: str, models: tuple[str, ...] = MODELS) -> Fields:
    given = inputs(stage, passages(*told), models)
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in given.items()}


def reply(stage: str, fields: Fields, chances: Callable[[int, int], Any] | None = None) -> dict[str, Any]:
    """The reply of a head for given chances, items by classes."""
    found = HEADS[stage].items(fields)
    classes = len(HEADS[stage].CLASSES)
    given = np.ones((len(found), classes)) if chances is None else chances(len(found), classes)
    answer: dict[str, Any] = HEADS[stage].reply(fields, found, np.array(given).reshape(len(found), classes))
    return answer


def test_there_is_a_head_for_every_stage() -> None:
    assert tuple(HEADS) == STAGES
    assert get_args(Pattern) == HEADS["reuse_pattern"].CLASSES
    assert get_args(Step) == HEADS["science_step"].CLASSES


ITEMS = {
    "uses_deep_learning": ["paper"],
    "reuses_ptm": ["paper"],
    "names_ptms": ["U-Net", "ResNet-50", "VGG-16"],
    "reuse_pattern": list(MODELS),
    "science_step": list(MODELS),
}


@pytest.mark.parametrize("stage", STAGES)
def test_what_it_decides_about(stage: str) -> None:
    found = HEADS[stage].items(asked(stage, *TOLD))
    assert [item.name for item in found] == ITEMS[stage]
    for item in found:
        assert item.features["bias"] == 1.0
        assert all(isinstance(value, float) and np.isfinite(value) for value in item.features.values())
        assert all(item.name in line.text[start:end] for line, start, end in item.lines)


@pytest.mark.parametrize("stage", STAGES)
def test_the_prior_knows_most_of_its_features(stage: str) -> None:
    used = {name for item in HEADS[stage].items(asked(stage, *TOLD)) for name, value in item.features.items() if value}
    assert len(used & set(feature_names(stage))) > 0.7 * len(used)


@pytest.mark.parametrize("stage", STAGES)
def test_features_are_the_same_twice(stage: str) -> None:
    first, second = (HEADS[stage].items(asked(stage, *TOLD)) for _ in range(2))
    assert [item.features for item in first] == [item.features for item in second]


TRUTHS = [
    ("uses_deep_learning", {"uses_deep_learning": "True"}, [[1.0]]),
    ("uses_deep_learning", {"uses_deep_learning": "false", "evidence": "none"}, [[0.0]]),
    ("reuses_ptm", {"reuses_ptm": "True"}, [[1.0]]),
    ("reuses_ptm", {"reuses_ptm": "False"}, [[0.0]]),
    ("names_ptms", {"ptms": '[{"mention": "resnet50", "evidence": ""}]'}, [[0.0], [1.0], [0.0]]),
    ("names_ptms", {"ptms": '[{"mention": "Elsewhere", "evidence": ""}]'}, [[0.0], [0.0], [0.0]]),
    ("names_ptms", {"ptms": "[]"}, [[0.0], [0.0], [0.0]]),
    (
        "reuse_pattern",
        {
            "patterns": json.dumps(
                [
                    {"model": "ResNet-50", "pattern": "adaptation", "evidence": ""},
                    {"model": "ResNet-50", "pattern": "deployment", "evidence": ""},
                    {"model": "Elsewhere", "pattern": "conceptual", "evidence": ""},
                ]
            )
        },
        [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [0.0, 0.0, 0.0]],
    ),
    (
        "science_step",
        {"steps": '[{"model": "U-Net", "step": "conclusion", "evidence": ""}]'},
        [[0.0, 0.0, 0.0, 0.0, 0.0, 1.0], [0.0] * 6, [0.0] * 6],
    ),
]


@pytest.mark.parametrize(("stage", "outputs", "truths"), TRUTHS)
def test_what_a_demo_says(stage: str, outputs: Fields, truths: list[list[float]]) -> None:
    assert HEADS[stage].truths(HEADS[stage].items(asked(stage, *TOLD)), outputs) == truths


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("said", ["", "perhaps", "[{}]", "{", '[{"model": "U-Net", "step": "dance", "evidence": ""}]'])
def test_a_demo_that_says_something_else_is_refused(stage: str, said: str) -> None:
    with pytest.raises(lm15.InvalidRequestError, match=f"field `{MAIN[stage]}`"):
        HEADS[stage].truths(HEADS[stage].items(asked(stage, *TOLD)), {MAIN[stage]: said})


@pytest.mark.parametrize("stage", ["reuse_pattern", "science_step"])
@pytest.mark.parametrize("models", ["", "U-Net", "['U-Net']", "{}", "[1]"])
def test_models_that_are_no_list_are_refused(stage: str, models: str) -> None:
    with pytest.raises(lm15.InvalidRequestError, match="field `models`"):
        HEADS[stage].items(asked(stage, *TOLD) | {"models": models})


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("chance", [0.0, 0.4999, 0.5, 1.0])
def test_replies_are_typed_and_quote_the_passages(stage: str, chance: float) -> None:
    fields = asked(stage, *TOLD)
    answer = reply(stage, fields, lambda items, classes: np.full((items, classes), chance))
    assert set(answer) == set(ANSWERS[stage])
    value = answer[MAIN[stage]]
    given = [each["evidence"] for each in value] if isinstance(value, list) else [answer["evidence"]]
    assert given
    assert all(quote == "none" or (quote in fields["passages"] and len(quote) <= MAX_QUOTE) for quote in given)
    if not isinstance(value, list):
        assert value is (chance >= 0.5) is (answer["evidence"] != "none")


@pytest.mark.parametrize("stage", ["uses_deep_learning", "reuses_ptm"])
def test_a_yes_needs_a_sentence_to_quote(stage: str) -> None:
    assert reply(stage, asked(stage, TOLD[3])) == {stage: False, "evidence": "none"}
    assert reply(stage, asked(stage, *TOLD))[stage] is True


@pytest.mark.parametrize(
    ("chances", "mentions"),
    [
        ([0.9, 0.1, 0.5], ["U-Net", "VGG-16"]),
        ([0.9, 0.9, 0.9], ["U-Net", "ResNet-50", "VGG-16"]),
        ([0.1, 0.2, 0.3], ["VGG-16"]),
    ],
)
def test_names_that_are_likely_or_the_likeliest(chances: list[float], mentions: list[str]) -> None:
    answer = reply("names_ptms", asked("names_ptms", *TOLD), lambda *_: chances)
    assert [each["mention"] for each in answer["ptms"]] == mentions
    assert all(each["mention"] in each["evidence"] for each in answer["ptms"])


def test_where_nothing_is_named_the_list_is_empty() -> None:
    assert reply("names_ptms", asked("names_ptms", TOLD[3])) == {"ptms": []}


def test_a_mention_keeps_the_spelling_and_the_version_of_its_sentence() -> None:
    told = ("We ran AlphaFold on it.", "AlphaFold v2.1 was run with default settings.")
    (given,) = reply("names_ptms", asked("names_ptms", *told))["ptms"]
    assert given == {"mention": "AlphaFold v2.1", "evidence": told[1]}


@pytest.mark.parametrize(
    ("chances", "patterns"),
    [
        ([0.7, 0.2, 0.1], ["conceptual"]),
        ([0.7, 0.65, 0.1], ["conceptual", "adaptation"]),
        ([0.1, 0.2, 0.3], ["deployment"]),
        ([0.59, 0.58, 0.57], ["conceptual"]),
    ],
)
def test_patterns_that_are_likely_by_themselves_or_the_likeliest(chances: list[float], patterns: list[str]) -> None:
    fields = asked("reuse_pattern", *TOLD, models=("U-Net",))
    given = reply("reuse_pattern", fields, lambda *_: chances)["patterns"]
    assert [(each["model"], each["pattern"]) for each in given] == [("U-Net", pattern) for pattern in patterns]


@pytest.mark.parametrize("k", range(6))
def test_exactly_one_step_per_model(k: int) -> None:
    chances = np.full((3, 6), 0.9)
    chances[:, k] = 0.95
    given = reply("science_step", asked("science_step", *TOLD), lambda *_: chances)["steps"]
    assert [(each["model"], each["step"]) for each in given] == [(name, get_args(Step)[k]) for name in MODELS]


@pytest.mark.parametrize("stage", ["reuse_pattern", "science_step"])
def test_the_quote_of_a_model_is_about_it(stage: str) -> None:
    given = reply(stage, asked(stage, *TOLD))[MAIN[stage]]
    quoted = {each["model"]: each["evidence"] for each in given}
    assert (quoted["U-Net"], quoted["ResNet-50"]) == (TOLD[0], TOLD[1])
    assert quoted["Nowhere-Net"] in TOLD


@pytest.mark.parametrize("stage", ["reuse_pattern", "science_step"])
def test_of_an_unseen_version_the_sentences_of_its_family_tell(stage: str) -> None:
    (item,) = HEADS[stage].items(asked(stage, *TOLD, models=("ResNet-101",)))
    assert [line.text for line, _, _ in item.lines] == [TOLD[1]]


@pytest.mark.parametrize("stage", ["reuse_pattern", "science_step"])
def test_without_models_and_without_sentences(stage: str) -> None:
    assert reply(stage, asked(stage, *TOLD, models=())) == {MAIN[stage]: []}
    (only, *_) = reply(stage, asked(stage, models=("U-Net",)) | {"passages": ""})[MAIN[stage]]
    assert (only["model"], only["evidence"]) == ("U-Net", "none")
