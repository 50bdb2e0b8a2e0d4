"""Labelled papers: the rows of a trainset, development labels beside their files, and what a faulty row says."""

import json
from pathlib import Path
from typing import Any

import pytest
from papers import TUNED, jats, paper

from ptmreuse.errors import UnreadablePaper, UsageError
from ptmreuse.labelled import LabelledModel, LabelledPaper, development_set, trainset

PAPERS = Path(__file__).parent.parent / "trainsets" / "papers.jsonl"
SPLITS = ("train", "val", "test")

MODEL: dict[str, Any] = {
    "name": "ResNet-50",
    "mention": "ResNet50",
    "quote": "ResNet50 was fine-tuned",
    "patterns": [{"pattern": "adaptation", "quote": "was fine-tuned"}],
    "step": "test",
    "step_quote": "to classify leaves",
}
ROW: dict[str, Any] = {
    "id": "syn-1",
    "split": "train",
    "title": "Leaves",
    "year": None,
    "passages": [{"text": TUNED, "kind": "methods", "section": "Methods"}],
    "uses_deep_learning": {"answer": True, "quote": "a quote"},
    "reuses_ptm": {"answer": True, "quote": ""},
    "models": [MODEL],
}
GOLD: dict[str, Any] = {
    "file": "a.xml",
    "uses_deep_learning": True,
    "dl_quote": "a quote",
    "reuses_ptm": True,
    "models": [
        {
            "name": "ResNet-50",
            "mention": "ResNet50",
            "also": ["ResNet"],
            "optional": False,
            "patterns": ["adaptation", "conceptual"],
            "pattern_debatable": True,
            "step": "test",
            "step_debatable": False,
            "quote": "was fine-tuned",
        }
    ],
}


def written(folder: Path, *rows: Any) -> Path:
    """A JSONL file; a row that is bytes is written as it is."""
    path = folder / "rows.jsonl"
    path.write_bytes(
        b"\n".join(r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in rows)
    )
    return path


def gold(folder: Path, *rows: Any) -> list[LabelledPaper]:
    (folder / "a.xml").write_bytes(jats(TUNED))
    return development_set(written(folder, *rows), folder)


@pytest.mark.parametrize(("field", "subjects"), [({"field": "Ecology"}, ("Ecology",)), ({"field": ""}, ()), ({}, ())])
def test_the_field_of_a_paper(field: dict[str, str], subjects: tuple[str, ...], tmp_path: Path) -> None:
    (labelled,) = trainset(written(tmp_path, ROW | field))
    assert labelled.paper.subjects == subjects


def test_a_row_of_the_trainset_is_a_paper_with_its_answers(tmp_path: Path) -> None:
    (labelled,) = trainset(written(tmp_path, ROW))
    assert (labelled.paper.source, labelled.paper.title, labelled.paper.year) == ("syn-1", "Leaves", None)
    assert [(p.text, p.kind, p.place) for p in labelled.paper.paragraphs] == [(TUNED, "methods", "passages[0]")]
    assert (labelled.uses_deep_learning, labelled.reuses_ptm, labelled.quotes) == (True, True, ("a quote",))
    (model,) = labelled.models
    assert (model.name, model.mention, model.patterns, model.step) == ("ResNet-50", "ResNet50", ("adaptation",), "test")
    assert labelled.all_quotes == ("a quote", "ResNet50 was fine-tuned", "was fine-tuned", "to classify leaves")
    assert not (model.optional or model.pattern_debatable or model.step_debatable)


def test_a_development_row_is_joined_with_its_file(tmp_path: Path) -> None:
    (labelled,) = gold(tmp_path, GOLD)
    assert (labelled.paper.source, labelled.paper.title) == ("a.xml", "Leaves")
    assert labelled.all_quotes == ("a quote", "was fine-tuned")
    (model,) = labelled.models
    assert (model.also, model.patterns, model.step) == (("ResNet",), ("adaptation", "conceptual"), "test")
    assert (model.optional, model.pattern_debatable, model.step_debatable) == (False, True, False)


def test_a_development_row_without_deep_learning_has_no_quote(tmp_path: Path) -> None:
    row = GOLD | {"uses_deep_learning": False, "reuses_ptm": False, "dl_quote": None, "models": []}
    (labelled,) = gold(tmp_path, row)
    assert (labelled.all_quotes, labelled.models) == ((), ())


@pytest.mark.parametrize(("split", "ids"), [("train", ["a", "d"]), ("val", ["b"]), ("test", ["c"]), ("none", [])])
def test_a_split_is_asked_for(tmp_path: Path, split: str, ids: list[str]) -> None:
    rows = [ROW | {"id": i, "split": s} for i, s in (("a", "train"), ("b", "val"), ("c", "test"))]
    unsplit = {name: value for name, value in ROW.items() if name != "split"} | {"id": "d"}
    assert [each.paper.source for each in trainset(written(tmp_path, *rows, unsplit), split)] == ids


