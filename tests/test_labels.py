"""The answer vocabulary."""

from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

from signatures.labels import MAX_QUOTE, ModelPattern, ModelStep, Pattern, PTMMention, Step


def test_the_vocabulary_is_the_codebooks() -> None:
    assert get_args(Pattern) == ("conceptual", "adaptation", "deployment")
    assert get_args(Step) == ("observation", "background", "hypothesis", "test", "analysis", "conclusion")
    assert MAX_QUOTE == 300


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (PTMMention, {"mention": "ResNet-50", "evidence": "We used ResNet-50."}),
        (ModelPattern, {"model": "ResNet-50", "pattern": "adaptation", "evidence": "We used ResNet-50."}),
        (ModelStep, {"model": "ResNet-50", "step": "test", "evidence": "We used ResNet-50."}),
    ],
)
def test_every_field_of_an_answer_is_required(kind: type[BaseModel], fields: dict[str, str]) -> None:
    assert kind(**fields).model_dump() == fields
    for name in fields:
        with pytest.raises(ValidationError, match=name):
            kind(**{other: value for other, value in fields.items() if other != name})


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ModelPattern, {"model": "ResNet-50", "pattern": "Adaptation", "evidence": ""}),
        (ModelPattern, {"model": "ResNet-50", "pattern": "reuse", "evidence": ""}),
        (ModelStep, {"model": "ResNet-50", "step": "experiment", "evidence": ""}),
        (ModelStep, {"model": "ResNet-50", "step": None, "evidence": ""}),
    ],
)
def test_another_word_is_no_answer(kind: type[BaseModel], fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        kind(**fields)
