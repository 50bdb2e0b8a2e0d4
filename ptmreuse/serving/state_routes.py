"""The routes about the service itself: is it alive, is it ready, what does it count, what do its problems mean; and
the page, which needs nothing but itself."""

from importlib.resources import files
from mimetypes import guess_type
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import JSONResponse, Response

from ptmreuse.serving.counters import MEDIA_TYPE
from ptmreuse.serving.openapi import PLAIN_PROBLEMS
from ptmreuse.serving.problems import KINDS, Problem
from ptmreuse.serving.reception import Reception

PAGE = "index.html"
_CORPUS = b'id="corpus" class="row" hidden'  # is shown by a service that has one


def state_routes(reception: Reception) -> APIRouter:
    """All of them."""
    router = APIRouter(responses=PLAIN_PROBLEMS)

    @router.get("/healthz", summary="Is the service alive?")
    async def healthz() -> dict[str, str]:
        """Yes, or no answer."""
        return {"status": "alive"}

    @router.get("/readyz", summary="Can it answer about papers?")
    async def readyz() -> dict[str, str]:
        """Yes, or a problem with status 503."""
        if not reception.answerer.crew.is_ready:
            raise Problem("not_ready", "ask again in a moment", 2)
        return {"status": "ready"}

    @router.get("/metrics", summary="Counters for Prometheus", response_class=Response)
    async def metrics() -> Response:
        """Requests, papers, answers, calls, tokens, seconds."""
        return Response(reception.counters.text(), media_type=MEDIA_TYPE)

    @router.get("/problems/{kind}", summary="What a type of problem means")
    async def problem(kind: Annotated[str, Path(max_length=40)]) -> JSONResponse:
        """Its title and status."""
        if kind not in KINDS:
            raise Problem("not_found", f"kinds are {', '.join(KINDS)}")
        return JSONResponse({"type": f"/problems/{kind}", **KINDS[kind]._asdict()})

    return router


def page_routes(package: str = "ptmreuse.serving", *, has_corpus: bool = False) -> APIRouter:
    """The page of a package and what belongs to it, read once: no request names a file."""
    router = APIRouter(include_in_schema=False)
    folder = files(package) / "page"
    held = {each.name: each.read_bytes() for each in folder.iterdir()}
    if has_corpus:
        held[PAGE] = held[PAGE].replace(_CORPUS, _CORPUS.removesuffix(b" hidden"))

    @router.get("/")
    async def page() -> Response:
        return _file(PAGE, held[PAGE])

    @router.get("/page/{name}")
    async def part(name: str) -> Response:
        if name not in held:
            raise Problem("not_found", "open the page at /")
        return _file(name, held[name])

    return router


def _file(name: str, content: bytes) -> Response:
    kind = "text/markdown" if name.endswith(".md") else guess_type(name)[0] or "application/octet-stream"
    return Response(content, media_type=kind, headers={"cache-control": "no-cache"})
