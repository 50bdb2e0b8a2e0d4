"""What a request brings: its body as one file, or the files of a form. The name only tells the type; it is no path."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple

import python_multipart  # noqa: F401 - Starlette asks for it at the first form only
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from ptmreuse.corpus.document import archive_suffix, paper_suffix
from ptmreuse.serving.problems import Problem

_FORM = "multipart/form-data"
_SUFFIXES = {
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/jats+xml": ".xml",
    "application/tei+xml": ".tei",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/gzip": ".tar.gz",
    "application/x-gzip": ".tar.gz",
    "application/x-tar": ".tar",
}
_ODD = re.compile(r"[^\w.,() +-]")
_LONGEST = 120  # characters of a name
_IN_MEMORY = 2**20  # bytes; the rest of a large body lies in a temporary file without a name


class Upload(NamedTuple):
    """A file that came: its bare name with the suffix of its type, and its content from the beginning."""

    name: str
    file: IO[bytes]

    @property
    def is_archive(self) -> bool:
        """Whether it holds papers and is none."""
        return bool(archive_suffix(self.name))


@asynccontextmanager
async def uploads(request: Request, most: int) -> AsyncIterator[list[Upload]]:
    """The files of a request, `most` at most, for the block. Raises Problem."""
    kind = _media_type(request.headers.get("content-type", ""))
    if kind != _FORM:
        name = request.query_params.get("name", "")
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            upload = Upload(named(name, kind), file)
            async for piece in request.stream():
                file.write(piece)
            yield [_begun(upload)]
        return
    files = await _files(request, most)
    try:
        yield [_begun(Upload(named(f.filename or "", _media_type(f.content_type or "")), f.file)) for f in files]
    finally:
        for each in files:
            await each.close()


async def _files(request: Request, most: int) -> list[UploadFile]:
    told = f"send multipart/form-data with a boundary and at least one file, at most {most}"
    try:
        parser = MultiPartParser(request.headers, request.stream(), max_files=most, max_fields=most)
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Problem("bad_upload", told) from error
    files = [each for _, each in form.multi_items() if isinstance(each, UploadFile)]
    if not files:
        raise Problem("bad_upload", told)
    return files


def _begun(upload: Upload) -> Upload:
    upload.file.seek(0)
    return upload


def _media_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def named(name: str, kind: str) -> str:
    """A bare name whose suffix tells the type: that of the name, else that of the media type. Raises Problem."""
    bare = _ODD.sub("_", PurePath(name.replace("\\", "/")).name).lstrip(".")[-_LONGEST:]
    if paper_suffix(bare) or archive_suffix(bare):
        return bare
    if kind not in _SUFFIXES:
        shown = " ".join(sorted({*_SUFFIXES, _FORM}))
        raise Problem("unsupported_type", f"send JATS, TEI, PDF, text or Markdown as one of: {shown}")
    return f"{bare or 'paper'}{_SUFFIXES[kind]}"
