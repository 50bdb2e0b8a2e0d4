"""Agreement of two readers: kappa by hand, and the figures of the data card."""

import json
import math
from pathlib import Path

import pytest

from ptmreuse.agreement import agreement, kappa, main, read_rows
from ptmreuse.errors import UsageError
from ptmreuse.rows import PaperRow

TRAINSETS = Path(__file__).parent.parent / "trainsets"


@pytest.mark.parametrize(
    ("both", "only_one", "only_other", "neither", "expected"),
    [(20, 5, 10, 15, 0.4), (45, 15, 25, 15, 0.1304), (1, 0, 0, 1, 1.0), (0, 1, 1, 0, -1.0), (3, 0, 0, 0, 1.0)],
)
def test_kappa_of_two_by_two_tables(both: int, only_one: int, only_other: int, neither: int, expected: float) -> None:
    pairs = [(1, 1)] * both + [(1, 0)] * only_one + [(0, 1)] * only_other + [(0, 0)] * neither
    assert kappa(pairs) == pytest.approx(expected, abs=1e-4)


def test_kappa_of_nothing() -> None:
    assert math.isnan(kappa([]))


def row(name: str, *models: tuple[str, str, str], deep: bool = True) -> PaperRow:
    given = [{"name": n, "patterns": p.split("+"), "step": s} for n, p, s in models]
    return PaperRow.model_validate(
        {"id": name, "file": name, "uses_deep_learning": deep, "reuses_ptm": bool(models), "models": given}
    )


def test_models_are_compared_by_canonical_name() -> None:
    first = [row("a", ("ResNet-50", "adaptation", "test"), ("U-Net", "conceptual", "test")), row("b", deep=False)]
    second = [row("b"), row("a", ("ResNet50", "adaptation+conceptual", "test"), ("VGG-16", "adaptation", "test"))]
    found = agreement(first, second)
    assert (found["papers"], found["models"], found["names_f1"], found["step"]) == (2, 1, 0.5, 1.0)
    assert (found["uses_deep_learning"], found["reuses_ptm"], found["pattern"]) == (0.0, 1.0, 0.0)


def test_a_paper_that_the_first_reader_does_not_have() -> None:
    with pytest.raises(UsageError, match="not in the trainset: z"):
        agreement([row("a")], [row("z")])


def test_faulty_rows_are_named(tmp_path: Path) -> None:
    path = tmp_path / "second.jsonl"
    path.write_text(json.dumps({"id": "a", "uses_deep_learning": "perhaps"}) + "\n{\n")
    with pytest.raises(UsageError) as caught:
        read_rows(path)
    for told in ("line 1: uses_deep_learning.answer = 'perhaps'", "line 1: reuses_ptm: is missing", "line 2: not JSON"):
        assert told in str(caught.value)


def test_the_data_card_has_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert "κ 1.00 | 80 papers" in printed
    assert "F1 0.98 | 80 papers" in printed
    assert printed in (TRAINSETS / "README.md").read_text(encoding="utf-8")


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.jsonl")]) == 2
    assert "none.jsonl" in capsys.readouterr().err
