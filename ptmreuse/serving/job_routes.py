"""`POST /v1/papers:batch`, `GET` and `DELETE /v1/jobs/{id}`: many papers in, a job that goes on by itself."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from ptmreuse.serving.backlog import Backlog
from ptmreuse.serving.openapi import FILES, PROBLEMS
from ptmreuse.serving.problems import Problem
from ptmreuse.serving.reception import Reception
from ptmreuse.serving.uploads import uploads

_PAGE = 100  # papers in one reply

JobId = Annotated[str, Path(alias="id", pattern=r"^[\w-]{22}$", description="as the batch's reply has it")]


class JobItem(BaseModel):
    """A paper of a job. `result` is what /v1/papers answers when it is done, a problem document when it failed."""

    position: int
    name: str
    state: Literal["waiting", "done", "failed"]
    result: dict[str, Any] | None


class Job(BaseModel):
    """How far a job is, with some of its papers; ask with `after` as `next` says for more."""

    id: str
    state: Literal["running", "finished"]
    created: datetime
    finished: datetime | None
    papers: int
    waiting: int
    done: int
    failed: int
    results: list[JobItem]
    next: int | None = Field(description="the `after` that gives the papers behind these; null at the end")


def job_routes(reception: Reception, backlog: Backlog) -> APIRouter:
    """All of them."""
    router = APIRouter(responses=PROBLEMS)

    @router.post("/v1/papers:batch", status_code=202, openapi_extra=FILES, summary="Answer about many papers")
    async def batch(request: Request, response: Response) -> Job:
        """A zip or tar.gz as the body, or several files of a form, archives among them."""
        with reception.room():
            async with uploads(request, reception.capacity.members) as files:
                job = await backlog.add(files)
        response.headers["location"] = f"/v1/jobs/{job}"
        return _job(backlog, job, 0, 0)

    @router.get("/v1/jobs/{id}", summary="How far a job is, and its results as they come")
    async def status(
        job: JobId,
        after: Annotated[int, Query(ge=0, le=2**31, description="leave out so many papers")] = 0,
        limit: Annotated[int, Query(ge=1, le=1000)] = _PAGE,
    ) -> Job:
        """Papers that wait have no result yet."""
        return _job(backlog, job, after, limit)

    @router.delete("/v1/jobs/{id}", status_code=204, summary="Stop a job and remove what was sent and its results")
    async def remove(job: JobId) -> None:
        """A paper that is under way is answered about to its end; its answers are nowhere but in the ledger."""
        if not backlog.remove(job):
            raise _no_job()

    return router


def _job(backlog: Backlog, job: str, after: int, limit: int) -> Job:
    status = backlog.jobs.status(job)
    if status is None:
        raise _no_job()
    papers = status["waiting"] + status["done"] + status["failed"]
    results = [JobItem(**each) for each in backlog.jobs.results(job, after, limit)] if limit else []
    behind = after + len(results)
    finished = status["finished"]
    return Job(
        id=job,
        state="running" if finished is None else "finished",
        created=datetime.fromtimestamp(status["created"], UTC),
        finished=None if finished is None else datetime.fromtimestamp(finished, UTC),
        papers=papers,
        waiting=status["waiting"],
        done=status["done"],
        failed=status["failed"],
        results=results,
        next=behind if behind < papers else None,
    )


def _no_job() -> Problem:
    return Problem("not_found", "there is no such job; a finished one is kept for some days")
