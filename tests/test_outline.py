"""Headings and paragraphs to a body."""

import pytest

from program.paper import SectionKind
from ptmreuse.corpus.outline import GUESSED, Block, body, find_doi, is_caption, is_known_heading, numbered_level
from ptmreuse.errors import EmptyPaper

LONG = "We trained a network on our images and report its accuracy. " * 5


def sections(*blocks: Block) -> list[tuple[SectionKind, str]]:
    return [(paragraph.kind, paragraph.section) for paragraph in body(blocks, "a")]


def heading(text: str, level: int = 1) -> Block:
    return Block(text, "line 1", level)


def paragraph(text: str = LONG) -> Block:
    return Block(text, "line 2")


@pytest.mark.parametrize(
    ("line", "level"),
    [("1 Introduction", 1), ("2.1. Data", 2), ("3.1.4 Loss", 3), ("Methods", 0), ("2021", 0)],
)
def test_a_number_tells_the_depth(line: str, level: int) -> None:
    assert numbered_level(line) == level


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Figure 1: A network", True),
        ("Fig. 2 | Results", True),
        ("Table S3. Scores", True),
        ("Figure 1—figure supplement 2: More", True),
        ("Table 4 Characteristics of the patients", True),
        ("Figure 3 shows the network", False),
        ("Figures are good", False),
    ],
)
def test_a_caption_is_told_from_a_sentence_about_a_figure(text: str, expected: bool) -> None:
    assert is_caption(text) is expected


@pytest.mark.parametrize(("line", "expected"), [("REFERENCES", True), ("2. Methods", True), ("New methods.", False)])
def test_usual_titles_are_known(line: str, expected: bool) -> None:
    assert is_known_heading(line) is expected


def test_the_path_holds_the_titles_and_the_innermost_that_tells_decides() -> None:
    found = sections(heading("Results and discussion"), heading("Our network", 2), paragraph())
    assert found == [("results", "Results and discussion > Our network")]


def test_parts_of_an_abstract_belong_to_it_and_an_unusual_heading_ends_it() -> None:
    found = sections(heading("Abstract"), heading("Methods", 2), paragraph(), heading("Our idea", GUESSED), paragraph())
    assert found == [("abstract", "Abstract > Methods"), ("other", "Our idea")]


@pytest.mark.parametrize("after", ["Appendix A. Data", "B Proofs", "Methods", "Acknowledgements"])
def test_a_reference_list_is_left_out_until_a_section_follows(after: str) -> None:
    entries = [heading("1. Smith J. A study", 1), paragraph("Journal of Studies."), heading("Guess", GUESSED)]
    found = sections(heading("Methods"), paragraph(), heading("References"), *entries, heading(after), paragraph())
    assert [section for _, section in found] == ["Methods", after]


def test_a_list_without_a_title_is_left_out_and_two_numbered_items_are_kept() -> None:
    entries = [paragraph(f"{n}. Smith, J. A study. Journal {n}, 1–9 (2020).") for n in range(1, 4)]
    assert len(body([paragraph(), *entries, paragraph()], "a")) == 2
    assert len(body([paragraph(), *entries[:2], paragraph()], "a")) == 4


def test_a_title_within_its_paragraph_is_read() -> None:
    found = body([paragraph(f"Abstract: {LONG}"), heading("Results"), paragraph("Acknowledgments We thank all.")], "a")
    assert [(p.kind, p.section) for p in found] == [
        ("abstract", "Abstract"),
        ("acknowledgement", "Results > Acknowledgments"),
    ]
    assert found[0].text == LONG


@pytest.mark.parametrize(
    ("lines", "doi"),
    [
        (["DOI: 10.1234/AbC.5."], "10.1234/abc.5"),
        (["x", "(https://doi.org/10.5555/x(1)y)"], "10.5555/x(1)y"),
        (["10.1234/abc"], ""),
        ([], ""),
    ],
)
def test_only_a_doi_that_is_marked_counts(lines: list[str], doi: str) -> None:
    assert find_doi(lines) == doi


def test_too_little_text_is_an_empty_paper() -> None:
    with pytest.raises(EmptyPaper, match="5 characters"):
        body([paragraph("Short")], "a")
