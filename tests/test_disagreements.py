"""Where annotators differ, in order, and in words that a ruling can be written in."""

import pytest
from annotators import row

from ptmreuse.labelling.disagreements import Disagreement, disagreements
from ptmreuse.rows import PaperRow

TUNED = "ResNet-50|adaptation|test"


@pytest.mark.parametrize(
    ("ann", "ben", "expected"),
    [
        (row("p", TUNED), row("p", "ResNet50|adaptation|test"), []),
        (row("p"), row("p", deep=False), [("uses_deep_learning", "", "yes", "no")]),
        (row("p"), row("p", TUNED), [("reuses_ptm", "", "no", "yes")]),
        (row("p", TUNED, "U-Net|conceptual|test"), row("p", TUNED), [("names_ptms", "U-Net", "yes", "no")]),
        (
            row("p", "U-Net|conceptual+adaptation|test"),
            row("p", "U-Net|adaptation|analysis"),
            [
                ("reuse_pattern", "U-Net", "adaptation + conceptual", "adaptation"),
                ("science_step", "U-Net", "test", "analysis"),
            ],
        ),
    ],
)
def test_what_differs_is_listed(ann: PaperRow, ben: PaperRow, expected: list[tuple[str, str, str, str]]) -> None:
    found = disagreements({"ann": [ann], "ben": [ben]})
    assert [(each.stage, each.model, each.answers["ann"], each.answers["ben"]) for each in found] == expected


def test_papers_are_the_same_by_doi_and_come_in_order() -> None:
    ann = [row("p1", doi="10.1/a"), row("p2"), row("p3")]
    ben = [row("p2", deep=False), row("x", deep=False, doi="10.1/a")]
    found = disagreements({"ann": ann, "ben": ben})
    assert [each.key for each in found] == ["p1", "p2"]
    assert found[0] == Disagreement("p1", "uses_deep_learning", "", {"ann": "yes", "ben": "no"})


def test_three_annotators() -> None:
    people = {"ann": [row("p", TUNED)], "ben": [row("p")], "cy": [row("p", TUNED.replace("test", "analysis"))]}
    found = disagreements(people)
    assert [(each.stage, dict(each.answers)) for each in found] == [
        ("reuses_ptm", {"ann": "yes", "ben": "no", "cy": "yes"}),
        ("science_step", {"ann": "test", "cy": "analysis"}),
    ]


def test_an_optional_model_is_no_disagreement() -> None:
    given = row("p", TUNED, "VGG-16|adaptation|test").model_dump(exclude_defaults=True)
    given["models"][1]["optional"] = True
    assert disagreements({"ann": [PaperRow.model_validate(given)], "ben": [row("p", TUNED)]}) == []
