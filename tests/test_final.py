"""The last word: scores on the test split before and after, and the note of its use."""

import json
from pathlib import Path

import dspy
import pytest
from labelling import papers

from program.answers import STAGES
from ptmreuse.errors import SystemicError
from ptmreuse.final import Final, note_use, score_final
from ptmreuse.lm import LMChoice
from ptmreuse.states import fresh, state_of


def scored(folder: Path) -> Final:
    with dspy.context(lm=LMChoice().build()):
        return score_final(papers(folder, "test"), {stage: state_of(fresh(stage)) for stage in STAGES})


def test_the_same_states_gain_nothing(tmp_path: Path) -> None:
    found = scored(tmp_path)
    assert found.before == found.after
    assert found.before.keys() == {*STAGES}
    assert found.gained.keys() == {*STAGES, "mean"}
    assert all(gain.mean == gain.low == gain.high == 0 for gain in found.gained.values())


def test_each_use_is_a_line(tmp_path: Path) -> None:
    found = scored(tmp_path)
    path = tmp_path / "test_uses.jsonl"
    for seed in (0, 1):
        note_use(path, {"lm": "embedded@x", "seed": seed}, found)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["seed"] for row in rows] == [0, 1]
    assert rows[0].keys() == {"date", "git_commit", "lm", "seed", "test", "before", "after", "gain"}
    assert rows[0]["gain"]["mean"] == [0, 0, 0]
    with pytest.raises(SystemicError, match="the test split was used"):
        note_use(tmp_path / "none" / "x.jsonl", {}, found)
