"""Labels that people are making."""

from typing import Any

import pytest
from papers import TUNED
from pydantic import ValidationError
from reviewed import MODEL, NEITHER, NO, REUSE, YES, draft, reviewed_paper

from ptmreuse.reviewing.draft import Draft, faults, row

ASKED = {"answer": None, "quote": ""}
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"uses_deep_learning": ASKED}, ["uses_deep_learning"]),
    ({"reuses_ptm": ASKED, "models": []}, ["reuses_ptm"]),
    ({"models": []}, ["models"]),
    ({"uses_deep_learning": YES | {"quote": ""}}, ["uses_deep_learning.quote"]),
    ({"uses_deep_learning": YES | {"quote": "We sailed to the moon and back again."}}, ["uses_deep_learning.quote"]),
    ({"reuses_ptm": YES | {"quote": "x" * 301}}, ["reuses_ptm.quote"]),
    ({"models": [MODEL | {"patterns": []}]}, ["models[0].patterns"]),
    ({"models": [MODEL | {"patterns": [{"pattern": "adaptation"}] * 2}]}, ["models[0].patterns"]),
    ({"models": [MODEL | {"step": ""}]}, ["models[0].step"]),
    ({"models": [MODEL | {"quote": ""}]}, ["models[0].quote"]),
    ({"models": [MODEL, MODEL | {"name": "resnet50"}]}, ["models[1].name"]),
    ({"state": "cannot"}, ["reason"]),
    ({"state": "cannot", "reason": " "}, ["reason"]),
]
RIGHT: list[dict[str, Any]] = [
    {},
    NEITHER,
    {"reuses_ptm": YES | {"quote": ""}},  # its model has one
    {"models": [MODEL | {"quote": "", "step_quote": TUNED}]},
    {"reuses_ptm": NO},  # what was said of models before is let go
    {"state": "cannot", "reason": "two readings"},
]


@pytest.mark.parametrize(("changed", "fields"), WRONG)
def test_what_keeps_it_from_its_end(changed: dict[str, Any], fields: list[str]) -> None:
    assert [each.field for each in faults(draft(**changed), reviewed_paper().paper)] == fields


@pytest.mark.parametrize("changed", RIGHT)
def test_what_does_not(changed: dict[str, Any]) -> None:
    assert faults(draft(**changed), reviewed_paper().paper) == []


def test_a_row_has_the_papers_text_and_every_answer() -> None:
    about = reviewed_paper()
    made = row(draft(note="clear"), about)
    assert (made.id, made.doi, made.note, made.split) == (about.paper.text_hash, "10.5555/p.0", "clear", "train")
    assert [each.text for each in made.passages] == [each.text for each in about.paper.paragraphs]
    assert (made.uses_deep_learning.quote, made.reuses_ptm.answer) == (TUNED, True)
    model = made.models[0]
    assert (model.name, model.mention, model.patterns[0].pattern, model.step) == (
        "ResNet-50",
        "ResNet-50",
        "adaptation",
        "test",
    )


def test_a_no_ends_the_row_whatever_was_said_before() -> None:
    made = row(draft(uses_deep_learning=NO), reviewed_paper())
    assert (made.uses_deep_learning.answer, made.reuses_ptm.answer, made.models) == (False, False, ())


@pytest.mark.parametrize(
    "sent",
    [
        {"state": "finished"},
        {"models": [MODEL | {"step": "guess"}]},
        {"models": [MODEL | {"name": ""}]},
        {"models": [MODEL] * 101},
        {"note": "x" * 10_001},
        {"other": 1},
    ],
)
def test_what_no_page_sends(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Draft.model_validate(REUSE | sent)