def test_a_line_separator_inside_a_text_ends_no_row(tmp_path: Path) -> None:
    (labelled,) = trainset(written(tmp_path, ROW | {"title": "Leaves\u2028and\x85roots"}))
    assert labelled.paper.title == "Leaves\u2028and\x85roots"


def without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != name}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (b"{", "line 2: not JSON"),
        (b"", "line 2: not JSON"),
        (b"\xff\xfe\x00", "line 2: not JSON"),
        (b"[]", "line 2: not a JSON object"),
        (b"7", "line 2: not a JSON object"),
        *((without(ROW, name), f"line 2: has no field '{name}'") for name in ROW if name != "split"),
        *((ROW | {"models": [without(MODEL, n)]}, f"line 2: has no field '{n}'") for n in MODEL),
        (ROW | {"passages": [{"text": "x"}]}, "line 2: has no field 'kind'"),
    ],
    ids=str,
)
def test_a_faulty_row_of_the_trainset_is_named(tmp_path: Path, row: Any, says: str) -> None:
    path = written(tmp_path, ROW, row, ROW)
    with pytest.raises(UsageError) as caught:
        trainset(path)
    assert str(path) in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("name", sorted(GOLD))
def test_a_faulty_development_row_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=f"line 2: has no field '{name}'"):
        gold(tmp_path, GOLD, without(GOLD, name))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.jsonl: can't be read .*; give a JSONL file"):
        trainset(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match=r"b\.xml: can't be read .*; give the folder"):
        gold(tmp_path, GOLD | {"file": "b.xml"})


def test_a_paper_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "b.xml").write_bytes(b"<article><body>")
    with pytest.raises(UnreadablePaper):
        gold(tmp_path, GOLD | {"file": "b.xml"})


def test_the_trainset_of_the_project_has_three_disjoint_splits() -> None:
    sources = {split: {each.paper.source for each in trainset(PAPERS, split)} for split in SPLITS}
    assert all(sources.values())
    assert sum(map(len, sources.values())) == len(set.union(*sources.values()))


@pytest.mark.parametrize("split", ["train", "val"])
def test_every_label_of_the_project_is_consistent(split: str) -> None:
    for labelled in trainset(PAPERS, split):
        text = "\n".join(paragraph.text for paragraph in labelled.paper.paragraphs)
        assert all(quote in text for quote in labelled.all_quotes), labelled.paper.source
        assert bool(labelled.models) == labelled.reuses_ptm <= labelled.uses_deep_learning, labelled.paper.source


def a_model(*quotes: str, optional: bool = False) -> LabelledModel:
    return LabelledModel("ResNet50", "ResNet50", ("conceptual", "adaptation"), "test", quotes, optional=optional)


@pytest.mark.parametrize(
    ("quotes", "mention", "patterns", "step"),
    [
        (("m", "p1", "p2", "s"), "m", ("p1", "p2"), "s"),
        (("m",), "m", ("m", "m"), "m"),
        ((), "", ("", ""), ""),
    ],
)
def test_each_answer_about_a_model_has_its_quote(
    quotes: tuple[str, ...], mention: str, patterns: tuple[str, ...], step: str
) -> None:
    labelled = a_model(*quotes)
    assert (labelled.quote, labelled.pattern_quotes, labelled.step_quote) == (mention, patterns, step)
    assert labelled.canonical == "ResNet-50"


@pytest.mark.parametrize(
    ("deep", "reuse", "models", "quotes", "expected"),
    [
        (False, False, (), (), ("none", "none")),
        (True, False, (), ("d",), ("d", "none")),
        (True, True, (a_model("m"),), ("d", "r"), ("d", "r")),
        (True, True, (a_model("m"),), ("d",), ("d", "m")),
        (True, True, (a_model(),), ("d",), ("d", "d")),
        (True, True, (a_model(),), (), ("", "")),
    ],
)
def test_the_two_yes_no_answers_have_their_quotes(
    deep: bool, reuse: bool, models: tuple[LabelledModel, ...], quotes: tuple[str, ...], expected: tuple[str, str]
) -> None:
    labelled = LabelledPaper(paper(TUNED), deep, reuse, models, quotes)
    assert (labelled.deep_quote, labelled.reuse_quote) == expected


def test_an_optional_model_is_not_required() -> None:
    labelled = LabelledPaper(paper(TUNED), True, True, (a_model("m"), a_model("o", optional=True)), ("d",))
    assert labelled.required == (a_model("m"),)
    assert labelled.all_quotes == ("d", "m", "o")


def test_of_two_models_of_one_name_the_required_one_is_asked_about() -> None:
    required, optional = a_model("m"), a_model("o", optional=True)
    for models in ((required, optional), (optional, required)):
        assert LabelledPaper(paper(TUNED), True, True, models, ("d",)).distinct == (required,)
