"""The baseline of the commonest answer."""

from pathlib import Path

from labelling import papers
from papers import FIELD, TUNED, paper

from program.answers import STAGES
from ptmreuse.answering import answer_paper
from ptmreuse.evaluation.majority import Commonest, Majority, commonest, read


def test_the_commonest_answers_of_the_papers_that_are_asked(tmp_path: Path) -> None:
    train = papers(tmp_path, train=9)  # three tuned, two of each other kind
    assert commonest(train) == Commonest(True, True, "ResNet-50", "adaptation", "test")
    assert commonest(train[1:3]) == Commonest(True, False, "AlphaFold 2", "deployment", "hypothesis")


def test_it_says_the_same_of_every_paper_and_quotes_its_first_sentence(tmp_path: Path) -> None:
    found = Commonest(True, True, "ResNet-50", "adaptation", "test")
    for labelled in papers(tmp_path, train=4):
        rows = answer_paper(Majority(labelled.paper, found), labelled.paper)
        assert [row.answer.stage for row in rows] == list(STAGES)
        findings = [row.answer.findings[0] for row in rows]
        assert [finding.value for finding in findings] == ["", "", "ResNet-50", "adaptation", "test"]
        first = labelled.paper.paragraphs[0].text
        assert all(finding.evidence and first.startswith(finding.evidence.quote) for finding in findings)


def test_a_no_ends_it(tmp_path: Path) -> None:
    (labelled,) = papers(tmp_path, train=1)
    (row,) = answer_paper(
        Majority(labelled.paper, Commonest(False, True, "U-Net", "adaptation", "test")), labelled.paper
    )
    assert row.answer.value == "no"


def test_what_it_reads_is_its_quote() -> None:
    assert read(paper(TUNED, FIELD)).endswith(f"\n{TUNED}")
