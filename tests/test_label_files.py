"""The files that labels land in."""

import json
from pathlib import Path

import pytest
from reviewed import MODEL, NEITHER, draft, three

from ptmreuse.errors import UsageError
from ptmreuse.reviewing.draft import Draft, row
from ptmreuse.reviewing.journal import Journal
from ptmreuse.reviewing.label_files import LabelFiles, journal_path
from ptmreuse.trainset import load

LEAVES, BARLEY, _ = three()
STEPPED = {"models": [MODEL | {"step": "analysis"}]}


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


def test_one_annotator_has_the_file_alone(labels: Path) -> None:
    with Journal(journal_path(labels)) as journal:
        files = LabelFiles(labels, journal)
        assert labels.read_text(encoding="utf-8") == ""
        journal.save("anna", LEAVES.id, draft(), row(draft(), LEAVES))
        files.write()
    assert [each["doi"] for each in lines(labels)] == ["10.5555/p.0"]
    assert sorted(path.name for path in labels.parent.glob("*.jsonl")) == ["labels.jsonl"]
    assert [each.paper.source for each in load(str(labels))] == [LEAVES.id]


def test_of_two_only_what_is_settled_is_in_it(labels: Path) -> None:
    with Journal(journal_path(labels)) as journal:
        files = LabelFiles(labels, journal)
        for who, changed in (("anna", {}), ("bo", STEPPED)):
            journal.save(who, LEAVES.id, draft(**changed), row(draft(**changed), LEAVES))
            journal.save(who, BARLEY.id, Draft.model_validate(NEITHER), row(Draft.model_validate(NEITHER), BARLEY))
        files.write()
        assert [each["id"] for each in lines(labels)] == [BARLEY.id]
        assert len(lines(labels.with_name("labels.anna.jsonl"))) == len(lines(labels.with_name("labels.bo.jsonl"))) == 2
        journal.rule(LEAVES.id, "science_step", "ResNet-50", "analysis", "own experiment", "cy")
        files.write()
    found = {each["id"]: each for each in lines(labels)}
    assert found[LEAVES.id]["models"][0]["step"] == "analysis"  # type: ignore[index]
    (ruling,) = lines(labels.with_name("labels.rulings.jsonl"))
    assert (ruling["id"], ruling["decision"], ruling["by"]) == (LEAVES.id, "analysis", "cy")


def test_what_came_from_elsewhere_is_not_written_over(labels: Path) -> None:
    labels.write_text('{"id": "mine"}\n', encoding="utf-8")
    with Journal(journal_path(labels)) as journal, pytest.raises(UsageError, match="not labelled here"):
        LabelFiles(labels, journal)
    assert labels.read_text(encoding="utf-8") == '{"id": "mine"}\n'


def test_a_file_that_was_edited_since_is_not_written_over(labels: Path) -> None:
    with Journal(journal_path(labels)) as journal:
        journal.save("anna", LEAVES.id, draft(), row(draft(), LEAVES))
        LabelFiles(labels, journal)
    labels.write_text(labels.read_text(encoding="utf-8").replace('"step": "test"', '"step": "analysis"'))
    with Journal(journal_path(labels)) as journal, pytest.raises(UsageError, match="not labelled here"):
        LabelFiles(labels, journal)


def test_what_a_kill_left_unwritten_is_written_at_the_next_start(labels: Path) -> None:
    with Journal(journal_path(labels)) as journal:
        LabelFiles(labels, journal)
        journal.save("anna", LEAVES.id, draft(), row(draft(), LEAVES))
    with Journal(journal_path(labels)) as journal:
        LabelFiles(labels, journal)
    assert len(lines(labels)) == 1
