"""Two runs compared, as tables and sentences."""

from pathlib import Path

import pytest
from ledgers import DEEP, KEY, LOST, NEITHER, ONLY_DEEP, OTHER, REUSE, one, reuse, wrote

from ptmreuse.errors import UsageError
from ptmreuse.evaluation.sheet import Sheet, frame
from ptmreuse.reporting.comparison import (
    CHANGE_COLUMNS,
    ONE_RUN_COLUMNS,
    Comparison,
    changes_table,
    compared,
    one_run_table,
    sentences,
    sheets,
)
from ptmreuse.reporting.record import record

RESNET, UNET = ("ResNet-50", "adaptation", "test"), ("U-Net", "conceptual", "test")


@pytest.fixture
def found(tmp_path: Path) -> Comparison:
    a = [NEITHER, ONLY_DEEP, reuse(RESNET), reuse(RESNET, UNET), LOST, NEITHER]
    b = [NEITHER, reuse(), reuse(("ResNet-50", "deployment", "test")), reuse(UNET), ONLY_DEEP]
    wrote(tmp_path / "a", [(one(n), answers) for n, answers in enumerate(a)], duplicates={"twin.xml": "in/0.xml"})
    wrote(tmp_path / "b", [(one(n), answers) for n, answers in enumerate(b)], key=OTHER, unreadable=["bad.xml"])
    return compared(record(tmp_path / "a"), record(tmp_path / "b"))


def named(found: Comparison) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in sheets(found)}


def test_the_tables(found: Comparison) -> None:
    tables = named(found)
    assert list(tables) == ["agreement", "yes_no", "moves", "changes_begin", "models"]
    assert [row[:2] for row in tables["agreement"].rows] == [
        (DEEP, 5), (REUSE, 4), ("names_ptms", 2), ("reuse_pattern", 2), ("science_step", 2),
    ]  # fmt: skip
    deep, second = frame(tables["yes_no"]).to_dict("records")
    assert (deep["yes_in_a"], deep["yes_in_b"], deep["b_minus_a"], deep["mcnemar_p"]) == (4, 4, 0.0, 1.0)
    assert (second["only_a"], second["only_b"], second["b_minus_a"], second["mcnemar_p"]) == (0, 1, 0.25, 1.0)
    assert tables["moves"].rows == (
        (DEEP, "yes", "yes", 4),
        (DEEP, "no", "no", 1),
        (REUSE, "yes", "yes", 2),
        (REUSE, "no", "yes", 1),
        (REUSE, "no", "no", 1),
        (REUSE, "unresolved", "no", 1),
    )
    assert tables["changes_begin"].rows == ((REUSE, 2, 2), ("names_ptms", 1, 1), ("reuse_pattern", 1, 1))
    assert tables["models"].rows == (
        ("names_ptms", "named", "not named", 1),
        ("reuse_pattern", "adaptation", "deployment", 1),
    )


def test_every_change_is_a_row(found: Comparison) -> None:
    table = changes_table(found)
    assert list(table.columns) == CHANGE_COLUMNS
    assert table["stage"].tolist() == [REUSE, "reuse_pattern", "names_ptms", REUSE]
    first = table.iloc[0]
    assert (first["a"], first["b"], first["doi"], first["year"]) == ("no", "yes", "10.5555/p.1", 2022)
    assert (first["a_quote"], first["b_quote"][:13], first["b_place"][:7]) == ("", "We fine-tuned", "Methods")
    assert table["a_reason"].tolist()[-1] == "evidence_not_found"
    assert found.changed == 4


def test_papers_in_one_run(found: Comparison) -> None:
    table = one_run_table(found)
    assert list(table.columns) == ONE_RUN_COLUMNS
    assert table[["run", "source", DEEP]].to_numpy().tolist() == [
        ["A", "in/5.xml", "no"],
        ["B", "bad.xml", "unresolved"],
    ]
    assert sentences(found) == [
        "5 papers in both runs, 1 only in A, 1 only in B; duplicates are not counted.",
        "4 of 5 papers have a changed answer.",
    ]


def test_nothing_to_compare(tmp_path: Path) -> None:
    runs = [wrote(tmp_path / "a", [(one(1), NEITHER)]), wrote(tmp_path / "b")]
    found = compared(*map(record, runs))
    assert sheets(found) == []
    assert sentences(found)[-1].startswith("No paper is in both")
    assert list(changes_table(found).columns) == CHANGE_COLUMNS
    assert len(one_run_table(found)) == 1


def test_a_run_with_itself_is_refused_and_another_key_of_it_is_not(tmp_path: Path) -> None:
    wrote(tmp_path, [(one(1), NEITHER)])
    wrote(tmp_path, [(one(1), ONLY_DEEP)], key=OTHER)
    with pytest.raises(UsageError, match=r"compared with itself; .* --key-a and --key-b") as refused:
        compared(record(tmp_path), record(tmp_path / ".." / tmp_path.name))
    assert KEY.lm in str(refused.value)
    assert OTHER.lm in str(refused.value)
    assert compared(record(tmp_path, KEY.lm), record(tmp_path)).changed == 1
