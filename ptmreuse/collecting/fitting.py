"""Whether a paper is in the fields and has the citations that were asked for, by OpenAlex's record of it."""

from collections.abc import Iterator
from typing import Any

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.query import Query

UNKNOWN, FIELD, CITATIONS = "not_in_openalex", "other_field", "too_few_citations"
UNFIT = frozenset({UNKNOWN, FIELD, CITATIONS})  # outcomes of papers that are not part of the collection


def unfit(found: Found, query: Query) -> str:
    """Why a paper is not what was asked for; "" when it is."""
    if not query.fields and not query.citations:
        return ""
    if not found.work:
        return UNKNOWN
    if query.fields and not set(query.fields) & set(_fields(found.work)):
        return FIELD
    cited = found.work.get("cited_by_count")
    return CITATIONS if query.citations and (not isinstance(cited, int) or cited < query.citations) else ""


def primary_field(found: Found) -> str:
    """The name of the primary topic's field; "" where OpenAlex does not say."""
    field = _field(found.work.get("primary_topic"))
    name = field.get("display_name")
    return name if isinstance(name, str) else ""


def _fields(work: dict[str, Any]) -> Iterator[int]:
    """Ids of the fields of a work's topics: the last part of `https://openalex.org/fields/17`."""
    topics = work.get("topics")
    for topic in [work.get("primary_topic"), *(topics if isinstance(topics, list) else ())]:
        number = str(_field(topic).get("id") or "").rpartition("/")[2]
        if number.isdecimal():
            yield int(number)


def _field(topic: Any) -> dict[str, Any]:
    field = topic.get("field") if isinstance(topic, dict) else None
    return field if isinstance(field, dict) else {}
