"""Which labelled papers a screen may learn its threshold from."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from labelling import row, trainset

from ptmreuse import held_out
from ptmreuse.embedded.fit import GOLD, TRAINSET
from ptmreuse.errors import UsageError
from ptmreuse.held_out import FITTED, NOTHING, TEST, TWICE, ours, theirs


def test_ours_are_those_that_nothing_was_fitted_on() -> None:
    held = ours()
    assert (len(held.papers), held.yes) == (79, 48)
    assert {labelled.split for labelled in held.papers} == {"val"}
    assert "synthetic" in held.source


def test_of_our_own_rows_only_the_validation_split_is_taken() -> None:
    held = theirs([str(TRAINSET)], None)
    assert [p.paper.text_hash for p in held.papers] == [p.paper.text_hash for p in ours().papers]
    assert held.left_out == {FITTED: 157, TEST: 76}


def test_a_users_rows_are_taken_but_those_of_a_test(tmp_path: Path) -> None:
    held = theirs([str(trainset(tmp_path / "mine.jsonl", train=4, val=4, test=3))], None)
    assert ([p.paper.source for p in held.papers], held.yes) == ([f"p{n:03}" for n in range(8)], 6)
    assert held.left_out == {TEST: 3}
    assert held.source == "mine.jsonl"


def test_a_paper_counts_once(tmp_path: Path) -> None:
    one = trainset(tmp_path / "one.jsonl", train=4, val=0, test=0)
    two = shutil.copy(one, tmp_path / "two.jsonl")
    held = theirs([str(one), str(two)], None)
    assert (len(held.papers), held.left_out, held.source) == (4, {TWICE: 4}, "one.jsonl and two.jsonl")
    again = held + theirs([str(two)], None)
    assert (len(again.papers), again.left_out) == (4, {TWICE: 8})


def test_a_paper_twice_in_one_source_counts_once(tmp_path: Path) -> None:
    rows = [row(1), row(1) | {"id": "again"}]
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows))
    held = theirs([str(path)], None)
    assert (len(held.papers), held.left_out) == (1, {TWICE: 1})


def test_a_copy_of_a_training_paper_under_another_name_is_left_out(tmp_path: Path) -> None:
    rows = map(json.loads, TRAINSET.read_text(encoding="utf-8").splitlines())
    first = next(each for each in rows if each["split"] == "train") | {"id": "mine", "split": "val"}
    path = tmp_path / "mine.jsonl"
    path.write_text(f"{json.dumps(first)}\n")
    held = theirs([str(path)], None)
    assert (held.papers, held.left_out) == ((), {FITTED: 1})


@pytest.mark.skipif(not GOLD.is_dir(), reason="needs the labelled real papers")
def test_the_real_papers_of_the_prior_are_left_out() -> None:
    held = theirs([str(TRAINSET.with_name("real.jsonl"))], GOLD / "papers")
    assert (held.papers, held.left_out) == ((), {FITTED: 78})


def test_labels_without_their_text_need_the_copies(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("file,uses_deep_learning,reuses_ptm\na.xml,yes,no\n")
    with pytest.raises(UsageError, match="folder of your copies"):
        theirs([str(path)], None)


def test_nothing_and_nothing_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out, "TRAINSET", Path("none.jsonl"))  # installed without the trainsets
    assert (ours(), theirs([], None), NOTHING + NOTHING) == (NOTHING, NOTHING, NOTHING)
    assert NOTHING.left_out == Counter()
