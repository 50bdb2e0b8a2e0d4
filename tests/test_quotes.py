"""Quotes of an answer beside the labelled ones."""

import pytest
from answered import DEEP, NEITHER, NET, yes
from papers import FIELD

from program.answers import Finding
from program.gate import NOT_ANSWERED, NOT_FOUND
from ptmreuse.evaluation.judged import Quote
from ptmreuse.evaluation.quotes import overlap, quotes

LONG = "The weights that ImageNet gave were kept, and the last layer was replaced by one of nine outputs."


@pytest.mark.parametrize(
    ("one", "other", "overlapping"),
    [
        (LONG, LONG, True),
        (LONG, LONG[20:60], True),
        (LONG, LONG.replace(" ", "\n").replace("ImageNet", "Image\u00adNet"), True),  # typesetting is no difference
        (LONG[:60], LONG[30:90], True),  # half of both
        (LONG[:60], LONG[50:], False),  # ten characters
        (LONG, FIELD, False),
        ("the last layer was frozen throughout", LONG, False),  # a shared run of 14 in 31
        ("the last layer was", LONG, True),
        ("was replaced at", LONG, False),  # a shared run of 11 in 13: fewer than evidence has
        ("", LONG, False),
    ],
)
def test_overlap(one: str, other: str, overlapping: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is overlapping


def test_a_quote_has_its_place_and_whether_the_labels_quote_it_too() -> None:
    found = yes("uses_deep_learning", quote=NET).findings
    assert quotes(found, DEEP) == (Quote(NET, "Methods · /*[1] · 0-90", verbatim=True, labelled=True),)
    assert [quote.labelled for quote in quotes(yes("uses_deep_learning", quote=FIELD).findings, DEEP)] == [False]
    assert [quote.labelled for quote in quotes(found, NEITHER)] == [None]


def test_a_quote_that_is_not_in_the_paper_counts_and_one_that_never_came_does_not() -> None:
    found = [Finding("U-Net", "test", None, reason) for reason in (NOT_FOUND, NOT_ANSWERED)]
    assert quotes(found, DEEP) == (Quote("", "", verbatim=False, labelled=False),)
    assert quotes(found, NEITHER) == (Quote("", "", verbatim=False, labelled=None),)
