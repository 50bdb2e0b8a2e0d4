"""Several annotators' rows into one: what is agreed, what is ruled, what stays open."""

import pytest
from annotators import row

from ptmreuse.labelling.merging import Merged, Rulings, merged
from ptmreuse.rows import PaperRow

NET, VGG = "U-Net|conceptual|test", "VGG-16|adaptation|test"


def merge(ann: PaperRow, ben: PaperRow, rulings: Rulings | None = None) -> Merged:
    """Two annotators' rows about one paper."""
    return merged({"ann": [ann], "ben": [ben]}, rulings)


def told(row: PaperRow) -> list[str]:
    """Its models in the short form of `annotators.row`."""
    return [f"{m.name}|{'+'.join(p.pattern for p in m.patterns)}|{m.step}" for m in row.models]


def test_what_is_agreed_is_one_row_and_the_rest_is_open() -> None:
    ann = [row("p1", NET), row("p2"), row("p3")]
    found = merged({"ann": ann, "ben": [row("p1", NET), row("p2", deep=False)]})
    assert [each.key for each in found.rows] == ["p1", "p3"]
    assert [(each.key, each.stage) for each in found.open] == [("p2", "uses_deep_learning")]
    assert not found.faults


@pytest.mark.parametrize(
    ("ann", "ben", "rulings", "expected"),
    [
        (row("p"), row("p", deep=False), {("uses_deep_learning", ""): "yes"}, []),
        (row("p", NET), row("p", deep=False), {("uses_deep_learning", ""): "no"}, []),
        (row("p", NET), row("p"), {("reuses_ptm", ""): "yes"}, [NET]),
        (row("p", NET), row("p"), {("reuses_ptm", ""): "no"}, []),
        (row("p", NET, VGG), row("p", VGG), {("names_ptms", "U-Net"): "yes"}, [NET, VGG]),
        (row("p", NET, VGG), row("p", VGG), {("names_ptms", "U-Net"): "no"}, [VGG]),
        (
            row("p", NET),
            row("p", "U-Net|adaptation|analysis"),
            {("reuse_pattern", "U-Net"): "adaptation + conceptual", ("science_step", "U-Net"): "analysis"},
            ["U-Net|adaptation+conceptual|analysis"],
        ),
    ],
)
def test_rulings_settle(ann: PaperRow, ben: PaperRow, rulings: dict[tuple[str, str], str], expected: list[str]) -> None:
    assert merge(ann, ben).open
    found = merge(ann, ben, {("p", *about): decision for about, decision in rulings.items()})
    assert not found.open
    assert not found.faults
    assert told(found.rows[0]) == expected


def test_a_half_ruled_paper_stays_open() -> None:
    found = merge(row("p", NET), row("p", "U-Net|adaptation|analysis"), {("p", "science_step", "U-Net"): "test"})
    assert not found.rows
    assert [each.stage for each in found.open] == ["reuse_pattern"]


@pytest.mark.parametrize(
    ("rulings", "fault"),
    [
        ({("p", "science_step", "U-Net"): "supper"}, "p: models[0].step = 'supper'"),
        ({("p", "names_ptms", "U-Net"): "no"}, "p: models must be given when reuses_ptm is yes"),
        ({("p", "reuses_ptm", ""): "perhaps"}, "p: reuses_ptm is ruled 'perhaps'; rule yes or no"),
    ],
)
def test_a_ruling_that_makes_no_row_is_a_fault(rulings: Rulings, fault: str) -> None:
    found = merge(row("p", NET), row("p", NET), rulings)
    assert not found.rows
    assert found.faults[0].startswith(fault)


def test_text_and_quotes_come_from_whoever_has_them() -> None:
    ann = row("p", NET).model_dump(exclude_defaults=True)
    ann["models"][0]["quote"] = ""
    ben = row("p", NET).model_dump(exclude_defaults=True)
    ben |= {"passages": [{"kind": "methods", "text": "We used U-Net."}], "note": "hard"}
    ben["models"][0]["patterns"] = [{"pattern": "conceptual", "quote": "trained from scratch"}]
    found = merge(PaperRow.model_validate(ann), PaperRow.model_validate(ben)).rows[0]
    assert (found.passages[0].text, found.note, found.models[0].quote) == ("We used U-Net.", "hard", "We used U-Net.")
    assert found.models[0].patterns[0].quote == "trained from scratch"


def test_one_annotators_rows_come_through_unchanged() -> None:
    rows = (row("p1", NET, VGG), row("p2"))
    assert merged({"ann": rows}).rows == rows
