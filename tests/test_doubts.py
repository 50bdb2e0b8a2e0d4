"""What speaks against an answer, and its points."""

from pathlib import Path

import pytest
from ledgers import DEEP, LOST, NAMES, NEITHER, ONLY_DEEP, PATTERN, REUSE, found, one, reuse, wrote, yes

from program.answers import Answer, unresolved
from ptmreuse.reporting.doubts import doubts
from ptmreuse.reporting.pairs import matched
from ptmreuse.reporting.record import record

Answers = tuple[Answer, ...]


@pytest.mark.parametrize(
    ("answers", "attempts", "expected"),
    [
        (NEITHER, 1, []),
        (reuse(), 1, []),
        ((), 1, []),
        (LOST, 1, [("reuses_ptm unresolved: evidence_not_found", 3.0)]),
        ((unresolved(DEEP, "provider_error"),), 1, []),
        (NEITHER, 2, [("uses_deep_learning took 2 calls", 1.0)]),
        ((*reuse()[:2], unresolved(NAMES, "no_model_named")), 1, [("names_ptms unresolved: no_model_named", 2.0)]),
        (
            (*reuse()[:3], yes(PATTERN, found("ResNet-50", "adaptation"), found("U-Net", "conceptual", ""))),
            1,
            [("reuse_pattern unresolved in part", 1.0)],
        ),
        (reuse(("Foo-3", "adaptation", "test")), 1, [("not in the catalogue: Foo-3", 1.0)]),
    ],
)
def test_of_the_ledger(tmp_path: Path, answers: Answers, attempts: int, expected: list[tuple[str, float]]) -> None:
    told = record(wrote(tmp_path, [(one(1), answers)], attempts=attempts)).papers[0]
    assert [(doubt.words, doubt.points) for doubt in doubts(told)] == expected


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (reuse(), []),
        (ONLY_DEEP, [(REUSE, 3.0)]),
        (NEITHER, [(DEEP, 3.0), (REUSE, 3.0)]),
        (reuse(("ResNet-50", "deployment", "analysis")), [(PATTERN, 1.0), ("science_step", 1.0)]),
    ],
)
def test_of_another_run(tmp_path: Path, other: Answers, expected: list[tuple[str, float]]) -> None:
    runs = [record(wrote(tmp_path / n, [(one(1), a)])) for n, a in (("a", reuse()), ("b", other))]
    (pair,) = matched(*runs).pairs
    assert [(d.words, d.points) for d in doubts(pair.a, pair)] == [(f"runs differ in {s}", p) for s, p in expected]


@pytest.mark.parametrize(("chance", "points"), [(0.5, 3.0), (0.25, 1.5), (0.75, 1.5), (0.9, 0.6)])
def test_of_a_narrow_chance(tmp_path: Path, chance: float, points: float) -> None:
    told = record(wrote(tmp_path, [(one(1), NEITHER)])).papers[0]
    (doubt,) = doubts(told, chance=chance)
    assert doubt.points == pytest.approx(points)
    assert doubt.words == f"chance of yes {chance:.2f}"
    assert doubts(told, chance=0.01) == doubts(told, chance=0.99) == []
