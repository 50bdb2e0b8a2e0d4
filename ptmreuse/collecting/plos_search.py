"""PLOS's search: research articles by words in their text, page by page.

https://api.plos.org/solr/search-fields/ and https://api.plos.org/solr/faq/: Solr 4, which has no cursors, so that the
place in the sorted list stands in for one.
"""

import re
from collections.abc import Iterator
from typing import Any

from ptmreuse.collecting.collection import Search
from ptmreuse.collecting.found import Found, Source
from ptmreuse.collecting.identifiers import doi
from ptmreuse.collecting.paging import Page, asked, paged, records, text, whole
from ptmreuse.collecting.query import Query
from ptmreuse.collecting.web import Web
from ptmreuse.errors import SystemicError

SERVICE: Source = "plos"
URL = "https://api.plos.org"
_PAGE = 100  # papers


def search(query: Query, web: Web, base: str = URL) -> Iterator[Found]:
    """The research articles that a query finds; its fields and citations are not PLOS's to judge.

    Raises SystemicError when PLOS refuses or fails.
    """
    params = _params(query)
    told = Search(SERVICE, "&".join(f"{name}={value}" for name, value in params.items()))

    def read(start: str) -> Page:
        said = _said(web, base, params | {"start": start, "rows": str(_PAGE)})
        total, docs = whole(said.get("numFound")) or 0, said.get("docs")
        papers = records(docs)
        after = int(start) + (len(docs) if isinstance(docs, list) else 0)
        return Page(_found(papers), str(after) if papers and after < total else "", total)

    return paged(web, told, "0", read)


def count(query: Query, web: Web, base: str = URL) -> int:
    """How many papers a search would find. Raises SystemicError as `search` does."""
    return whole(_said(web, base, _params(query) | {"rows": "0"}).get("numFound")) or 0


def _said(web: Web, base: str, params: dict[str, str]) -> dict[str, Any]:
    said = asked(web, SERVICE, f"{base}/search", params).get("response")
    if not isinstance(said, dict):
        raise SystemicError(f"{SERVICE}: an answer without a response in it; see whether --plos-url is right")
    return said


def _params(query: Query) -> dict[str, str]:
    since, until = query.span
    return {
        "q": f"everything:({query.text})",
        "fq": f'doc_type:full AND article_type:"Research Article" AND publication_date:[{since}T00:00:00Z TO '
        f"{until}T23:59:59Z]",
        "fl": "id,title_display,title,publication_date",
        "sort": "id asc",
        "wt": "json",
    }


def _found(papers: list[dict[str, Any]]) -> list[Found]:
    return [found for found in map(_paper, papers) if found.key]


def _paper(said: dict[str, Any]) -> Found:
    title = re.sub(r"<[^>]*>", "", text(said.get("title_display")) or text(said.get("title")))
    year = whole(text(said.get("publication_date"))[:4])
    return Found(doi(said.get("id")), "", title, year, SERVICE)
