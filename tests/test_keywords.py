"""The baseline that counts words."""

import pytest
from papers import FIELD, PREDICTED, TUNED, paper

from program.answers import STAGES, Answer, Finding
from program.evidence import locate
from ptmreuse.answering import answer_paper
from ptmreuse.evaluation.keywords import Keywords

OWN = "We designed a deep network of nine layers and trained it from scratch."
NOTHING = "We sowed barley on eight plots and counted the ears by hand each week."
TRACKED = "Mice were tracked in videos with DeepLabCut, and in videos of pairs, too."


def answers(*texts: str) -> dict[str, Answer]:
    given = paper(*texts)
    return {row.answer.stage: row.answer for row in answer_paper(Keywords(given), given)}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ((NOTHING, NOTHING), ["no"]),
        ((NOTHING, "The convolutional network converged."), ["yes", "no"]),
        ((TUNED, "The convolutional network converged."), ["yes", "yes", "ResNet-50", "adaptation", "test"]),
        ((PREDICTED, PREDICTED), ["yes", "yes", "AlphaFold 2", "deployment", "hypothesis"]),
        ((TRACKED, TRACKED), ["yes", "yes", "DeepLabCut", "deployment", "analysis"]),
        ((OWN, "The deep network has nine layers."), ["yes", "no"]),
    ],
)
def test_words_make_the_answers(texts: tuple[str, ...], told: list[str]) -> None:
    given = answers(*texts)
    shown = [a.findings[0].value or a.value if a.findings else a.value for a in given.values()]
    names = given.get("names_ptms")
    if names:
        shown[2] = names.findings[0].model
    assert shown == told


def test_quotes_are_of_the_paper() -> None:
    given = answers(TUNED, PREDICTED, "Both are deep neural networks.")
    assert {f.evidence.quote for a in given.values() for f in a.findings if f.evidence} <= {
        TUNED,
        PREDICTED,
        "Both are deep neural networks.",
    }
    assert all(finding.evidence for answer in given.values() for finding in answer.findings)


def test_a_model_that_it_does_not_find_has_an_answer_too() -> None:
    told = paper(TUNED, "Our Barleyformer was trained from scratch to compare the yields.")
    evidence = locate(told.paragraphs[1].text, told)
    named = Answer("names_ptms", "yes", (Finding("Barleyformer", "Barleyformer", evidence),))
    known = {stage: Answer(stage, "yes") for stage in STAGES[:2]} | {"names_ptms": named}
    (row,) = answer_paper(Keywords(told), told, ("reuse_pattern",), known)
    assert [(finding.model, finding.value) for finding in row.answer.resolved] == [("Barleyformer", "conceptual")]


def test_what_it_reads_are_the_sentences_with_its_words_or_on_a_model() -> None:
    keywords = Keywords(paper(TUNED, PREDICTED, FIELD))
    assert keywords.read(()).splitlines()[0].endswith("with most of them first: 2)")
    assert TUNED in keywords.read(())
    assert FIELD not in keywords.read(())
    assert PREDICTED in keywords.read(["AlphaFold 2"])
    assert TUNED not in keywords.read(["AlphaFold 2"])
    assert Keywords(paper(FIELD)).read(()).endswith("none)")
