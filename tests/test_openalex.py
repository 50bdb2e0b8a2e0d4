import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from search_services import FIELDS, JSON, work
from search_services import openalex as service
from services import Asked, Said, Services, services

from ptmreuse.collecting import openalex
from ptmreuse.collecting.collection import Collection
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.presets import STUDY
from ptmreuse.collecting.query import Query
from ptmreuse.collecting.web import Web
from ptmreuse.errors import SystemicError

ALL = Query('"deep learning"')


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    with Collection(tmp_path) as collection, Web(collection, pauses={"openalex": 0}, sleep=lambda _: None) as web:
        yield web


def kept(web: Web, server: Services, query: Query = ALL) -> list[Found]:
    found = list(openalex.search(query, web, f"{server.base}/openalex"))
    for each in found:
        web.collection.add(each)
    return found


def test_every_page_of_a_search_is_read(web: Web) -> None:
    with services(service([work(n) for n in range(250)])) as server:
        found = kept(web, server)
    assert [each.doi for each in found] == [f"10.1234/a.{n:04}" for n in range(250)]
    assert len(server.asked) == 4  # the end is an empty page
    assert web.collection.counts() == {"waiting": 250}
    first = web.collection.waiting()[0]
    assert (first.title, first.year, first.work["cited_by_count"]) == ("Paper 0", 2020, 1)


def test_a_search_that_was_stopped_goes_on_with_the_page_it_was_at(web: Web) -> None:
    with services(service([work(n) for n in range(250)])) as server:
        for each in islice(openalex.search(ALL, web, f"{server.base}/openalex"), 120):
            web.collection.add(each)
        before = len(server.asked)
        rest = kept(web, server)
        assert next(each.doi for each in rest) == "10.1234/a.0100"
        assert len(server.asked) - before == 3
        assert web.collection.counts() == {"waiting": 250}
        assert kept(web, server) == [] and len(server.asked) - before == 3  # ended: nothing is asked


def test_a_cursor_that_is_forgotten_starts_the_search_over(web: Web) -> None:
    with services(service([work(n) for n in range(120)])) as server:
        list(islice(openalex.search(ALL, web, f"{server.base}/openalex"), 101))
        web.collection._db.execute("UPDATE searches SET cursor = 'old'")
        assert len(kept(web, server)) == 120


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        (ALL, [1, 2, 3, 4]),
        (Query('"hugging face"'), [5]),
        (Query('"deep learning" OR "hugging face"'), [1, 2, 3, 4, 5]),
        (replace(ALL, since=date(2021, 1, 1)), [2]),
        (replace(ALL, until=date(2020, 6, 1)), [1, 3, 4]),
        (replace(ALL, fields=(13, 28)), [1, 2, 4]),
        (replace(ALL, citations=1), [1, 2, 3]),
        (replace(ALL, citations=6), [3]),
        (STUDY, [1, 2, 5]),
    ],
)
def test_what_is_asked_for_is_what_comes(web: Web, query: Query, numbers: list[int]) -> None:
    works = [work(1), work(2, year=2022, field=28), work(3, field=17, cited=9), work(4, cited=0)]
    with services(service([*works, work(5, "hugging face")])) as server:
        assert [int(each.doi[-4:]) for each in kept(web, server, query)] == numbers


ODD: list[tuple[Any, int]] = [
    ({"id": "https://openalex.org/W1", "doi": None, "ids": {}}, 0),
    ({"id": "https://openalex.org/W1"}, 0),
    ({"doi": "not a doi", "display_name": "A"}, 0),
    ({"doi": "https://doi.org/10.1234/x", "display_name": None, "publication_year": None, "ids": None}, 1),
    ({"doi": None, "ids": {"pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/3628373"}}, 1),
    ({"doi": ["10.1234/x"], "ids": "W1", "display_name": 3}, 0),
    (None, 0),
    ("W1", 0),
]


@pytest.mark.parametrize(("record", "count"), ODD)
def test_odd_records_are_read_or_left_out(web: Web, record: Any, count: int) -> None:
    page = {"meta": {"count": 1, "next_cursor": None}, "results": [record]}
    with services(lambda _: Said(200, json.dumps(page).encode(), JSON)) as server:
        assert len(kept(web, server)) == count


def test_nothing_found_is_nothing(web: Web) -> None:
    with services(service([])) as server:
        assert kept(web, server) == [] and kept(web, server) == []
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (Said(400, b'{"error": "Invalid filter", "message": "Unknown field"}'), "400 .Invalid filter: Unknown field"),
        (Said(401, b'{"error": "API key invalid"}'), "401 .API key invalid"),
        (Said(403, b"<html>no</html>"), "403 .<html>no</html>"),
        (Said(200, b"<html>hello</html>"), "no JSON object"),
        (Said(200, b"[]"), "no JSON object"),
        (Said(200, b""), "no JSON object .'nothing'"),
        (Said(500, b""), "status 500"),
        (Said(429, b"", {"retry-after": "86400"}), "asks for a rest"),
    ],
)
def test_a_service_that_fails_ends_the_search_with_what_it_said(web: Web, said: Said, told: str) -> None:
    with services(lambda _: said) as server, pytest.raises(SystemicError, match=told):
        kept(web, server)


def test_a_service_that_is_busy_is_asked_again(web: Web) -> None:
    first = iter([Said(429, b"", {"retry-after": "1"}), Said(503)])
    with services(lambda _: next(first, None), service([work(1)])) as server:
        assert len(kept(web, server)) == 1
    statuses = [row[0] for row in web.collection._db.execute("SELECT status FROM requests")]
    assert statuses == [429, 503, 200, 200]


def test_works_by_doi(web: Web) -> None:
    odd = work(500) | {"doi": "https://doi.org/10.1234/a,b|c"}
    with services(service([*(work(n) for n in range(120)), odd])) as server:
        dois = [f"10.1234/a.{n:04}" for n in range(115, 125)] + ["10.1234/a,b|c", "10.1234/d,e"]
        ask: Callable[[], set[str]] = lambda: {  # noqa: E731
            each.doi for each in openalex.by_doi(dois, web, f"{server.base}/openalex")
        }
        assert ask() == {*(f"10.1234/a.{n}" for n in ("0115", "0116", "0117", "0118", "0119")), "10.1234/a,b|c"}
        assert len(server.asked) == 3
        assert ask() == set() and len(server.asked) == 3  # they have been asked for


def test_counts_per_year_and_field_without_reading_a_page(web: Web) -> None:
    works = [work(1), work(2), work(3, field=28), work(4, year=2021), work(5, year=2021, cited=0)]
    with services(service(works)) as server:
        told = openalex.counts(replace(ALL, citations=1), web, f"{server.base}/openalex")
    assert told == {(2020, FIELDS[13]): 2, (2020, FIELDS[28]): 1, (2021, FIELDS[13]): 1}
    assert len(server.asked) == 3 and web.collection.counts() == {}


def test_the_key_is_sent_and_not_kept(web: Web, tmp_path: Path) -> None:
    asked: list[Asked] = []
    with services(lambda a: asked.append(a), service([work(1)])) as server:  # type: ignore[func-returns-value]
        list(openalex.search(ALL, web, f"{server.base}/openalex", key="SECRET"))
    assert {each.query["api_key"] for each in asked} == {"SECRET"}
    assert b"SECRET" not in b"".join(path.read_bytes() for path in tmp_path.glob("collect.sqlite*"))
