"""DOIs and PMCIDs in one form, however a service writes them."""

import re
from typing import Any

from ptmreuse.reporting.works import bare

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_PMCID = re.compile(r"(?:^|/|\bPMC)(\d+)/?$", re.IGNORECASE)


def doi(value: Any) -> str:
    """A DOI in small letters without its resolver; "" for what is none."""
    found = bare(value) if isinstance(value, str) else ""
    return found if _DOI.fullmatch(found) else ""


def pmcid(value: Any) -> str:
    """A PMCID as PMC123, from itself or its address; "" for what is none."""
    found = _PMCID.search(value.strip()) if isinstance(value, str) else None
    return f"PMC{int(found[1])}" if found else ""
