"""A prompt as text, and answers as rows."""

from pathlib import Path

import dspy
import pytest
from labelling import task

from program.answers import STAGES
from ptmreuse.scoring import scored
from ptmreuse.shown import prompt, row


@pytest.mark.parametrize("stage", STAGES)
def test_a_row_per_answer(stage: str, tmp_path: Path) -> None:
    given = task(tmp_path, stage)
    with dspy.context(lm=given.lm):
        found = scored(stage, given.student(), given.val)
    rows = [row(stage, each) for each in found]
    assert [each["paper"] for each in rows] == [example.paper_id for example in given.val]
    assert all(each.keys() == {"paper", "score", "answer", "given", "true"} for each in rows)
    assert all(each["true"] for each in rows)


def test_a_prompt_shows_instruction_demos_and_question(tmp_path: Path) -> None:
    given = task(tmp_path)
    module = given.student()
    module.predict.demos = given.pool()[:1]
    text = prompt(module, given.val[0])
    assert [line for line in text.splitlines() if line.startswith("--- ")] == [
        "--- system",
        "--- user",
        "--- assistant",
        "--- user",
    ]
    assert given.val[0].title in text
