"""What the OpenAPI document says beside the types: the bodies that are taken, and the problems of every route."""

from typing import Any

from pydantic import BaseModel, Field

from ptmreuse.serving.problems import KINDS, MEDIA_TYPE, Problem

_TEXT = """# Rust on leaves, a synthetic example

## Methods

Leaves were photographed in two fields. We loaded ResNet-50 with weights pre-trained on ImageNet and fine-tuned it on
4,200 photographs to tell rust from mildew. Fields were compared by analysis of variance.
"""
_TEXT_SCHEMA = {"schema": {"type": "string"}, "example": _TEXT}
_BINARY_SCHEMA = {"schema": {"type": "string", "format": "binary"}}
_STATUSES = (400, 401, 403, 404, 408, 413, 415, 421, 422, 429, 500, 502, 503, 504)


class ProblemDocument(BaseModel):
    """RFC 9457."""

    type: str = Field(description="/problems/KIND, where the kind is explained")
    title: str
    status: int
    detail: str = Field(description="what to do next")


_DOCUMENT = ProblemDocument.model_json_schema()


def _problem(status: int) -> dict[str, Any]:
    kinds = [name for name, kind in KINDS.items() if kind.status == status]
    example = Problem(kinds[0], "what to do next").document
    described = "; ".join(KINDS[name].title for name in kinds)
    return {"description": described, "content": {MEDIA_TYPE: {"schema": _DOCUMENT, "example": example}}}


PROBLEMS: dict[int | str, dict[str, Any]] = {status: _problem(status) for status in _STATUSES}
# of an address that takes no paper
PLAIN_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: PROBLEMS[status] for status in (400, 401, 403, 404, 408, 421, 422, 429, 500, 503)
}


def _body(types: dict[str, Any], form: dict[str, Any], *, is_required: bool = True) -> dict[str, Any]:
    content = {**types, "multipart/form-data": {"schema": {"type": "object", "properties": form}}}
    return {"requestBody": {"required": is_required, "content": content}}


FILE = _body(
    {
        "text/markdown": _TEXT_SCHEMA,
        "text/plain": _TEXT_SCHEMA,
        "application/xml": {"schema": {"type": "string"}},
        "application/pdf": _BINARY_SCHEMA,
    },
    {"file": {"type": "string", "format": "binary"}},
    is_required=False,  # a DOI of the corpus may stand for it
)
FILES = _body(
    {"application/zip": _BINARY_SCHEMA},
    {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
)
