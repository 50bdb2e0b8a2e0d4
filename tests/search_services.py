"""The searches of OpenAlex, Europe PMC and PLOS as their public documentation describes them, over papers of a test."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

from services import Asked, Respond, Said

JSON = {"content-type": "application/json"}
FIELDS = {13: "Biochemistry, Genetics and Molecular Biology", 17: "Computer Science", 28: "Neuroscience"}
Record = dict[str, Any]


def work(number: int, text: str = "deep learning", year: int = 2020, field: int = 13, cited: int = 1) -> Record:
    """A work of OpenAlex; `_text` is what is searched, and not sent."""
    topic = {
        "id": f"https://openalex.org/T{10000 + field}",
        "display_name": f"Topic of {FIELDS[field]}",
        "field": {"id": f"https://openalex.org/fields/{field}", "display_name": FIELDS[field]},
    }
    doi = f"https://doi.org/10.1234/A.{number:04}"
    return {
        "id": f"https://openalex.org/W{number}",
        "doi": doi,
        "ids": {"openalex": f"https://openalex.org/W{number}", "doi": doi},
        "display_name": f"Paper {number}",
        "publication_year": year,
        "publication_date": f"{year}-06-01",
        "type": "article",
        "cited_by_count": cited,
        "primary_topic": topic,
        "topics": [topic],
        "open_access": {"is_oa": True},
        "best_oa_location": {"license": "cc-by", "pdf_url": None},
        "_text": text,
    }


def openalex(works: Sequence[Record]) -> Respond:
    """OpenAlex's works under /openalex: pages by cursor, groups, one work by DOI."""

    def respond(asked: Asked) -> Said | None:
        if asked.path.startswith("/openalex/works/doi:"):
            doi = f"https://doi.org/{unquote(asked.path.partition('doi:')[2])}"
            found = [each for each in works if str(each.get("doi")).lower() == doi.lower()]
            return _json(_public(found[0])) if found else _refused(404, "Not Found", f"{doi} not found")
        if asked.path != "/openalex/works":
            return None
        found = [each for each in works if _searched(each, asked.query.get("search", ""))]
        for part in filter(None, asked.query.get("filter", "").split(",")):
            name, _, value = part.partition(":")
            if name not in _FILTERS:
                return _refused(400, "Invalid query parameters error.", f"{name} is not a valid field")
            found = [each for each in found if _FILTERS[name](each, value)]
        return _groups(found, asked.query["group-by"]) if "group-by" in asked.query else _works_page(found, asked.query)

    return respond


def _cited(each: Record, value: str) -> bool:
    return int(each["cited_by_count"]) > int(value.removeprefix(">"))


def _in_fields(each: Record, value: str) -> bool:
    return any(topic["field"]["id"].rpartition("/")[2] in value.split("|") for topic in each["topics"])


_FILTERS: dict[str, Callable[[Record, str], bool]] = {
    "type": lambda each, value: each.get("type", value) == value,
    "is_oa": lambda each, value: str(each.get("open_access", {"is_oa": True})["is_oa"]).lower() == value,
    "from_publication_date": lambda each, value: each.get("publication_date", value) >= value,
    "to_publication_date": lambda each, value: each.get("publication_date", value) <= value,
    "cited_by_count": _cited,
    "topics.field.id": _in_fields,
    "doi": lambda each, value: (
        str(each.get("doi")).lower().removeprefix("https://doi.org/") in value.lower().split("|")
    ),
}


def _works_page(found: Sequence[Record], query: dict[str, str]) -> Said:
    size, cursor = int(query.get("per_page", "25")), query.get("cursor", "*")
    if not 1 <= size <= 100:
        return _refused(400, "Invalid query parameters error.", "per_page must be between 1 and 100")
    start = 0 if cursor == "*" else _place(cursor)
    if start is None:
        return _refused(400, "Invalid query parameters error.", "Cursor value is invalid.")
    page = [_public(each) for each in found[start : start + size]]
    after = _cursor(start + len(page)) if page else None
    return _json({"meta": {"count": len(found), "per_page": size, "next_cursor": after}, "results": page})


