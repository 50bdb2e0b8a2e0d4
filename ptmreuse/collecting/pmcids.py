"""The PMCID of a paper that is known by its DOI alone, asked of Europe PMC's search."""

import json
from dataclasses import replace
from typing import Any

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.texts import NOT_FOUND, UNANSWERED, Missing
from ptmreuse.collecting.web import Unanswered, Unusable, Web
from ptmreuse.reporting.works import bare

_SERVICE = "europepmc"


def with_pmcid(found: Found, web: Web, base: str) -> Found | Missing:
    """The paper with its PMCID, "" where Europe PMC knows none; `not_found` where no service has told of the paper.

    Raises SystemicError when the service is down.
    """
    if found.pmcid or not found.doi:
        return found
    query = {"query": f'DOI:"{found.doi}"', "format": "json", "resultType": "lite", "pageSize": "5"}
    try:
        reply = web.get(_SERVICE, f"{base}/search", query)
    except (Unanswered, Unusable) as error:
        return Missing(UNANSWERED, str(error))
    records = _records(reply.content) if reply.status == 200 else None
    if records is None:
        return Missing(UNANSWERED, f"{_SERVICE}: status {reply.status} and no result list to the search for the DOI")
    same = [each for each in records if bare(str(each.get("doi") or "")) == found.doi]
    if not same and found.source == "dois" and not found.work:
        return Missing(NOT_FOUND, f"{_SERVICE}: no paper with this DOI")
    pmcid = next((str(each["pmcid"]) for each in same if each.get("pmcid")), "")
    return replace(found, pmcid=pmcid.upper())


def _records(content: bytes) -> list[dict[str, Any]] | None:
    """The results of an answer; None where it is not one."""
    try:
        value = json.loads(content)
        results = value["resultList"]["result"]
    except (ValueError, KeyError, TypeError):
        return None
    return [each for each in results if isinstance(each, dict)] if isinstance(results, list) else None
