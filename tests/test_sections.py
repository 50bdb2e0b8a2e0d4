"""`ptmreuse.corpus.sections`: the kind that a title or a sec-type tells."""

import pytest

from program.paper import SectionKind
from ptmreuse.corpus.sections import kind_within, section_kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Introduction", "introduction"),
        ("1. INTRODUCTION", "introduction"),
        ("Background", "introduction"),
        ("II. Related work", "introduction"),
        ("Materials and methods", "methods"),
        ("2 Patients & Methods", "methods"),
        ("Methods/Design", "methods"),
        ("STAR★Methods", "methods"),
        ("Experimental procedures", "methods"),
        ("Statistical analysis", "methods"),
        ("3.1. Results and Discussion", "results"),
        ("Experiments", "results"),
        ("Discussion and conclusions", "discussion"),
        ("5. In Conclusion", "discussion"),
        ("[Conclusion]", "discussion"),
        ("Supplementary methods", "appendix"),
        ("Appendix A", "appendix"),
        ("Acknowledgements", "acknowledgement"),
        ("Funding", "acknowledgement"),
        ("Data availability statement", "other"),
        ("Conflicts of interest", "other"),
        ("Authors’ contributions", "other"),
        ("Abstract", "abstract"),
        ("Bubble detection with a network", None),
        ("Mixture models", None),
        ("", None),
    ],
)
def test_a_title_tells_its_kind(title: str, kind: SectionKind | None) -> None:
    assert section_kind(title) == kind


@pytest.mark.parametrize(
    ("sec_type", "kind"),
    [
        ("intro", "introduction"),
        ("materials|methods", "methods"),
        ("materials and methods", "methods"),
        ("COI-statement", "other"),
        ("supplementary-material", "appendix"),
        ("subsection", None),
    ],
)
def test_a_sec_type_tells_its_kind_and_wins_over_the_title(sec_type: str, kind: SectionKind | None) -> None:
    assert section_kind("Our way", sec_type) == kind


def test_the_sec_type_wins() -> None:
    assert section_kind("Results", "methods") == "methods"


@pytest.mark.parametrize(
    ("parent", "title", "kind"),
    [
        ("other", "Methods", "methods"),
        ("methods", "A network of ours", "methods"),
        ("results", "Patients", "results"),
        ("discussion", "Methodological issues", "discussion"),
        ("methods", "Data availability", "other"),
        ("abstract", "Methods", "abstract"),
    ],
)
def test_inside_a_told_section_only_statements_stand_out(parent: SectionKind, title: str, kind: SectionKind) -> None:
    assert kind_within(parent, title) == kind
