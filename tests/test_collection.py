from dataclasses import replace
from pathlib import Path

import pytest

from ptmreuse.collecting.collection import FULL_TEXT, Collection, Search, public
from ptmreuse.collecting.found import Found
from ptmreuse.errors import UsageError

PAPER = Found("10.1234/a", "", "A title", 2020, "openalex", {"id": "W1"})
SEARCH = Search("openalex", "deep learning")


def test_what_was_kept_is_there_after_it_is_opened_again(tmp_path: Path) -> None:
    with Collection(tmp_path) as collection:
        assert collection.add(PAPER)
        collection.set_cursor(SEARCH, "abc", False, 12)
    with Collection(tmp_path) as collection:
        assert collection.waiting() == [PAPER]
        assert collection.cursor(SEARCH) == "abc"


def test_a_search_begins_goes_on_and_ends(tmp_path: Path) -> None:
    with Collection(tmp_path) as collection:
        assert collection.cursor(SEARCH) == ""
        collection.set_cursor(SEARCH, "abc", False)
        assert collection.cursor(SEARCH) == "abc"
        collection.set_cursor(SEARCH, "", True)
        assert collection.cursor(SEARCH) is None
        assert collection.cursor(Search("plos", SEARCH.query)) == ""


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        (PAPER, replace(PAPER, source="plos", work={}), PAPER),
        (PAPER, replace(PAPER, pmcid="PMC1", title="Another"), replace(PAPER, pmcid="PMC1")),
        (replace(PAPER, work={}, source="plos"), PAPER, replace(PAPER, source="plos")),
        (Found("", "PMC1", "", None, "europepmc"), replace(PAPER, pmcid="PMC1"),
         replace(PAPER, pmcid="PMC1", source="europepmc")),
        (replace(PAPER, pmcid="PMC1"), Found("", "PMC1", "", 1999, "europepmc"), replace(PAPER, pmcid="PMC1")),
    ],
)  # fmt: skip
def test_a_paper_that_two_services_know_is_one(tmp_path: Path, first: Found, second: Found, merged: Found) -> None:
    with Collection(tmp_path) as collection:
        assert collection.add(first)
        assert not collection.add(second)
        assert collection.waiting() == [merged]
        collection.settle(merged.key, FULL_TEXT)
        assert collection.counts() == {FULL_TEXT: 1}


def test_two_dois_of_one_pmcid_are_two_papers(tmp_path: Path) -> None:
    with Collection(tmp_path) as collection:
        assert collection.add(replace(PAPER, pmcid="PMC1"))
        assert collection.add(replace(PAPER, doi="10.1234/b", pmcid="PMC1"))


def test_a_paper_without_identifiers_is_refused(tmp_path: Path) -> None:
    with Collection(tmp_path) as collection, pytest.raises(ValueError, match="without DOI and PMCID"):
        collection.add(replace(PAPER, doi=""))


def test_a_settled_paper_waits_no_more(tmp_path: Path) -> None:
    other = replace(PAPER, doi="10.1234/b")
    with Collection(tmp_path) as collection:
        collection.add(PAPER)
        collection.add(other)
        collection.settle(PAPER.key, "no_open_full_text")
        assert collection.waiting() == [other]
        assert collection.counts() == {"no_open_full_text": 1, "waiting": 1}
        with pytest.raises(KeyError):
            collection.settle("10.1234/unknown", FULL_TEXT)


def test_papers_outside_the_sample_do_not_wait(tmp_path: Path) -> None:
    with Collection(tmp_path) as collection:
        for letter in "abc":
            collection.add(replace(PAPER, doi=f"10.1234/{letter}"))
        collection.draw({f"10.1234/{letter}": 1 / 3 for letter in "abc"}, ["10.1234/b"])
        assert [found.doi for found in collection.waiting()] == ["10.1234/b"]
        assert collection.counts() == {"not_drawn": 2, "waiting": 1}
        assert len(collection.papers()) == 3


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.org/works?filter=x&api_key=SECRET&mailto=me@a.org", "https://a.org/works?filter=x"),
        ("https://me:SECRET@a.org/x?Email=me&q=a+b", "https://a.org/x?q=a+b"),
        ("https://a.org/x", "https://a.org/x"),
    ],
)
def test_keys_and_addresses_are_not_kept(tmp_path: Path, url: str, shown: str) -> None:
    assert public(url) == shown
    with Collection(tmp_path) as collection:
        collection.note_request("openalex", url, 200, 1, 0.1)
        collection.set_version(url, "etag", "")
        assert collection.version(url) == ("etag", "")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("collect.sqlite*"))
    assert b"SECRET" not in kept and b"me@a.org" not in kept


def test_a_file_that_is_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "collect.sqlite").write_text("no database at all" * 100)
    with pytest.raises(UsageError, match="no record of a collection"):
        Collection(tmp_path)
