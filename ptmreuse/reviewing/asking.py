"""Who asks, and about which paper: what every route of the page needs from a request."""

import getpass
import re
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Header

from ptmreuse.reviewing.reviewed_paper import ReviewedPaper
from ptmreuse.serving.problems import Problem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TAKEN = ("rulings",)  # of the file names beside the labels

Who = Annotated[str, Header(alias="x-annotator")]


def is_name(text: str) -> bool:
    """Whether somebody may be called so: letters, digits, - and _, which make a file name everywhere."""
    return bool(_NAME.fullmatch(text)) and text.lower() not in _TAKEN


def somebody() -> str:
    """Who labels when nobody is named: the user of this machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        return "annotator"
    return user if is_name(user) else "annotator"


def annotator(name: str, otherwise: str) -> str:
    """The annotator of a request. Raises Problem for a name that may not be."""
    if name and not is_name(name):
        raise Problem("bad_request", "an annotator's name has up to 40 letters, digits, - and _; not rulings")
    return name or otherwise


def finder(papers: Mapping[str, ReviewedPaper]) -> Callable[[str], ReviewedPaper]:
    """The paper of an id, which raises Problem for one that is not in the queue."""

    def find(key: str) -> ReviewedPaper:
        if key not in papers:
            raise Problem("not_found", "this paper is not in the queue; open it anew")
        return papers[key]

    return find
