"""`GET /v1/corpus`: the papers that a service has at hand, to be asked about by their DOI."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ptmreuse.serving.openapi import PROBLEMS
from ptmreuse.serving.problems import Problem
from ptmreuse.serving.shelf import MATCHES, Shelf


class CorpusPaper(BaseModel):
    """A paper of the corpus; POST /v1/papers?doi= answers about it."""

    doi: str
    title: str


class CorpusReply(BaseModel):
    """What the corpus holds so far, and the papers that match."""

    papers: int = Field(description="with a DOI, each once")
    without_doi: int = Field(description="documents that can't be asked for")
    unreadable: int = Field(description="documents that can't be read")
    is_complete: bool = Field(description="false while the corpus is still being read")
    matches: list[CorpusPaper] = Field(description=f"at most {MATCHES}")


def corpus_routes(shelf: Shelf | None) -> APIRouter:
    """The route; without a corpus it is a problem."""
    router = APIRouter(responses=PROBLEMS)

    @router.get("/v1/corpus", summary="Papers of the corpus by DOI or title")
    async def corpus(
        q: Annotated[str, Query(max_length=300, description="words that are in the DOI or the title")] = "",
    ) -> CorpusReply:
        """Papers that have every word of `q`."""
        shelf_ = has_corpus(shelf)
        found = await asyncio.to_thread(shelf_.matches, q)
        return CorpusReply(
            papers=shelf_.papers,
            without_doi=shelf_.without_doi,
            unreadable=shelf_.unreadable,
            is_complete=shelf_.is_complete,
            matches=[CorpusPaper(**each._asdict()) for each in found],
        )

    return router


def has_corpus(shelf: Shelf | None) -> Shelf:
    """The corpus. Raises Problem when there is none."""
    if shelf is None:
        raise Problem("not_found", "this service has no corpus; send the paper itself")
    return shelf
