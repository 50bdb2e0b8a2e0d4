"""Fetching into a corpus folder: what is settled, what waits, what stays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from services import article, europepmc, services

from ptmreuse.collecting.collection import Collection
from ptmreuse.collecting.fetching import Fetching, due
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.gauge import Gauge
from ptmreuse.collecting.texts import Missing, Same, Text
from ptmreuse.collecting.web import DOWN, Web
from ptmreuse.errors import SystemicError


class Gives:
    """A source with one answer for all papers."""

    def __init__(self, answer: Text | Same | Missing) -> None:
        self.answer = answer

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        del found, if_changed
        return self.answer


XML = Text(article(), ".xml", "europepmc", "cc-by")
PDF_LIKE = replace(XML, suffix=".nxml", service="publisher")  # the suffix alone counts here
WAITS, CLOSED = Missing("unanswered"), Missing("no_open_full_text")


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with Collection(tmp_path) as collection, Web(collection, pauses={"europepmc": 0.0}, sleep=lambda _: None) as client:
        collection.add(Found("10.1234/abc", "PMC1", "A paper", 2024, "openalex"))
        yield client


def fetched(web: Web, answer: Text | Same | Missing, refresh: bool = False) -> tuple[str, list[str]]:
    """The outcome of the paper and the files that are there."""
    folder = web.collection.path.parent
    fetching = Fetching(web, [Gives(answer)], folder, "http://127.0.0.1:9")
    fetching.fetch(due(web.collection, None, refresh), Gauge(Console(quiet=True), "texts"))
    (kept,) = web.collection.works()
    return kept.outcome, sorted(path.suffix for path in folder.glob("papers/*"))


def test_a_text_has_its_file_and_its_licence(web: Web) -> None:
    assert fetched(web, XML) == ("full_text", [".xml"])
    (kept,) = web.collection.works()
    assert (kept.licence, kept.service) == ("cc-by-4.0", "europepmc")
    assert (web.collection.path.parent / kept.file).read_bytes() == XML.data


def test_without_a_reply_a_paper_waits(web: Web) -> None:
    assert fetched(web, WAITS) == ("", [])
    assert fetched(web, CLOSED) == ("no_open_full_text", [])
    assert due(web.collection, None, False) == []


@pytest.mark.parametrize("later", [WAITS, CLOSED, Same()])
def test_a_text_that_is_there_stays(web: Web, later: Same | Missing) -> None:
    fetched(web, XML)
    assert fetched(web, later, refresh=True) == ("full_text", [".xml"])


def test_a_better_text_takes_the_place_of_the_first(web: Web) -> None:
    assert fetched(web, PDF_LIKE) == ("full_text", [".nxml"])
    assert fetched(web, XML, refresh=True) == ("full_text", [".xml"])


def test_many_papers_without_a_reply_end_it(web: Web) -> None:
    for n in range(DOWN):
        web.collection.add(Found(f"10.1234/{n}", f"PMC{n + 2}", "", None, "openalex"))
    with pytest.raises(SystemicError, match="goes on where it stopped"):
        fetched(web, WAITS)
    assert web.collection.counts() == {"waiting": DOWN + 1}


def test_a_pmcid_is_asked_for_by_doi_and_kept(web: Web) -> None:
    web.collection.add(Found("10.1234/x", "", "", None, "openalex"))
    web.collection.add(Found("10.1234/unknown", "", "", None, "dois"))
    with services(europepmc({}, {"10.1234/x": "PMC9"})) as server:
        fetching = Fetching(web, [Gives(CLOSED)], web.collection.path.parent, f"{server.base}/europepmc")
        fetching.fetch(due(web.collection, None, False), Gauge(Console(quiet=True), "texts"))
    told = {kept.found.doi: (kept.found.pmcid, kept.outcome) for kept in web.collection.works()}
    assert told["10.1234/x"] == ("PMC9", "no_open_full_text")
    assert told["10.1234/unknown"] == ("", "not_found")
