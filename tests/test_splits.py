"""The splits of a compile: disjoint, none empty, the test split only when it is asked for."""

import json
from pathlib import Path

import pytest
from labelling import row, trainset

from program.answers import STAGES
from ptmreuse.embedded.fit import TRAINSET
from ptmreuse.errors import UsageError
from ptmreuse.splits import Splits


def splits(train: Path, val: Path | None = None, *, with_test: bool = False) -> Splits:
    return Splits(str(train), str(val or ""), None, STAGES, with_test=with_test)


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows))
    return path


def test_the_splits_of_a_trainset(tmp_path: Path) -> None:
    path = trainset(tmp_path / "papers.jsonl")
    found = splits(path)
    assert (len(found.train), len(found.val), found.test) == (16, 8, [])
    assert {stage: (len(t), len(v)) for stage, (t, v) in found.examples.items()} == {
        "uses_deep_learning": (16, 8),
        "reuses_ptm": (12, 6),
        "names_ptms": (8, 4),
        "reuse_pattern": (8, 4),
        "science_step": (8, 4),
    }
    assert len(splits(path, with_test=True).test) == 8


def test_val_from_a_file_of_its_own_with_or_without_marks(tmp_path: Path) -> None:
    train = write(tmp_path / "a.jsonl", *(row(n) for n in range(4)))
    for split in ("val", "train"):
        val = write(tmp_path / "b.jsonl", *(row(n, split) for n in range(4, 8)))
        assert [labelled.paper.source for labelled in splits(train, val).val] == ["p004", "p005", "p006", "p007"]


def test_a_split_without_papers_is_refused(tmp_path: Path) -> None:
    train = write(tmp_path / "a.jsonl", *(row(n) for n in range(4)))
    with pytest.raises(UsageError, match="has no paper in the split val; mark some, or give --val"):
        splits(train)
    with pytest.raises(UsageError, match=r"nowhere\.jsonl: no such file"):
        splits(Path("nowhere.jsonl"))
    val = write(tmp_path / "b.jsonl", row(7, "val"))
    with pytest.raises(UsageError, match="no paper in the split val is one that reuses_ptm is asked about"):
        splits(train, val)


def test_papers_to_guard_are_of_any_split_and_not_of_train(tmp_path: Path) -> None:
    path = trainset(tmp_path / "papers.jsonl")
    guard = write(tmp_path / "g.jsonl", *(row(n, split) for n, split in ((40, "test"), (41, "train"))))
    found = Splits(str(path), "", None, STAGES, guard=str(guard), with_test=False)
    assert {stage: len(examples) for stage, examples in found.guarding.items()} == dict.fromkeys(STAGES, 2)
    with pytest.raises(UsageError, match="train and guard are not disjoint"):
        Splits(str(path), "", None, STAGES, guard=str(path), with_test=False)


@pytest.mark.parametrize("copy", ["id", "text"])
def test_papers_that_two_splits_share_are_refused(copy: str, tmp_path: Path) -> None:
    again = row(4, "val") | ({"id": "p000"} if copy == "id" else {"passages": row(0)["passages"]})
    if copy == "text":
        again = {**row(0, "val"), "id": "p004", "title": "Another title"}
    path = write(tmp_path / "a.jsonl", *(row(n) for n in range(4)))
    val = write(tmp_path / "b.jsonl", again, *(row(n, "val") for n in range(5, 8)))
    with pytest.raises(UsageError, match="train and val are not disjoint: 1 pairs of papers"):
        splits(path, val)


@pytest.mark.parametrize("side", ["train", "val", "guard"])
def test_nothing_is_trained_on_or_chosen_by_that_we_test_on(side: str, tmp_path: Path) -> None:
    rows = (json.loads(line) for line in TRAINSET.read_text(encoding="utf-8").splitlines())
    theirs = next(each for each in rows if each["split"] == "test")
    mine = [row(n, "val" if n < 4 else "train") for n in range(8)]
    train = write(tmp_path / "a.jsonl", *mine, *([] if side == "guard" else [theirs | {"split": side}]))
    guard = str(write(tmp_path / "g.jsonl", theirs)) if side == "guard" else ""
    with pytest.raises(UsageError, match=f"1 papers of our test split.*\n  {theirs['id']}"):
        Splits(str(train), "", None, STAGES, guard=guard, with_test=False)
