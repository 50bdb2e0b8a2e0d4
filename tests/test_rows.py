"""Rows of labels: what is accepted, and what a faulty value says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptmreuse.rows import PaperRow, QuotePlace, checked, from_csv, from_jsonl

MODEL: dict[str, Any] = {"name": "U-Net", "patterns": ["conceptual"], "step": "test"}
ROW: dict[str, Any] = {"doi": "10.1/a", "uses_deep_learning": True, "reuses_ptm": "yes", "models": [MODEL]}
PLACE = {"place": "line 3", "start": 0, "end": 9, "digest": "ab"}
NO = {"uses_deep_learning": "no", "reuses_ptm": "no"}


def accepted(row: dict[str, Any]) -> PaperRow:
    made, faults = checked(row)
    assert made
    assert not faults
    return made


def test_bare_answers_and_patterns_will_do() -> None:
    row = accepted(ROW)
    assert (row.uses_deep_learning.answer, row.reuses_ptm.answer, row.split, row.key) == (True, True, "train", "10.1/a")
    assert [p.pattern for p in row.models[0].patterns] == ["conceptual"]
    assert accepted(ROW | {"models": [MODEL | {"quote": PLACE}]}).models[0].quote == QuotePlace(**PLACE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "doi", ["10.1/A", "https://doi.org/10.1/a", "http://dx.doi.org/10.1/a", "doi:10.1/a", " 10.1/a "]
)
def test_a_doi_is_bare_and_in_lower_case(doi: str) -> None:
    assert accepted(ROW | {"doi": doi}).doi == "10.1/a"


def test_null_is_absent() -> None:
    row = accepted(ROW | {"title": None, "models": [MODEL | {"mention": None, "quote": None}], "passages": None})
    assert (row.title, row.models[0].mention) == ("", "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"uses_deep_learning": "perhaps"}, "uses_deep_learning.answer = 'perhaps': Input should be a valid boolean"),
        ({"split": "dev"}, "split = 'dev': Input should be 'train', 'val' or 'test'"),
        ({"spilt": "val"}, "spilt = 'val': Extra inputs"),
        ({"year": "soon"}, "year = 'soon': Input should be a valid integer"),
        ({"models": [MODEL | {"step": "testing"}]}, "models[0].step = 'testing': Input should be 'observation'"),
        (
            {"models": [MODEL | {"patterns": ["x"]}]},
            "models[0].patterns[0].pattern = 'x': Input should be 'conceptual'",
        ),
        ({"models": [MODEL | {"patterns": []}]}, "models[0].patterns = []"),
        ({"models": [MODEL | {"quote": "q" * 301}]}, "models[0].quote = 'qqq"),
        ({"models": [MODEL | {"quote": PLACE | {"start": -1}}]}, "models[0].quote.start = -1"),
        ({"models": []}, "models must be given when reuses_ptm is yes"),
        ({"reuses_ptm": False}, "models must be given when reuses_ptm is yes, and only then"),
        ({"uses_deep_learning": False}, "reuses_ptm is yes and uses_deep_learning no"),
        ({"models": [MODEL, MODEL | {"name": "UNet"}]}, "models: U-Net given more than once"),
        ({"doi": ""}, "give passages, or the doi or file"),
        ({"passages": [{"kind": "method", "text": "x"}]}, "passages[0].kind = 'method'"),
    ],
    ids=str,
)
def test_a_faulty_value_is_told_with_its_field(change: dict[str, Any], told: str) -> None:
    row, faults = checked(ROW | change)
    assert row is None
    assert [fault for fault in faults if fault.startswith(told)], faults


def test_all_faults_of_a_row_are_told() -> None:
    _, faults = checked({"doi": "10.1/a", "split": "x", "models": [{}]})
    assert len(faults) == 6


@pytest.mark.parametrize("row", [None, 7, [], "x"])
def test_a_row_that_is_no_object(row: Any) -> None:
    assert checked(row)[1]


def test_jsonl_keeps_line_numbers() -> None:
    first, second, third = from_jsonl(["\ufeff{}", "", " ", "{", "7"])
    assert (first, third) == ((1, {}, ""), (5, 7, ""))
    assert second[:2] == (4, None)
    assert second[2].startswith("not JSON (Expecting property name")


def read_csv(*lines: str) -> list[tuple[int, Any, str]]:
    return list(from_csv(["\ufeffdoi,uses_deep_learning, reuses_ptm,models,uses_deep_learning_quote", *lines]))


@pytest.mark.parametrize(
    ("cell", "models"),
    [
        ("U-Net | conceptual | test", [MODEL]),
        (
            "U-Net|conceptual + adaptation|test ; SAM 2 | deployment | analysis;",
            [
                MODEL | {"patterns": ["conceptual", "adaptation"]},
                {"name": "SAM 2", "patterns": ["deployment"], "step": "analysis"},
            ],
        ),
        ('"[{""name"": ""U-Net"", ""patterns"": [""conceptual""], ""step"": ""test""}]"', [MODEL]),
    ],
)
def test_models_of_a_csv(cell: str, models: list[Any]) -> None:
    ((line, row, fault),) = read_csv(f"10.1/a,yes,yes,{cell},")
    assert (line, row["models"], fault) == (2, models, "")
    assert accepted(row).models


def test_a_quote_in_a_csv_may_hold_lines_and_commas() -> None:
    first, second = read_csv('10.1/a,yes,no,,"We trained, then', 'we tested."', "10.1/b,no,no,,")
    assert (first[0], first[1]["uses_deep_learning"]["quote"]) == (3, "We trained, then\nwe tested.")
    assert (second[0], accepted(second[1]).doi) == (4, "10.1/b")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (
            "10.1/a,yes,yes,U-Net: conceptual,",
            "models = 'U-Net: conceptual': 'U-Net: conceptual' is not name | pattern",
        ),
        ('10.1/a,yes,yes,"[{",', "models = '[{': Expecting"),
        ("10.1/a,no,no,,,extra", "more cells than the heading has"),
        ('10.1/a,no,no,"open', "not CSV"),
    ],
)
def test_a_faulty_record_of_a_csv(line: str, fault: str) -> None:
    ((number, _, told),) = read_csv(line)
    assert number == 2
    assert told.startswith(fault)


def test_a_csv_with_nothing_in_it() -> None:
    assert list(from_csv([])) == []
    assert read_csv() == []


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_lines_give_rows_or_reasons(lines: list[str]) -> None:
    for read in (from_jsonl, from_csv):
        for number, value, fault in read(lines):
            assert 0 <= number <= len(lines)
            assert fault or checked(value)[0] or checked(value)[1]
