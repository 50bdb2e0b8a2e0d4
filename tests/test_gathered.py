"""The beginning of a report's flow, from the record of a collection."""

from dataclasses import replace
from pathlib import Path

import pytest
from test_flow_diagram import FLOW

from ptmreuse.collecting.collection import FILE, Collection
from ptmreuse.collecting.found import Found
from ptmreuse.errors import UsageError
from ptmreuse.reporting.flow_diagram import steps
from ptmreuse.reporting.flow_sheets import flow_sheet
from ptmreuse.reporting.gathered import Gathered, gathered

OUTCOMES = ["full_text", "full_text", "no_open_full_text", "no_open_full_text", "malformed", "other_field", "", ""]


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    with Collection(tmp_path) as collection:
        for n, outcome in enumerate(OUTCOMES):
            collection.add(Found(f"10.1234/{n}", "", "", None, "openalex"))
            if outcome:
                collection.settle(f"10.1234/{n}", outcome)
        collection.draw({"10.1234/7": 0.5}, [])
    return tmp_path / "metadata.jsonl"


def test_every_paper_is_counted_once(metadata: Path) -> None:
    told = gathered(metadata)
    reasons = {"no_open_full_text": 2, "malformed": 1, "waiting": 1}
    assert told == Gathered(8, {"other_field": 1}, 1, reasons, 2)
    assert told and next(iter(told.without_text)) == "no_open_full_text"
    assert told.asked_for == 6


def test_without_a_record_nothing_is_told(tmp_path: Path) -> None:
    assert gathered(None) is None
    assert gathered(tmp_path / "metadata.jsonl") is None


def test_reading_changes_no_record(metadata: Path) -> None:
    before = (metadata.parent / FILE).read_bytes()
    gathered(metadata)
    assert (metadata.parent / FILE).read_bytes() == before


@pytest.mark.parametrize("content", [b"no database, but longer than a header of one is" * 9, b""])
def test_what_is_no_record(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(UsageError, match="no record of a collection"):
        gathered(tmp_path / "metadata.jsonl")


FITTING = Gathered(30_000, {}, 0, {"no_open_full_text": 9_000, "waiting": 860}, 20_140)
SAMPLED = Gathered(300_000, {"other_field": 5_000}, 265_000, {"no_open_full_text": 9_860}, 20_140)
BOXES = [
    pytest.param(FITTING, ["30,000 papers found by the searches", "20,140 sources found"], id="all of them"),
    pytest.param(
        SAMPLED,
        ["300,000 papers found by the searches", "30,000 papers asked for", "20,140 sources found"],
        id="a sample",
    ),
]


@pytest.mark.parametrize(("told", "boxes"), BOXES)
def test_boxes_before_the_sources(told: Gathered, boxes: list[str]) -> None:
    drawn = steps(replace(FLOW, gathered=told))
    assert [step.stays[0] for step in drawn[: len(boxes)]] == boxes
    rows = flow_sheet(replace(FLOW, gathered=told)).rows
    assert [row[3] for row in rows if row[0] == "collection" and row[1] in ("found", "full text")] == [
        told.found,
        20_140,
    ]


def test_texts_that_the_run_has_not_read_are_told() -> None:
    more = replace(FITTING, found=FITTING.found + 5, texts=FITTING.texts + 5)
    assert "5 not in this run" in steps(replace(FLOW, gathered=more))[0].beside
