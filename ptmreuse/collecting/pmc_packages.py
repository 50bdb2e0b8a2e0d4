"""Full texts from the packages of PMC's open-access subset: the service tells the link, the package holds the XML.

https://pmc.ncbi.nlm.nih.gov/tools/oa-service: `oa.fcgi?id=PMC123` answers with a record (licence, links) or an error
(`idIsNotOpenAccess`, `idDoesNotExist`). Its links are written for FTP; the same files are there over HTTPS. In April
2026 the packages moved below `deprecated/`, and NCBI has announced their end, so a link that is gone is tried
there too.
"""

import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from typing import IO

from lxml import etree

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.texts import NO_OPEN_TEXT, Missing, Same, Text, refused
from ptmreuse.collecting.web import Reply, Web
from ptmreuse.corpus.document import LARGEST
from ptmreuse.corpus.xml import parse_xml
from ptmreuse.errors import MalformedPaper, SystemicError, UnreadablePaper

SERVICE = "pmc"
URL = "https://www.ncbi.nlm.nih.gov/pmc/utils/oa/oa.fcgi"
_LARGEST_PACKAGE = 2 * 1024**3  # bytes; a package holds figures and films as well
_LARGEST_UNPACKED = 8 * 1024**3  # bytes read through on the way to the XML
_MOST_MEMBERS = 10_000
_NO_TEXT = ("idIsNotOpenAccess", "idDoesNotExist")
_BROKEN = (tarfile.TarError, zlib.error, EOFError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class PmcPackages:
    """PMC's open-access packages at the URL of `oa.fcgi`."""

    web: Web
    base: str = URL

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        """The XML in the package of a paper that has a PMCID. Raises Unanswered, Unusable, SystemicError."""
        if not found.pmcid:
            return Missing(NO_OPEN_TEXT, "no PMCID")
        asked = {"id": found.pmcid, "tool": "ptmreuse"} | ({"email": self.web.mailto} if self.web.mailto else {})
        reply = self.web.get(SERVICE, self.base, asked)
        if reply.status != 200:
            return refused(reply, SERVICE)
        told = _record(reply, found.pmcid)
        return told if isinstance(told, Missing) else self._from(*told, if_changed)

    def _from(self, href: str, licence: str, if_changed: bool) -> Text | Same | Missing:
        with tempfile.TemporaryFile() as file:
            try:
                reply = self._package(href, if_changed, file)
            except OSError as error:
                told = f"{tempfile.gettempdir()}: can't be written ({error.strerror})"
                raise SystemicError(f"{told}; make room, or set TMPDIR, then run again to resume") from error
            if reply.status == 304:
                return Same()
            if reply.status != 200:
                return refused(reply, SERVICE)
            try:
                data = _article(file)
            except _BROKEN as error:
                return Missing(MalformedPaper.reason, f"{SERVICE}: broken package ({error})")
        if data is None:
            return Missing(NO_OPEN_TEXT, f"{SERVICE}: no XML in the package")
        return Text(data, ".xml", SERVICE, licence, reply)

    def _package(self, href: str, if_changed: bool, file: IO[bytes]) -> Reply:
        url = href.replace("ftp://", "https://", 1) if href.startswith("ftp://") else href
        reply = self.web.get(SERVICE, url, largest=_LARGEST_PACKAGE, if_changed=if_changed, into=file)
        if reply.status == 404 and "/pmc/oa_package/" in url:
            moved = url.replace("/pmc/oa_package/", "/pmc/deprecated/oa_package/")
            return self.web.get(SERVICE, moved, largest=_LARGEST_PACKAGE, if_changed=if_changed, into=file)
        return reply


def _record(reply: Reply, pmcid: str) -> tuple[str, str] | Missing:
    """The link to the package and the licence in small letters, such as cc-by."""
    try:
        root = parse_xml(reply.content, f"{SERVICE}: the answer for {pmcid}")
    except UnreadablePaper as error:
        return Missing("refused", str(error))
    if (told := root.find("error")) is not None:
        code = told.get("code") or ""
        return Missing(NO_OPEN_TEXT if code in _NO_TEXT else "refused", f"{SERVICE}: {code} {told.text or ''}".strip())
    record = next((each for each in root.iterfind("records/record") if each.get("id") == pmcid), None)
    if record is None:
        return Missing(NO_OPEN_TEXT, f"{SERVICE}: no record for {pmcid}")
    link = _link(record)
    licence = (record.get("license") or "").strip().lower().replace(" ", "-")
    return (link, licence) if link else Missing(NO_OPEN_TEXT, f"{SERVICE}: no package for {pmcid}")


def _link(record: etree._Element) -> str:
    return next((each.get("href") or "" for each in record.iterfind("link") if each.get("format") == "tgz"), "")


def _article(body: IO[bytes]) -> bytes | None:
    """The article's XML, the first .nxml in a package; None where there is none."""
    with tarfile.open(fileobj=body, mode="r|gz") as archive:
        for number, member in enumerate(archive):
            if number >= _MOST_MEMBERS or archive.offset > _LARGEST_UNPACKED:
                raise ValueError(f"no XML in {number:,} members and {archive.offset:,} bytes")
            if member.isfile() and member.name.lower().endswith(".nxml"):
                if member.size > LARGEST:
                    raise ValueError(f"{member.name} has {member.size:,} bytes")
                file = archive.extractfile(member)
                return file.read() if file else None
    return None
