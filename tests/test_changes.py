"""What changed between two runs: each answer that is another one, with both quotes."""

from pathlib import Path

import pytest
from ledgers import (
    DEEP,
    LOST,
    NAMES,
    NEITHER,
    ONLY_DEEP,
    OTHER,
    PATTERN,
    REUSE,
    STEP,
    found,
    one,
    reuse,
    wrote,
    yes,
)
from papers import PREDICTED, TUNED

from program.answers import Answer, unresolved
from ptmreuse.reporting.changes import Change, changes
from ptmreuse.reporting.pairs import matched
from ptmreuse.reporting.record import record

Answers = tuple[Answer, ...]
U_NET = ("U-Net", "conceptual", "analysis")
RESNET = ("ResNet-50", "adaptation", "test")


def changed(folder: Path, a: Answers, b: Answers) -> list[Change]:
    runs = [wrote(folder / name, [(one(1), answers)]) for name, answers in (("a", a), ("b", b))]
    (pair,) = matched(*map(record, runs)).pairs
    return changes(pair)


def brief(several: list[Change]) -> list[tuple[str, str, str, str, bool]]:
    return [(c.stage, c.model, c.a.value, c.b.value, c.first) for c in several]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (NEITHER, NEITHER, []),
        (reuse(), reuse(), []),
        (NEITHER, (), []),  # not asked is no change
        (ONLY_DEEP, ONLY_DEEP[:1], []),
        (NEITHER, ONLY_DEEP, [(DEEP, "", "no", "yes", True)]),
        (ONLY_DEEP, LOST, [(REUSE, "", "no", "unresolved", True)]),
        (reuse(), NEITHER, [(DEEP, "", "yes", "no", True), (REUSE, "", "yes", "no", False)]),
        (
            reuse(RESNET, U_NET),
            reuse(U_NET, ("BERT", "deployment", "test")),
            [(NAMES, "ResNet-50", "named", "not named", True), (NAMES, "BERT", "not named", "named", True)],
        ),
        (reuse(RESNET), (*reuse()[:2], unresolved(NAMES, "x")), [(NAMES, "", "ResNet-50", "unresolved", True)]),
        (
            reuse(RESNET, U_NET),
            reuse(("ResNet-50", "conceptual;adaptation", "observation"), U_NET),
            [
                (PATTERN, "ResNet-50", "adaptation", "adaptation;conceptual", True),
                (STEP, "ResNet-50", "test", "observation", False),
            ],
        ),
        (reuse(), (*reuse()[:4], unresolved(STEP, "x")), [(STEP, "ResNet-50", "test", "unresolved", True)]),
        (reuse(), reuse()[:4], []),
        (reuse(("U-Net", "deployment;adaptation", "test")), reuse(("U-Net", "adaptation;deployment", "test")), []),
    ],
)
def test_changes(tmp_path: Path, a: Answers, b: Answers, expected: list[tuple[str, str, str, str, bool]]) -> None:
    assert brief(changed(tmp_path, a, b)) == expected
    mirrored = [(stage, model, to, of, first) for stage, model, of, to, first in expected]
    assert sorted(brief(changed(tmp_path / "back", b, a))) == sorted(mirrored)


def test_both_quotes_with_places_and_reasons(tmp_path: Path) -> None:
    a = (*reuse()[:3], yes(PATTERN, found("ResNet-50", "adaptation"), found("ResNet-50", "deployment", PREDICTED)))
    b = (*reuse()[:3], yes(PATTERN, found("ResNet-50", "conceptual", "")))
    (change,) = changed(tmp_path, a, b)
    assert change.a.quote == f"{TUNED} | {PREDICTED}"
    assert change.a.place == f"Methods · /*[1] · 0-{len(TUNED)} | Methods · /*[1] · 0-{len(PREDICTED)}"
    assert (change.b.value, change.b.quote, change.b.place) == ("unresolved", "", "")
    assert (change.a.reason, change.b.reason) == ("", "evidence_not_found")


def test_a_quote_that_moves_is_no_change(tmp_path: Path) -> None:
    assert changed(tmp_path, (yes(DEEP),), (yes(DEEP, found(quote=PREDICTED)),)) == []


def test_a_paper_that_can_not_be_read_any_more(tmp_path: Path) -> None:
    runs = [wrote(tmp_path / "a", [(one(1), ONLY_DEEP)]), wrote(tmp_path / "b", unreadable=["in/1.xml"], key=OTHER)]
    (pair,) = matched(*map(record, runs)).pairs
    several = changes(pair)
    assert brief(several) == [(DEEP, "", "yes", "unresolved", True), (REUSE, "", "no", "unresolved", False)]
    assert [change.b.reason for change in several] == ["malformed", "malformed"]


def test_what_follows_from_a_gate_has_its_reason(tmp_path: Path) -> None:
    _, second = changed(tmp_path, ONLY_DEEP, (unresolved(DEEP, "unparsable"),))
    assert (second.stage, second.b.value, second.b.reason) == (REUSE, "unresolved", "unparsable")
