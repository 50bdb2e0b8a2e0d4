"""Labels to Label Studio's and Argilla's JSON and back."""

import json
from collections.abc import Callable
from typing import Any, get_args
from xml.etree import ElementTree

import pytest
from annotators import row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptmreuse.labelling import argilla, label_studio
from ptmreuse.labelling.filled_in import SPANS
from ptmreuse.labelling.tool import Imported
from ptmreuse.rows import QUOTED, PaperRow
from signatures.labels import Pattern, Step

Labels = dict[str, list[PaperRow]]
TOOLS = pytest.mark.parametrize("tool", [label_studio, argilla], ids=["label-studio", "argilla"])

texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from('𝛼😀\n"|{'), min_size=1)
SAID = "we used a network that others had trained"  # a quote of fewer words may stand anywhere


@st.composite
def rows(draw: st.DrawFn, key: str) -> PaperRow:
    """A row of any answers, its quotes parts of its passages, or of none if it has none."""
    passages = [f"{draw(texts)} {SAID} {draw(texts)}" for _ in range(draw(st.integers(0, 3)))]
    reuse = draw(st.booleans())

    def quote() -> str:
        text = draw(st.sampled_from(["", *passages]))
        middle = text.find(SAID)
        start, end = draw(st.integers(0, max(middle, 0))), draw(st.integers(middle + len(SAID), max(len(text), 60)))
        return text[start:end].strip()

    def model(name: str) -> dict[str, Any]:
        chosen = draw(st.lists(st.sampled_from(get_args(Pattern)), min_size=1, unique=True))
        told = {"name": name, "mention": draw(texts), "quote": quote(), "step_quote": quote()}
        flags = {"optional": draw(st.booleans()), "step_debatable": draw(st.booleans()), "also": [draw(texts)]}
        return {**told, **flags, "patterns": [{"pattern": p, "quote": quote()} for p in chosen], "step": draw(_STEP)}

    return PaperRow.model_validate(
        {
            "id": key,
            "doi": "10.1/" + key,
            "title": draw(texts),
            "note": draw(texts),
            "passages": [{"kind": "methods", "text": text} for text in passages],
            "uses_deep_learning": {"answer": reuse or draw(st.booleans()), "quote": quote()},
            "reuses_ptm": {"answer": reuse, "quote": quote()},
            "models": [model(f"Net {name}") for name in draw(st.lists(_NAME, min_size=1, max_size=3))] if reuse else [],
        }
    )


_STEP = st.sampled_from(get_args(Step))
_NAME = st.uuids().map(str)


@TOOLS
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(data=st.data())
def test_there_and_back(tool: Any, data: st.DataObject) -> None:
    ann = [data.draw(rows("p1")), data.draw(rows("p2"))]
    labels = {"ann": ann, "Bén Ö.": ann[1:]}
    found = tool.imported(tool.exported(labels))
    assert found.faults == ()
    assert {who: [told(row) for row in theirs] for who, theirs in found.by_annotator.items()} == {
        who: [told(row) for row in theirs] for who, theirs in labels.items()
    }


def told(row: PaperRow) -> dict[str, Any]:
    return row.model_dump(exclude_defaults=True)


def quoted(
    text: str = "We used 😀 U-Net. It 𝛼 segments.\nU-Net was trained again by us.",
    quote: str = "U-Net was trained again by us",
) -> PaperRow:
    """A paper with characters that JavaScript counts twice, and a quote behind them."""
    given = row("p1", "U-Net|conceptual|test").model_dump(exclude_defaults=True)
    given["models"][0]["quote"] = "We used 😀 U-Net. It"
    given |= {"passages": [{"kind": "methods", "text": text}], "reuses_ptm": {"answer": True, "quote": quote}}
    return PaperRow.model_validate(given)


def tasks(tool: Any, labels: Labels) -> Any:
    return json.loads(tool.exported(labels))


@TOOLS
def test_suggested_labels_are_nobodys(tool: Any) -> None:
    suggested = tool.exported({"ann": [quoted()], "ben": [quoted()]}, suggest=True)
    assert '"ann"' in suggested
    assert tool.imported(suggested) == Imported({}, ())


@TOOLS
@pytest.mark.parametrize("text", ["{}", "[1]", "null", '[{"id": 1}]'])
def test_what_is_not_of_the_tool(tool: Any, text: str) -> None:
    with pytest.raises(ValueError, match="it is no list of"):
        tool.imported(text)


def test_offsets_are_characters_and_utf_16_units_are_put_right() -> None:
    found = tasks(label_studio, {"ann": [quoted()]})
    span = next(each["value"] for each in found[0]["annotations"][0]["result"] if each["type"] == "labels")
    text = found[0]["data"]["text"]
    assert text[span["start"] : span["end"]] == span["text"] == "U-Net was trained again by us"
    for units in ("start", "end"):
        span[units] = len(text[: span[units]].encode("utf-16-le")) // 2
    assert text[span["start"] : span["end"]] != "U-Net was trained again by us"
    back = label_studio.imported(json.dumps(found)).by_annotator["ann"][0]
    assert told(back) == told(quoted())


def test_an_end_of_line_in_a_marked_text() -> None:
    found = tasks(label_studio, {"ann": [quoted(quote="segments.\nU-Net was trained again by us")]})
    span = next(each["value"] for each in found[0]["annotations"][0]["result"] if each["type"] == "labels")
    span["text"] = span["text"].replace("\n", "\\n")
    back = label_studio.imported(json.dumps(found)).by_annotator["ann"][0]
    assert back.reuses_ptm.quote == "segments.\nU-Net was trained again by us"


