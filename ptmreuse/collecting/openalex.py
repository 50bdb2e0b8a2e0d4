"""OpenAlex's works: a search page by page, works by DOI, and counts per year and field.

Queries are put together by pyalex; the pages are asked for here, for it knows OpenAlex's own address alone.
https://developers.openalex.org/guides/page-through-results
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from pyalex import Works  # type: ignore[import-untyped]

from ptmreuse.collecting.collection import Search
from ptmreuse.collecting.found import Found, Source
from ptmreuse.collecting.identifiers import doi, pmcid
from ptmreuse.collecting.paging import Page, Refused, asked, paged, records, text, whole
from ptmreuse.collecting.query import Query
from ptmreuse.collecting.web import Web

SERVICE: Source = "openalex"
URL = "https://api.openalex.org"
_PAGE = 100  # works, the most that OpenAlex gives
_DOIS = 50  # in one question, so that its address stays under 4 KB
_SELECT = [
    "id", "doi", "ids", "display_name", "publication_year", "publication_date", "type", "language", "cited_by_count",
    "primary_topic", "topics", "open_access", "best_oa_location", "is_retracted",
]  # fmt: skip
_IN_FILTERS = frozenset(",|")  # a DOI with one of them can't stand in a filter


def search(query: Query, web: Web, base: str = URL, key: str = "") -> Iterator[Found]:
    """The open-access articles that a query finds. `key` is OpenAlex's API key, without which it answers little a day.

    Raises SystemicError when OpenAlex refuses or fails.
    """
    params = _params(_works(query).select(_SELECT)) | {"per_page": str(_PAGE)}
    told = Search(SERVICE, "&".join(f"{name}={value}" for name, value in params.items()))

    def read(cursor: str) -> Page:
        said = asked(web, SERVICE, f"{base}/works", params | {"cursor": cursor} | _keyed(key))
        meta = _object(said.get("meta"))
        works = _found(records(said.get("results")))
        return Page(works, text(meta.get("next_cursor")) if said.get("results") else "", whole(meta.get("count")))

    return paged(web, told, "*", read)


def by_doi(dois: Iterable[str], web: Web, base: str = URL, key: str = "") -> Iterator[Found]:
    """The works of DOIs in small letters, as far as OpenAlex knows them. Raises SystemicError as `search` does."""
    wanted = sorted(set(dois))
    plain = [each for each in wanted if not _IN_FILTERS & set(each)]
    parts = [plain[start : start + _DOIS] for start in range(0, len(plain), _DOIS)]
    for part in [*parts, *([each] for each in wanted if _IN_FILTERS & set(each))]:
        told = Search(SERVICE, f"doi={' '.join(part)}")
        if web.collection.cursor(told) is not None:
            works = _alone(part[0], web, base, key) if _IN_FILTERS & set(part[0]) else _several(part, web, base, key)
            yield from (found for found in _found(works) if found.doi in part)
            web.collection.set_cursor(told, "", True)


def _several(dois: list[str], web: Web, base: str, key: str) -> list[dict[str, Any]]:
    params = _params(Works().filter(doi="|".join(dois)).select(_SELECT)) | {"per_page": str(_PAGE)}
    return records(asked(web, SERVICE, f"{base}/works", params | _keyed(key)).get("results"))


def _alone(one: str, web: Web, base: str, key: str) -> list[dict[str, Any]]:
    params = _params(Works().select(_SELECT)) | _keyed(key)
    try:
        return [asked(web, SERVICE, f"{base}/works/doi:{quote(one)}", params)]
    except Refused as error:
        if error.status == 404:
            return []
        raise


def counts(query: Query, web: Web, base: str = URL, key: str = "") -> dict[tuple[int, str], int]:
    """How many papers a search would find, by year and field of the primary topic; one question a year.

    Raises SystemicError as `search` does.
    """

    def groups(asking: Query, by: str) -> list[dict[str, Any]]:
        params = _params(_works(asking).group_by(by))
        return records(asked(web, SERVICE, f"{base}/works", params | _keyed(key)).get("group_by"))

    years = sorted(filter(None, (whole(each.get("key")) for each in groups(query, "publication_year"))))
    return {
        (year, text(each.get("key_display_name"))): whole(each.get("count")) or 0
        for year in years
        for each in groups(query.within(year), "primary_topic.field.id")
    }


def _works(query: Query) -> Works:
    asked_for: dict[str, Any] = {"type": "article", "is_oa": True}
    if query.since:
        asked_for["from_publication_date"] = query.since.isoformat()
    if query.until:
        asked_for["to_publication_date"] = query.until.isoformat()
    if query.fields:
        asked_for["topics.field.id"] = "|".join(map(str, query.fields))
    if query.citations:
        asked_for["cited_by_count"] = f">{query.citations - 1}"
    return Works().search(query.text).filter(**asked_for)


def _params(works: Works) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(works.url).query))


def _keyed(key: str) -> dict[str, str]:
    return {"api_key": key} if key else {}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _found(works: Iterable[dict[str, Any]]) -> list[Found]:
    """The papers of works; those without DOI and PMCID are of no use."""
    return [found for found in map(_paper, works) if found.key]


def _paper(work: dict[str, Any]) -> Found:
    ids = _object(work.get("ids"))
    known = doi(work.get("doi")) or doi(ids.get("doi"))
    title = text(work.get("display_name")) or text(work.get("title"))
    return Found(known, pmcid(ids.get("pmcid")), title, whole(work.get("publication_year")), SERVICE, work)
