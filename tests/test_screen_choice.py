"""From labels to a threshold, and what a person is told of it."""

import re
from pathlib import Path

import pytest
from labelling import trainset

from ptmreuse.errors import UsageError
from ptmreuse.screen_choice import choose, too_few
from ptmreuse.screening import Promise

KEPT = Promise(0.9, 0.95)


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """Forty labelled papers, thirty of them with deep learning."""
    return str(trainset(tmp_path / "mine.jsonl", train=40, val=0, test=0))


def test_ours_can_promise_nine_in_ten() -> None:
    choice = choose([], None, KEPT)
    found = choice.threshold
    assert found.yes == 48
    assert found.above >= 47
    assert found.bound >= 0.9
    told = "\n".join(choice.lines)
    assert f"below {found.value:g} stay with the embedded LM" in told
    assert f"{found.above} of 48 labelled papers with deep learning are kept, {choice.below} of 31 without" in told
    assert "the split val of papers.jsonl (synthetic)" in told
    assert f"recall at least {found.bound:.3f} at confidence 0.95 (exact binomial bound), for papers like" in told


def test_the_screen_notes_what_it_rests_on() -> None:
    choice = choose([], None, KEPT)
    told = choice.screen.told
    assert told["threshold"] == choice.screen.threshold == choice.threshold.value
    assert (told["recall"], told["confidence"], told["yes"], told["papers"]) == (0.9, 0.95, 48, 79)
    assert re.fullmatch("[0-9a-f]{16}", told["labels"])
    assert told["by_hand"] is False


def test_the_same_labels_give_the_same_screen() -> None:
    assert choose([], None, KEPT).screen == choose([], None, KEPT).screen


def test_too_few_labels_say_how_many_are_needed_and_what_they_can_promise() -> None:
    with pytest.raises(UsageError) as raised:
        choose([], None, Promise())
    told = str(raised.value)
    assert "--screen-recall 0.95 --screen-confidence 0.95: takes 59 labelled papers" in told
    assert "there are 48" in told
    assert "label 11 more (--screen-labels)" in told
    recall, confidence = map(
        float, re.findall(r"recall (0\.\d+) at that confidence, or at confidence (0\.\d+)", told)[0]
    )
    assert choose([], None, Promise(recall, 0.95)).threshold.bound >= recall
    assert choose([], None, Promise(0.95, confidence)).threshold.bound >= 0.95


def test_without_any_label_nothing_is_offered() -> None:
    assert "which can promise" not in too_few(0, Promise())


def test_a_users_own_labels_are_enough_by_themselves(mine: str) -> None:
    choice = choose([mine], None, KEPT)
    assert (choice.threshold.yes, choice.held.source) == (30, "mine.jsonl")


def test_ours_are_added_where_a_users_are_too_few(mine: str) -> None:
    choice = choose([mine], None, Promise())
    assert choice.threshold.yes == 78
    assert choice.held.source == "the split val of papers.jsonl (synthetic) and mine.jsonl"


def test_a_threshold_by_hand_is_judged_and_promises_nothing(mine: str) -> None:
    choice = choose([mine], None, Promise(), by_hand=0.999)
    assert choice.screen.threshold == 0.999
    assert choice.threshold.bound < 0.9
    assert "threshold set by hand" in choice.lines[-1]
    assert choice.screen.told["by_hand"] is True
