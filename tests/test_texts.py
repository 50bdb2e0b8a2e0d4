"""Which text is taken of several sources, and what is told where there is none."""

import pytest
from services import article

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.texts import Missing, Same, Text, checked, first_text
from ptmreuse.collecting.web import Unanswered, Unusable

FOUND = Found("10.1234/abc", "PMC1", "A paper", 2024, "openalex")


class Gives:
    """A source with one answer."""

    def __init__(self, answer: Text | Same | Missing | Exception) -> None:
        self.answer = answer

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        del found, if_changed
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def xml(data: bytes, service: str = "one") -> Text:
    return Text(data, ".xml", service, "cc-by")


GOOD = xml(article(), "good")
HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>We are away.</p></body></html>"
REFUSED = [
    pytest.param(b"<article><front>", "malformed", id="cut off"),
    pytest.param(b"", "empty_body", id="nothing"),
    pytest.param(HTML, "not_a_paper", id="a page in place of XML"),
    pytest.param(article(body=""), "empty_body", id="no body"),
    pytest.param(article("10.1234/another"), "other_paper", id="another paper"),
]


@pytest.mark.parametrize(("data", "reason"), REFUSED)
def test_a_text_that_is_none_makes_way_for_the_next_source(data: bytes, reason: str) -> None:
    bad = checked(xml(data), FOUND)
    assert isinstance(bad, Missing) and bad.reason == reason
    got = first_text(FOUND, [Gives(xml(data)), Gives(GOOD)])
    assert isinstance(got, Text) and got.service == "good"


def test_a_licence_is_the_texts_own_else_the_services() -> None:
    bare = article().replace(b"https://creativecommons.org/licenses/by/4.0/", b"")
    own, told = checked(GOOD, FOUND), checked(xml(bare), FOUND)
    assert isinstance(own, Text) and own.licence == "cc-by-4.0"
    assert isinstance(told, Text) and told.licence == "cc-by"


CLOSED, UNKNOWN = Missing("no_open_full_text"), Missing("not_found")
TOLD = [
    pytest.param([], "no_open_full_text", id="nobody asked"),
    pytest.param([CLOSED, Unanswered("503")], "unanswered", id="one may still have it"),
    pytest.param([Unusable("no URL"), CLOSED], "refused", id="a refusal says more"),
    pytest.param([CLOSED, Missing("malformed"), Missing("refused")], "malformed", id="the first that says something"),
    pytest.param([CLOSED, UNKNOWN], "not_found", id="nobody knows it"),
]


@pytest.mark.parametrize(("answers", "reason"), TOLD)
def test_the_reason_is_the_one_that_says_most(answers: list[Missing | Exception], reason: str) -> None:
    got = first_text(FOUND, [Gives(answer) for answer in answers])
    assert isinstance(got, Missing) and got.reason == reason
