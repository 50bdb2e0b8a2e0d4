"""Zero-shot, compiled, and compiled with fewer demos."""

from pathlib import Path

import pytest
from labelling import trainset
from papers import paper
from test_grid import compiled

from program.answers import STAGES
from ptmreuse.errors import UsageError
from ptmreuse.evaluation.variants import variants

LONG = paper(*[f"We fine-tuned ResNet-{n} on images of leaves number {n}." for n in range(50)])


@pytest.fixture
def program(tmp_path: Path) -> str:
    trainset(tmp_path / "papers.jsonl", train=16)
    return compiled(tmp_path, 4)


def test_names_and_demos(program: str) -> None:
    found = variants(("zero-shot", program, "zero-shot"), (1, 0, 9, 1))
    assert [v.name for v in found] == [
        "zero-shot", "demos4.json", "demos4.json, 1 demo", "demos4.json, 0 demos", "demos4.json, 9 demos",
    ]  # fmt: skip
    assert [len(v.pipeline().science_step.predict.demos) for v in found] == [0, 4, 1, 0, 4]


def test_what_asks_alike_has_one_digest(program: str) -> None:
    zero, whole, one, none, all_of_them = variants(("zero-shot", program), (1, 0, 9))
    for stage in STAGES:
        assert zero.digest(stage) == none.digest(stage)
        assert whole.digest(stage) == all_of_them.digest(stage)
        assert len({v.digest(stage) for v in (zero, whole, one)}) == 3


def test_files_of_one_name_are_told_apart(program: str, tmp_path: Path) -> None:
    other = tmp_path / "other" / Path(program).name
    other.parent.mkdir()
    other.write_bytes(Path(program).read_bytes())
    assert [v.name for v in variants((program, str(other)), ())] == [program, str(other)]


def test_every_program_is_there_with_every_budget(program: str) -> None:
    found = variants(("joint", program), (1,), (900, 80, 900))
    names = [
        f"{name}{budget}"
        for name in ("joint", "demos4.json", "demos4.json, 1 demo")
        for budget in ("", ", 900 tokens", ", 80 tokens")
    ]
    assert [v.name for v in found] == names
    assert [v.joint for v in found] == [True] * 3 + [False] * 6
    assert len({v.digest(STAGES[0]) for v in found}) == len(found)
    usual, more, less = (v.shown(LONG, ()) for v in found[3:6])
    assert len(less) < 80 * 5 < len(more)
    assert "left out)" in less
    assert usual
    assert found[2].shown(LONG, ("ResNet-7",)) == found[2].shown(LONG, ())  # one choice of sentences for all stages
    assert "ResNet-7 on" in found[5].shown(LONG, ("ResNet-7",))
    assert "ResNet-7 on" not in less


@pytest.mark.parametrize(
    ("programs", "demos", "message"),
    [
        (("zero-shot",), (0, 4), "--demos 0 4: cuts the demos of a compiled program"),
        (("nothing.json",), (), "nothing.json: can't be read"),
        (("joint", "zero-shot"), (4,), "--demos 4: cuts the demos of a compiled program"),
        (("jointly",), (), "jointly: compiled programs are .json files"),
    ],
)
def test_what_is_no_program(programs: tuple[str, ...], demos: tuple[int, ...], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        variants(programs, demos)
