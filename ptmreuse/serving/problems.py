"""Everything that a request may be answered with instead of what it asked for, as RFC 9457 problem documents.

A detail says what to do next. It never holds a path, an address, a key or a traceback.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A kind of problem: its HTTP status and what it is, the same in every document of its kind."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "bad_request": Kind(400, "The request can't be understood"),
    "bad_upload": Kind(400, "The upload holds no file, or is not what it says"),
    "unauthorized": Kind(401, "A bearer token is needed"),
    "cross_site": Kind(403, "Another site's page may not ask this service"),
    "not_found": Kind(404, "There is nothing at this address"),
    "method_not_allowed": Kind(405, "This address is not asked in this way"),
    "too_slow": Kind(408, "The request took too long to arrive"),
    "too_large": Kind(413, "The upload is over a limit"),
    "unsupported_type": Kind(415, "Papers don't come in this type"),
    "wrong_host": Kind(421, "This service is not known by this host name"),
    "malformed": Kind(422, "The paper is truncated or not the format that it claims to be"),
    "empty_body": Kind(422, "The paper has no body text"),
    "not_a_paper": Kind(422, "There is no article in the file"),
    "oversized": Kind(422, "The paper breaks a limit on depth, pages or expansion"),
    "too_busy": Kind(429, "Too much is asked at once"),
    "internal": Kind(500, "The service failed"),
    "reader_fault": Kind(500, "The reader failed"),
    "lm_failed": Kind(502, "The language model refuses every call"),
    "not_ready": Kind(503, "The service is starting"),
    "budget_reached": Kind(503, "The budget of this service is used up"),
    "answer_timeout": Kind(504, "The answer took too long"),
}


class Problem(Exception):
    """What ends a request; `retry_after` are seconds."""

    def __init__(self, kind: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.retry_after = kind, detail, retry_after

    @property
    def document(self) -> dict[str, Any]:
        """The problem document."""
        kind = KINDS[self.kind]
        return {"type": f"/problems/{self.kind}", "title": kind.title, "status": kind.status, "detail": self.detail}

    @property
    def headers(self) -> dict[str, str]:
        """The headers that belong to it."""
        told = {"retry-after": str(self.retry_after)} if self.retry_after is not None else {}
        return told | ({"www-authenticate": "Bearer"} if self.kind == "unauthorized" else {})

    @property
    def response(self) -> Response:
        """The document as a response."""
        body = json.dumps(self.document, ensure_ascii=False)
        return Response(body, KINDS[self.kind].status, self.headers, MEDIA_TYPE)
