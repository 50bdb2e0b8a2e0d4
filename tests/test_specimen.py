"""The synthetic paper that LMs are checked on."""

from dataclasses import replace

import pytest

from program.answers import STAGES, Answer, Finding, no, unresolved
from program.evidence import locate
from program.passages import choose
from program.pipeline import unanswered
from ptmreuse.specimen import EXPECTED, MODEL, SPECIMEN, before, is_right


def test_it_says_that_it_is_synthetic() -> None:
    assert "synthetic" in SPECIMEN.title
    assert "synthetic" in SPECIMEN.paragraphs[0].text


def test_every_quote_is_in_what_a_stage_sees() -> None:
    shown = choose(SPECIMEN).text, choose(SPECIMEN, [MODEL]).text
    quotes = {finding.evidence.quote for answer in EXPECTED.values() for finding in answer.findings if finding.evidence}
    assert all(locate(quote, SPECIMEN) and all(quote in text for text in shown) for quote in quotes)


@pytest.mark.parametrize("stage", STAGES)
def test_with_the_answers_before_it_a_stage_is_what_is_asked_next(stage: str) -> None:
    assert unanswered(before(stage), [stage]) == (stage,)


@pytest.mark.parametrize("stage", STAGES)
def test_right_and_wrong_answers(stage: str) -> None:
    right = EXPECTED[stage]
    assert is_right(right)
    assert not is_right(no(stage))
    assert not is_right(unresolved(stage, "unparsable"))
    assert not is_right(replace(right, findings=tuple(replace(f, evidence=None) for f in right.findings)))


def test_the_mention_is_free_and_the_rest_is_not() -> None:
    (named,), (pattern,) = EXPECTED["names_ptms"].findings, EXPECTED["reuse_pattern"].findings
    assert is_right(Answer("names_ptms", "yes", (replace(named, value="ResNet50"),)))
    assert not is_right(Answer("names_ptms", "yes", (named, replace(named, model="AlexNet"))))
    assert not is_right(Answer("reuse_pattern", "yes", (replace(pattern, value="deployment"),)))
    assert not is_right(Answer("reuse_pattern", "yes", (Finding("AlexNet", "adaptation", pattern.evidence),)))
