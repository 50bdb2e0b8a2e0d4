"""The wrong answers as the report's page needs them."""

import json

import pytest
from evaluated import made

from ptmreuse.evaluation.browser import choices, document, marks, script_data

TEXT = "We fine-tuned ResNet-50 on leaves. Then we counted."


def shown(text: str, found: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """The marked text as a browser takes it: in UTF-16 units."""
    units = text.encode("utf-16-le")
    return [(units[2 * start : 2 * end].decode("utf-16-le"), whose) for start, end, whose in found]


@pytest.mark.parametrize(
    ("text", "answer", "labelled", "expected"),
    [
        (TEXT, ["We fine-tuned"], ["Then we counted."], [("We fine-tuned", "answer"), ("Then we counted.", "label")]),
        (TEXT, ["We fine-tuned"], ["fine-tuned Res"], [("We ", "answer"), ("fine-tuned", "both"), (" Res", "label")]),
        (TEXT, ["counted"], ["counted"], [("counted", "both")]),
        (TEXT, ["we  fine‑tuned".replace("we", "We")], [], [("We fine-tuned", "answer")]),
        (TEXT, ["nowhere to be found", ""], [], []),
        ("𝔘𝔘 " + TEXT, ["counted"], [], [("counted", "answer")]),
        ("", ["x"], ["y"], []),
    ],
)
def test_marks(text: str, answer: list[str], labelled: list[str], expected: list[tuple[str, str]]) -> None:
    found = marks(text, answer, labelled)
    assert shown(text, found) == expected
    assert found == sorted(found)


def test_a_text_is_there_once() -> None:
    failures = made().failures
    told = document(failures)
    assert len(set(told["texts"])) == len(told["texts"]) < len(failures) == len(told["failures"])
    for failure, row in zip(failures, told["failures"], strict=True):
        assert told["texts"][row["text"]] == failure.passages
        assert told["papers"][row["paper"]]["title"] == failure.title
        assert (row["stage"], row["kind"], row["true"]) == (failure.stage, failure.kind, list(failure.true))


def test_choices_count_and_keep_the_order_of_the_list() -> None:
    failures = made().failures
    found = choices(failures)
    assert list(found) == ["cell", "view", "stage", "kind"]
    assert next(iter(found["stage"])) == "uses_deep_learning"
    assert all(sum(numbers.values()) == len(failures) for numbers in found.values())


def test_data_of_a_script_can_not_end_it() -> None:
    evil = {"title": "</script><script>alert(1)</script><!-- \u2028 & \ud800"}
    text = script_data(evil)
    assert not set("<>&") & set(text)
    assert text.isascii()
    assert json.loads(text) == evil