def _groups(found: Sequence[Record], by: str) -> Said:
    if by == "publication_year":
        named = [(str(each["publication_year"]), str(each["publication_year"])) for each in found]
    else:
        fields = [each["primary_topic"]["field"] for each in found]
        named = [(field["id"], field["display_name"]) for field in fields]
    rows = [{"key": key, "key_display_name": name, "count": n} for (key, name), n in Counter(named).items()]
    return _json({"meta": {"count": len(found), "groups_count": len(rows)}, "results": [], "group_by": rows})


def europepmc_search(papers: Sequence[Record], repeats: bool = False) -> Respond:
    """Europe PMC's search under /europepmc: pages by cursor; with `repeats` the last names its own cursor again."""

    def respond(asked: Asked) -> Said | None:
        if asked.path != "/europepmc/search" or asked.query["query"].startswith("DOI:"):
            return None
        size, cursor = int(asked.query["pageSize"]), asked.query.get("cursorMark", "*")
        found = [each for each in papers if _dated(each, asked.query["query"])]
        start = 0 if cursor == "*" else _place(cursor) or 0
        page = [_public(each) for each in found[start : start + size]]
        said: Record = {"version": "6.9", "hitCount": len(found), "resultList": {"result": page}}
        if start + len(page) < len(found):
            said["nextCursorMark"] = _cursor(start + len(page))
        elif repeats:
            said["nextCursorMark"] = cursor
        return _json(said)

    return respond


def _dated(each: Record, query: str) -> bool:
    words, _, rest = query.partition(" AND (OPEN_ACCESS:y)")
    dates = re.search(r"FIRST_PDATE:\[(\S+) TO (\S+)\]", rest)
    assert dates and rest.endswith("NOT (SRC:PPR)"), query
    return _searched(each, words) and dates[1][:4] <= str(each.get("pubYear", "2020")) <= dates[2][:4]


def plos_search(papers: Sequence[Record]) -> Respond:
    """PLOS's search at /plos/search: Solr's `start` and `rows`."""

    def respond(asked: Asked) -> Said | None:
        if asked.path != "/plos/search":
            return None
        query = asked.query
        words = re.fullmatch(r"everything:\((.*)\)", query["q"])
        dates = re.search(r"publication_date:\[(\S+)T00:00:00Z TO (\S+)T23:59:59Z\]", query["fq"])
        assert words and dates and "doc_type:full" in query["fq"] and query["wt"] == "json"
        found = [p for p in papers if _searched(p, words[1]) and dates[1] <= p["publication_date"] <= dates[2] + "T24"]
        start, rows = int(query.get("start", "0")), int(query.get("rows", "10"))
        docs = [_public(each) for each in sorted(found, key=lambda p: str(p["id"]))[start : start + rows]]
        return _json({"response": {"numFound": len(found), "start": start, "docs": docs}})

    return respond


def _searched(each: Record, words: str) -> bool:
    phrases = re.findall(r'"([^"]*)"', words)
    return not phrases or any(phrase.lower() in str(each.get("_text", "deep learning")) for phrase in phrases)


def _public(each: Record) -> Record:
    return {name: value for name, value in each.items() if not name.startswith("_")}


def _cursor(place: int) -> str:
    return urlsafe_b64encode(f"[{place}, 'W']".encode()).decode()


def _place(cursor: str) -> int | None:
    try:
        return int(urlsafe_b64decode(cursor).decode()[1:].partition(",")[0])
    except ValueError:
        return None


def _json(value: Record) -> Said:
    return Said(200, json.dumps(value).encode(), JSON)


def _refused(status: int, error: str, message: str) -> Said:
    return Said(status, json.dumps({"error": error, "message": message}).encode(), JSON)
