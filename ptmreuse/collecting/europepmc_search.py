"""Europe PMC's REST search: open-access papers by words in their text, page by page.

https://europepmc.org/RestfulWebService, module `search`; preprints are left out.
"""

from collections.abc import Iterator
from typing import Any

from ptmreuse.collecting.collection import Search
from ptmreuse.collecting.europepmc_text import SERVICE, URL
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.identifiers import doi, pmcid
from ptmreuse.collecting.paging import Page, asked, paged, records, text, whole
from ptmreuse.collecting.query import Query
from ptmreuse.collecting.web import Web

_PAGE = 1000  # papers, the most that Europe PMC gives


def search(query: Query, web: Web, base: str = URL) -> Iterator[Found]:
    """The open-access papers that a query finds; its fields and citations are not Europe PMC's to judge.

    Raises SystemicError when Europe PMC refuses or fails.
    """
    words = _words(query)

    def read(cursor: str) -> Page:
        said = asked(web, SERVICE, f"{base}/search", _params(words, _PAGE) | {"cursorMark": cursor})
        results = _results(said)
        return Page(_found(results), text(said.get("nextCursorMark")) if results else "", whole(said.get("hitCount")))

    return paged(web, Search(SERVICE, words), "*", read)


def count(query: Query, web: Web, base: str = URL) -> int:
    """How many papers a search would find. Raises SystemicError as `search` does."""
    return whole(asked(web, SERVICE, f"{base}/search", _params(_words(query), 1)).get("hitCount")) or 0


def _words(query: Query) -> str:
    since, until = query.span
    return f"({query.text}) AND (OPEN_ACCESS:y) AND (FIRST_PDATE:[{since} TO {until}]) NOT (SRC:PPR)"


def _params(words: str, size: int) -> dict[str, str]:
    return {"query": words, "format": "json", "resultType": "lite", "pageSize": str(size)}


def _results(said: dict[str, Any]) -> list[dict[str, Any]]:
    results = said.get("resultList")
    return records(results.get("result")) if isinstance(results, dict) else []


def _found(results: list[dict[str, Any]]) -> list[Found]:
    return [found for found in map(_paper, results) if found.key]


def _paper(said: dict[str, Any]) -> Found:
    title = text(said.get("title")).removesuffix(".")
    return Found(doi(said.get("doi")), pmcid(said.get("pmcid")), title, whole(said.get("pubYear")), "europepmc")
