"""Works and papers met by DOI; what is not known stays unknown."""

import json
from pathlib import Path

import pandas as pd
import pytest

from ptmreuse.reporting.metadata import FIELD_UNKNOWN, bare_dois, joined, unjoined
from ptmreuse.reporting.works import bare


def papers(*dois: str, reason: str = "") -> pd.DataFrame:
    rows = [{"source": f"{n}.xml", "doi": doi, "year": 2019, "reason": reason} for n, doi in enumerate(dois)]
    return pd.DataFrame(rows).astype({"doi": "str", "year": "Int64", "reason": "str"})


def works_file(folder: Path) -> Path:
    topic = {"display_name": "Leaf growth", "field": {"display_name": "Botany"}}
    given = [
        {"doi": "https://doi.org/10.5555/a", "publication_year": 2020, "cited_by_count": 3, "primary_topic": topic},
        {"doi": "https://doi.org/10.5555/b", "topics": [topic, {"display_name": "Soil"}]},
        {"doi": "https://doi.org/10.5555/stranger", "publication_year": 2020},
        {"doi": "10.5555/a", "publication_year": 2020, "primary_topic": topic},
        {"doi": None},
    ]
    path = folder / "works.jsonl"
    path.write_text("\n".join(map(json.dumps, given)))
    return path


def test_papers_take_what_their_work_says(tmp_path: Path) -> None:
    found, _ = joined(papers("10.5555/A", "https://doi.org/10.5555/b", "10.5555/none", ""), works_file(tmp_path))
    assert list(found["field"]) == ["Botany", "Botany", FIELD_UNKNOWN, FIELD_UNKNOWN]
    assert list(found["topics"]) == ["Leaf growth", "Leaf growth; Soil", "", ""]
    assert found["citations"].tolist() == [3, pd.NA, pd.NA, pd.NA]
    assert found["year"].tolist() == [2020, 2019, 2019, 2019]


def test_what_did_not_meet_is_counted(tmp_path: Path) -> None:
    both = pd.concat([papers("10.5555/A", "10.5555/b", "10.5555/none", ""), papers("10.5555/a", reason="duplicate")])
    _, told = joined(both.reset_index(drop=True), works_file(tmp_path))
    assert (told.rows, told.without_doi, told.repeated, told.matched, told.without_paper) == (5, 1, 1, 2, 1)
    assert (told.papers, told.papers_without, told.papers_without_doi, told.other_year) == (2, 1, 1, 1)


@pytest.mark.parametrize("dois", [(), ("10.5555/a", "")])
def test_the_columns_have_their_types_with_and_without_metadata(tmp_path: Path, dois: tuple[str, ...]) -> None:
    given = papers("x", *dois).iloc[1:]
    with_works, _ = joined(given, works_file(tmp_path))
    assert with_works.dtypes.to_dict() == unjoined(given).dtypes.to_dict()
    assert list(unjoined(given)["field"]) == [FIELD_UNKNOWN] * len(dois)


def test_columns_and_single_dois_are_made_bare_alike() -> None:
    written = ["doi:10.5555/A", "https://dx.doi.org/10.5555/B ", "", "10.5555/c"]
    assert bare_dois(pd.Series(written, dtype="str")).tolist() == [bare(doi) for doi in written]
