"""Every error of an application as a problem document."""

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from ptmreuse.serving.problems import KINDS, Problem

log = logging.getLogger("ptmreuse.serving")

_BY_STATUS = {404: "not_found", 405: "method_not_allowed"}


def add_problems(served: FastAPI) -> None:
    """Every error is a problem document, and none tells more than it should."""

    @served.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        if KINDS[error.kind].status >= 500 and error.kind != "not_ready":
            log.warning("%s %s: %s", request.method, error.kind, error.__cause__ or error)
        return error.response

    @served.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return Problem("bad_request", "; ".join(told)[:500]).response

    @served.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        kind = _BY_STATUS.get(error.status_code, "bad_request")
        answer = Problem(kind, "see /openapi.json for what there is").response
        answer.headers.update(error.headers or {})
        return answer

    @served.exception_handler(ClientDisconnect)
    async def gone(*_: object) -> Response:
        return Problem("bad_request", "the request ended too early").response

    @served.exception_handler(Exception)
    async def internal(*_: object) -> Response:
        return Problem("internal", "please report it; the log of the service says more").response