def test_without_an_answer_there_is_no_label() -> None:
    studio, records = tasks(label_studio, {"ann": [row("p1")]}), tasks(argilla, {"ann": [row("p1")]})
    cancelled = [{**studio[0], "annotations": [{**studio[0]["annotations"][0], "was_cancelled": True}]}]
    for changed in ([{**studio[0], "annotations": []}], [{**studio[0], "annotations": [{"result": []}]}], cancelled):
        assert label_studio.imported(json.dumps(changed)) == Imported({}, ())
    draft = json.loads(json.dumps(records).replace('"user_id"', '"status": "draft", "user_id"'))
    for changed in ([{**records[0], "responses": {}}], [{**records[0], "responses": None}], draft):
        assert argilla.imported(json.dumps(changed)) == Imported({}, ())


def test_who_gave_no_name() -> None:
    found = tasks(label_studio, {"ann": [row("p1")]})
    results = found[0]["annotations"][0]["result"]
    results[:] = [each for each in results if each["from_name"] != "annotator"]
    for user, name in ((7, "user 7"), ({"id": 7, "email": "ann@x.org"}, "ann@x.org"), (None, "unknown")):
        found[0]["annotations"][0]["completed_by"] = user
        assert list(label_studio.imported(json.dumps(found)).by_annotator) == [name]
    record = tasks(argilla, {"ann": [row("p1")]})[0]
    record["metadata"].pop("annotators")
    assert list(argilla.imported(json.dumps([record])).by_annotator) == [argilla.user_id("ann")]


def test_a_task_that_was_not_made_here() -> None:
    task = tasks(label_studio, {"ann": [quoted()]})[0]
    task["data"] = {"doi": "10.1/x", "text": task["data"]["text"]}
    back = label_studio.imported(json.dumps([task])).by_annotator["ann"][0]
    assert (back.doi, back.passages[0].text[:7], back.reuses_ptm.quote) == (
        "10.1/x",
        "We used",
        "U-Net was trained again by us",
    )
    record = tasks(argilla, {"ann": [quoted()]})[0]
    record.pop("metadata")
    assert argilla.imported(json.dumps([record])).by_annotator[argilla.user_id("ann")][0].reuses_ptm.quote


def _replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


@pytest.mark.parametrize(
    ("tool", "change", "fault"),
    [
        (
            label_studio,
            _replaced('"U-Net was trained again by us"', '"ResNet was trained again by us"'),
            "task 1: can't be read (ValueError: reuses_ptm = ",
        ),
        (label_studio, _replaced("conceptual | test", "conceptual | supper"), "task 1, ann: models[0].step = 'supper'"),
        (
            label_studio,
            _replaced("quote: We used", "quote: Nobody has heard of it, or of"),
            "task 1, ann: models[0].quote = 'Nobody has heard",
        ),
        (label_studio, _replaced('"yes"', '"perhaps"'), "task 1, ann: uses_deep_learning.answer = 'perhaps'"),
        (label_studio, _replaced('"value": {', '"value": [], "was": {'), "task 1: can't be read (AttributeError"),
        (label_studio, _replaced('"start"', '"begin"'), "task 1: can't be read (KeyError: 'start')"),
        (argilla, _replaced('"end": ', '"end": 9'), "record p1: can't be read (ValueError: evidence from "),
        (argilla, _replaced("conceptual | test", "conceptual | supper"), "record p1, ann: models[0].step = 'supper'"),
        (
            argilla,
            _replaced("quote: We used", "quote: Nobody has heard of it, or of"),
            "record p1, ann: models[0].quote = 'Nobody has heard",
        ),
        (argilla, _replaced('"yes"', "3"), "record p1, ann: uses_deep_learning.answer = 3"),
        (argilla, _replaced('"user_id"', '"user"'), "record p1: can't be read (KeyError: 'user_id')"),
        (argilla, _replaced('"{\\"id', '"{'), "record p1: can't be read (JSONDecodeError"),
    ],
)
def test_an_answer_that_makes_no_label_is_named(tool: Any, change: Callable[[str], str], fault: str) -> None:
    found = tool.imported(change(json.dumps(tasks(tool, {"ann": [quoted()]}))))
    assert found.by_annotator == {}
    assert found.faults[0].startswith(fault)


@TOOLS
def test_a_paper_twice(tool: Any) -> None:
    one = tasks(tool, {"ann": [row("p1")]})
    found = tool.imported(json.dumps(one * 2))
    assert len(found.by_annotator["ann"]) == 1
    assert "ann: p1 is labelled in " in found.faults[0]


def test_the_interface_has_what_the_results_are_of() -> None:
    tags = {tag.get("name"): tag for tag in ElementTree.fromstring(label_studio.config()).iter() if tag.get("name")}
    assert [label.get("value") for label in tags["evidence"]] == list(SPANS)
    kinds = {"Choices": "choices", "Labels": "labels", "TextArea": "textarea"}
    for result in tasks(label_studio, {"ann": [quoted()]})[0]["annotations"][0]["result"]:
        assert kinds[tags[result["from_name"]].tag] == result["type"]
        assert result["to_name"] == tags[result["from_name"]].get("toName") == "text"
    assert set(QUOTED) <= set(tags)
