"""Scores of answers per stage, as tables, and their summary."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import dspy
import pytest
from labelling import papers

from program.answers import STAGES
from ptmreuse.examples import stage_examples
from ptmreuse.labelled import LabelledModel, LabelledPaper
from ptmreuse.metrics import Outcome, f1_of, outcome, score, summary
from signatures.labels import ModelPattern, ModelStep, PTMMention

ABSENT = "This sentence stands nowhere in the paper at all."


def labelled(folder: Path, kind: int, **changes: Any) -> LabelledPaper:
    """The paper of a kind: 0 tunes ResNet-50, 1 runs AlphaFold 2, 2 has its own network, 3 none."""
    return replace(papers(folder)[kind], **changes)


def graded(stage: str, paper: LabelledPaper, **answer: Any) -> float:
    (example,) = stage_examples(stage, [paper])
    return score(stage, example, dspy.Prediction(**answer))


@pytest.mark.parametrize(
    ("kind", "says", "quotes", "right"),
    [
        (0, True, True, 1.0),
        (0, True, False, 0.0),  # no quote, no yes
        (0, False, True, 0.0),
        (3, False, False, 1.0),
        (3, True, False, 0.0),
        (3, True, True, 0.0),
    ],
)
def test_yes_or_no(kind: int, says: bool, quotes: bool, right: float, tmp_path: Path) -> None:
    paper = labelled(tmp_path, kind)
    quote = paper.paper.paragraphs[0].text if quotes else ABSENT
    assert graded("uses_deep_learning", paper, uses_deep_learning=says, evidence=quote) == right


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (["ResNet-50"], 1.0),
        (["ResNet50"], 1.0),
        (["ResNet-50", "ResNet 50"], 1.0),
        (["ResNet-101"], 0.0),
        (["ResNet-50", "VGG-16"], 2 / 3),
        ([], 0.0),
    ],
)
def test_names(given: list[str], right: float, tmp_path: Path) -> None:
    paper = labelled(tmp_path, 0)
    quote = paper.all_quotes[0]
    ptms = [PTMMention(mention=name, evidence=quote) for name in given]
    assert graded("names_ptms", paper, ptms=ptms) == pytest.approx(right)
    assert graded("names_ptms", paper, ptms=[PTMMention(mention="ResNet-50", evidence=ABSENT)]) == 0.0


@pytest.mark.parametrize(
    ("given", "right"),
    [(["U-Net"], 1.0), (["UNet++"], 1.0), (["U-Net", "UNet++"], 1.0), (["U-Net", "VGG-16"], 1.0), (["VGG-16"], 0.0)],
)
def test_other_names_are_accepted_and_optional_models_are_neither_missed_nor_wrong(
    given: list[str], right: float, tmp_path: Path
) -> None:
    quote = labelled(tmp_path, 0).all_quotes[0]
    models = (
        LabelledModel("U-Net", "U-Net", ("conceptual",), "test", (quote,), also=("UNet++",)),
        LabelledModel("VGG-16", "VGG-16", ("conceptual",), "test", (quote,), optional=True),
    )
    paper = labelled(tmp_path, 0, models=models)
    ptms = [PTMMention(mention=name, evidence=quote) for name in given]
    assert graded("names_ptms", paper, ptms=ptms) == right


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ([("U-Net", "conceptual"), ("VGG-16", "adaptation")], 1.0),
        ([("U-Net", "conceptual"), ("VGG-16", "adaptation"), ("VGG-16", "deployment")], 0.5),
        ([("U-Net", "conceptual")], 0.5),
        ([("U-Net", "conceptual"), ("ResNet-50", "adaptation")], 0.5),
    ],
)
def test_patterns_are_right_as_a_set_per_model(given: list[tuple[str, Any]], right: float, tmp_path: Path) -> None:
    quote = labelled(tmp_path, 0).all_quotes[0]
    models = (
        LabelledModel("U-Net", "U-Net", ("conceptual",), "test", (quote,)),
        LabelledModel("VGG-16", "VGG-16", ("adaptation",), "test", (quote,)),
    )
    paper = labelled(tmp_path, 0, models=models)
    patterns = [ModelPattern(model=name, pattern=pattern, evidence=quote) for name, pattern in given]
    assert graded("reuse_pattern", paper, patterns=patterns) == right


def test_a_step_is_right_or_wrong(tmp_path: Path) -> None:
    paper = labelled(tmp_path, 1)
    quote = paper.models[0].quote
    for step, right in (("hypothesis", 1.0), ("test", 0.0)):
        steps = [ModelStep(model="AlphaFold 2", step=step, evidence=quote)]
        assert graded("science_step", paper, steps=steps) == right


@pytest.mark.parametrize("stage", STAGES)
def test_the_labels_themselves_are_right_and_a_failed_call_is_not(stage: str, tmp_path: Path) -> None:
    outcomes = []
    for example in stage_examples(stage, papers(tmp_path)):
        assert score(stage, example, dspy.Prediction(**example.labels())) == 1.0
        outcomes.append(outcome(stage, example, dspy.Prediction()))
        assert outcomes[-1].score == 0.0
    assert summary(stage, outcomes)["accuracy"] == summary(stage, outcomes)["f1"] == 0.0


def test_summary_of_many() -> None:
    several = [
        Outcome(1.0, Counter({"test": 1}), Counter({"test": 1}), Counter({"test": 1})),
        Outcome(0.0, Counter({"analysis": 1}), Counter({"test": 1}), Counter()),
    ]
    assert summary("science_step", several) == {"accuracy": 0.5, "f1": pytest.approx((0 + 2 / 3) / 2), "n": 2}
    assert summary("reuse_pattern", several) == {"accuracy": 0.5, "f1": 0.5, "n": 2}
    assert summary("names_ptms", []) == {"accuracy": 0.0, "f1": 1.0, "n": 0}


def test_f1() -> None:
    assert f1_of(0, 0, 0) == 1.0
    assert f1_of(2, 1, 1) == pytest.approx(2 / 3)
