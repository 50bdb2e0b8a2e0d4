"""A run's tables with fields and years."""

from pathlib import Path

import pytest
from ledgers import NEITHER, OTHER, one, reuse, wrote
from study import FIELDS, study

from ptmreuse.errors import UsageError
from ptmreuse.reporting.metadata import FIELD_UNKNOWN
from ptmreuse.reporting.results import results
from ptmreuse.tables import MODEL_COLUMNS, PAPER_COLUMNS


def test_papers_and_models_with_field_and_year(tmp_path: Path) -> None:
    run = study(tmp_path, papers=300)
    found = results(run, run / "works.jsonl")
    assert list(found.papers.columns) == [*PAPER_COLUMNS, "field", "topics", "citations"]
    assert list(found.models.columns) == [*MODEL_COLUMNS, "field", "year"]
    assert {str(found.papers["year"].dtype), str(found.models["year"].dtype)} == {"Int64"}
    assert set(found.papers["field"]) == {*FIELDS, FIELD_UNKNOWN}
    fields = found.papers.set_index("source")["field"]
    assert (found.models["source"].map(fields) == found.models["field"]).all()
    assert found.metadata is not None
    assert found.metadata.without_paper == 1


def test_without_metadata_no_field_is_known(tmp_path: Path) -> None:
    found = results(wrote(tmp_path, [(one(1), reuse()), (one(2), NEITHER)]))
    assert list(found.papers["field"]) == [FIELD_UNKNOWN] * 2
    assert (found.models["year"].tolist(), found.metadata) == ([2022], None)


def test_instances_are_paper_model_and_pattern(tmp_path: Path) -> None:
    models = (("BERT", "adaptation;deployment", "test"), ("U-Net", "conceptual", "analysis"))
    found = results(wrote(tmp_path, [(one(1), reuse(*models))]))
    assert [tuple(row) for row in found.instances[["model", "pattern", "step"]].to_numpy()] == [
        ("BERT", "adaptation", "test"), ("BERT", "deployment", "test"), ("U-Net", "conceptual", "analysis"),
    ]  # fmt: skip
    assert (len(found.models), len(found.stepped)) == (2, 2)


def test_duplicates_stay_in_papers_and_count_nowhere(tmp_path: Path) -> None:
    found = results(wrote(tmp_path, [(one(1), reuse())], duplicates={"again.xml": "in/1.xml"}))
    assert (len(found.papers), len(found.unique), len(found.models)) == (2, 1, 1)


def test_a_text_that_two_sources_had_in_turn_is_one_paper(tmp_path: Path) -> None:
    moved = one(1, source="in/moved.xml")
    found = results(wrote(tmp_path, [(one(1), reuse()), (one(2), NEITHER), (moved, reuse())]))
    assert found.unique["source"].tolist() == ["in/2.xml", "in/moved.xml"]
    assert found.papers["duplicate_of"].tolist() == ["in/moved.xml", "", ""]
    assert found.models["source"].tolist() == ["in/moved.xml"]
    assert (found.flow.duplicates, found.flow.reuse) == (1, 1)


def test_the_answers_that_are_meant(tmp_path: Path) -> None:
    wrote(tmp_path, [(one(1), reuse())])
    wrote(tmp_path, [(one(1), NEITHER)], key=OTHER)
    assert (results(tmp_path).flow.reuse, results(tmp_path, key="lm-1").flow.reuse) == (0, 1)
    with pytest.raises(UsageError, match="no answers"):
        results(tmp_path, key="lm-9")
