"""The application of the page on which people label."""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from starlette.types import ASGIApp

from ptmreuse.reporting.pairs import Pair
from ptmreuse.reviewing.agreement_routes import agreement_routes
from ptmreuse.reviewing.journal import Journal
from ptmreuse.reviewing.label_files import LabelFiles
from ptmreuse.reviewing.label_routes import label_routes
from ptmreuse.reviewing.read_routes import read_routes
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper
from ptmreuse.serving.capacity import MIB, Capacity
from ptmreuse.serving.guard import LOOPBACK, Guard
from ptmreuse.serving.problem_handlers import add_problems
from ptmreuse.serving.state_routes import page_routes

CAPACITY = Capacity(paper=MIB)


def app(
    papers: Sequence[ReviewedPaper],
    journal: Journal,
    files: LabelFiles,
    *,
    pairs: Mapping[str, Pair],
    annotators: Sequence[str],
    blind: bool,
) -> ASGIApp:
    """The application behind the guard of `ptmreuse serve`: loopback's names only, no other site's pages."""
    by_id = {each.id: each for each in papers}
    served = FastAPI(title="ptm-reuse review", docs_url=None, redoc_url=None, openapi_url=None)
    served.include_router(read_routes(by_id, journal, pairs=pairs, annotators=annotators, blind=blind))
    served.include_router(label_routes(by_id, journal, files, annotators[0], blind=blind))
    served.include_router(agreement_routes(by_id, journal, files, annotators[0]))
    served.include_router(page_routes("ptmreuse.reviewing"))
    add_problems(served)
    return Guard(served, CAPACITY, "", LOOPBACK)
