"""What the labels say about an answer, in words."""

from pathlib import Path
from typing import Any

import dspy
import pytest
from labelling import papers

from program.answers import STAGES
from ptmreuse.examples import stage_examples
from ptmreuse.feedback import feedback
from signatures.labels import ModelPattern, ModelStep, PTMMention

ABSENT = "This sentence stands nowhere in the paper at all."


def said(folder: Path, stage: str, kind: int, **answer: Any) -> tuple[str, str]:
    """The feedback to an answer about the paper of a kind, and the paper's telling sentence."""
    (example,) = stage_examples(stage, [papers(folder)[kind]])
    return feedback(stage, example, dspy.Prediction(**answer)), example.labelled.paper.paragraphs[0].text


@pytest.mark.parametrize("stage", STAGES)
def test_a_right_answer_and_none(stage: str, tmp_path: Path) -> None:
    for example in stage_examples(stage, papers(tmp_path)):
        assert feedback(stage, example, dspy.Prediction(**example.labels())) == "Right."
        assert "no answer that could be read" in feedback(stage, example, dspy.Prediction())


@pytest.mark.parametrize("stage", STAGES[:2])
def test_a_wrong_yes_or_no(stage: str, tmp_path: Path) -> None:
    told, quote = said(tmp_path, stage, 0, **{stage: False}, evidence="none")
    assert told.startswith("The answer is True.")
    assert quote in told
    wrong = {"uses_deep_learning": 3, "reuses_ptm": 2}[stage]
    told, quote = said(
        tmp_path, stage, wrong, **{stage: True}, evidence=papers(tmp_path)[wrong].paper.paragraphs[0].text
    )
    assert told.startswith("The answer is False.")
    assert f'This is no evidence: "{quote}"' in told


def test_names_that_are_missing_or_too_many(tmp_path: Path) -> None:
    quote = papers(tmp_path)[0].all_quotes[0]
    told, _ = said(tmp_path, "names_ptms", 0, ptms=[PTMMention(mention="VGG-16", evidence=quote)])
    assert "ResNet-50 is missing." in told
    assert quote in told
    assert "VGG-16 does not belong in the list." in told


def test_patterns_and_steps_come_with_their_rules(tmp_path: Path) -> None:
    quote = papers(tmp_path)[0].all_quotes[0]
    wrong = ModelPattern(model="ResNet-50", pattern="deployment", evidence=quote)
    told, _ = said(tmp_path, "reuse_pattern", 0, patterns=[wrong])
    assert "ResNet-50 is reused by adaptation: published weights are loaded" in told
    assert "ResNet-50 is not reused by deployment, which is when" in told
    told, _ = said(tmp_path, "science_step", 0, steps=[ModelStep(model="ResNet-50", step="analysis", evidence=quote)])
    assert "The step of ResNet-50 is test, when running it is the experiment" in told
    told, _ = said(tmp_path, "science_step", 0, steps=[])
    assert "The step of ResNet-50 is missing: test" in told


def test_a_quote_that_is_not_in_the_paper(tmp_path: Path) -> None:
    told, _ = said(tmp_path, "uses_deep_learning", 0, uses_deep_learning=True, evidence=ABSENT)
    assert (
        told
        == "The quote is not in the paper: copy one sentence or part of it from the passages, character for character."
    )
