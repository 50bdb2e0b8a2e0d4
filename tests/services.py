"""A server on loopback that answers as the services that `ptmreuse collect` asks do, by their public documentation."""

import gzip
import io
import json
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

XML = "application/xml"


class Asked(NamedTuple):
    """A request: the path, what stands behind the question mark, and the headers in small letters."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Said(NamedTuple):
    """An answer; `cut` sends only so many bytes of the body and hangs up."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    cut: int | None = None


Respond = Callable[[Asked], Said | None]  # None: not mine


class Services(ThreadingHTTPServer):
    """A running server; `asked` holds every request. The first of `respond` that has an answer gives it, else 404."""

    daemon_threads = True

    def __init__(self, *respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = list(respond)
        self.asked: list[Asked] = []

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def paths(self) -> list[str]:
        """The paths of all requests in their order."""
        return [asked.path for asked in self.asked]

    def answer(self, asked: Asked) -> Said:
        """What to send back."""
        self.asked.append(asked)
        answers = (respond(asked) for respond in self.respond)
        return next((said for said in answers if said is not None), Said(404))


class _Handler(BaseHTTPRequestHandler):
    server: Services
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Any question."""
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = self.server.answer(Asked(parts.path, dict(parse_qsl(parts.query, True)), headers))
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body[: said.cut])
        self.close_connection = said.cut is not None

    def handle(self) -> None:
        """A connection, which the client may end."""
        try:
            super().handle()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def services(*respond: Respond) -> Iterator[Services]:
    """A server for the time of the block."""
    with Services(*respond) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def article(doi: str = "10.1234/abc", body: str = "<body><p>We trained a network.</p></body>") -> bytes:
    """A small JATS article under CC BY 4.0."""
    licence = '<license xmlns:x="http://www.w3.org/1999/xlink" x:href="https://creativecommons.org/licenses/by/4.0/"/>'
    ids = f'<article-id pub-id-type="doi">{doi}</article-id>'
    title = "<title-group><article-title>A paper</article-title></title-group>"
    year = "<pub-date><year>2024</year></pub-date>"
    meta = f"<article-meta>{ids}{title}{year}<permissions>{licence}</permissions></article-meta>"
    return f"<?xml version='1.0'?><article><front>{meta}</front>{body}</article>".encode()


def europepmc(texts: Mapping[str, bytes], pmcids: Mapping[str, str] = {}) -> Respond:
    """Europe PMC: full texts by PMCID with an ETag, and the search for one DOI."""

    def respond(asked: Asked) -> Said | None:
        if asked.path == "/europepmc/search" and asked.query["query"].startswith("DOI:"):
            return _one_doi(asked.query["query"].removeprefix("DOI:").strip('"'), pmcids)
        if not asked.path.startswith("/europepmc/PMC"):
            return None
        text = texts.get(asked.path.split("/")[2])
        if text is None:
            return Said(404)
        etag = f'"{len(text)}"'
        same = asked.headers.get("if-none-match") == etag
        return Said(304, headers={"etag": etag}) if same else Said(200, text, {"content-type": XML, "etag": etag})

    return respond


def _one_doi(doi: str, pmcids: Mapping[str, str]) -> Said:
    known = {"id": "1", "source": "MED", "doi": doi.upper(), "title": "A paper."} if doi in pmcids else None
    results = [known | ({"pmcid": pmcids[doi]} if pmcids[doi] else {})] if known else []
    told = {"version": "6.9", "hitCount": len(results), "resultList": {"result": results}}
    return Said(200, json.dumps(told).encode(), {"content-type": "application/json"})


def package(**members: bytes) -> bytes:
    """A gzipped tar; a double underscore in a name is a dot."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(f"PMC1/{name.replace('__', '.')}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(packed.getvalue())


def pmc(packages: Mapping[str, bytes], closed: frozenset[str] = frozenset(), moved: bool = False) -> Respond:
    """PMC's open-access service and the packages it links to, after their move if `moved`."""

    def respond(asked: Asked) -> Said | None:
        if asked.path == "/oa.fcgi":
            return Said(200, _oa(asked, packages, closed), {"content-type": "text/xml"})
        folder = "/pub/pmc/deprecated/oa_package/" if moved else "/pub/pmc/oa_package/"
        if not asked.path.startswith(folder):
            return None
        data = packages.get(asked.path.removeprefix(folder).removesuffix(".tar.gz"))
        return Said(404) if data is None else Said(200, data, {"content-type": "application/gzip"})

    return respond


def _oa(asked: Asked, packages: Mapping[str, bytes], closed: frozenset[str]) -> bytes:
    pmcid = asked.query["id"]
    if pmcid in packages:
        # the real service writes ftp:// here
        href = f"http://{asked.headers['host']}/pub/pmc/oa_package/{pmcid}.tar.gz"
        link = f'<link format="tgz" updated="2024-03-17 13:10:39" href="{href}"/>'
        said = (
            f'<records returned-count="1"><record id="{pmcid}" license="CC BY" retracted="no">{link}</record></records>'
        )
    else:
        code = "idIsNotOpenAccess" if pmcid in closed else "idDoesNotExist"
        said = f'<error code="{code}">identifier {pmcid}</error>'
    return f"<OA><responseDate>2026-01-01 00:00:00</responseDate>{said}</OA>".encode()
