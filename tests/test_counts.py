"""Papers in groups: each counted once under one answer."""

import pandas as pd
import pytest

from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.measure import Measure
from ptmreuse.reporting.counts import ANSWERS, answered, by_group, groups, share


def papers(*rows: tuple[str, str, object, str, str]) -> pd.DataFrame:
    """Field, subjects, year, journal, answer; an unreadable paper has no text."""
    table = pd.DataFrame(rows, columns=["field", "subjects", "year", "journal", "reuses_ptm"])
    text = ["" if answer == "unreadable" else "text" for answer in table["reuses_ptm"]]
    told = table["reuses_ptm"].replace("unreadable", "unresolved")
    return table.assign(text_hash=text, reuses_ptm=told.astype("str"), year=table["year"].astype("Int64"))


TABLE = papers(
    ("Botany", "Research Article; Genetics; genetics ; 1004", 2021, "B", "yes"),
    ("Botany", "Genetics; Ecology", 2020, "A", "no"),
    ("field unknown", "", None, "", "unresolved"),
    ("field unknown", "Article", 2021, "A", "unreadable"),
    ("field unknown", "Article", 2021, "A", ""),
    ("Zoology", "Ecology;Ecology", 2019, "B", "yes"),
)


@pytest.mark.parametrize(
    ("by", "order"),
    [
        ("field", ["Botany", "Zoology", "field unknown"]),
        ("year", ["2019", "2020", "2021", "year unknown"]),
        ("journal", ["A", "B", "journal unknown"]),
        ("subject", ["Ecology", "Genetics", "genetics"]),
    ],
)
def test_groups_in_order(by: str, order: list[str]) -> None:
    assert list(by_group(TABLE, "reuses_ptm", by).index) == order  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["field", "year", "journal"])
def test_every_paper_is_in_one_group_under_one_answer(by: str) -> None:
    table = by_group(TABLE, "reuses_ptm", by)  # type: ignore[arg-type]
    assert list(table.columns) == list(ANSWERS)
    assert table.sum().to_dict() == {"yes": 2, "no": 1, "unresolved": 1, "unreadable": 1, "not asked": 1}


def test_a_paper_counts_once_under_each_of_its_subjects() -> None:
    table = by_group(TABLE, "reuses_ptm", "subject")
    assert table.sum(axis=1).to_dict() == {"Ecology": 2, "Genetics": 2, "genetics": 1}
    assert not set(groups(TABLE, "subject")) & {"Article", "Research Article", "1004"}


def test_no_papers_no_groups() -> None:
    assert by_group(TABLE.iloc[:0], "reuses_ptm", "field").empty
    assert answered(TABLE.iloc[:0], "reuses_ptm").empty


def test_a_share_has_wilsons_interval_or_is_not_defined() -> None:
    assert share(3, 10) == Measure(0.3, *wilson(3, 10), 10)
    assert share(0, 0) == Measure(None, None, None, 0)
