"""Full texts as the publisher's PDF, at the address that OpenAlex gives as the best open one."""

from dataclasses import dataclass
from typing import Any

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.texts import NO_OPEN_TEXT, Missing, Same, Text, refused
from ptmreuse.collecting.web import Web

SERVICE = "publisher"
_HEAD = 1024  # bytes in which a PDF begins


@dataclass(frozen=True, slots=True)
class PublisherPdf:
    """Open PDFs of publishers and repositories."""

    web: Web

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        """The PDF of a paper that OpenAlex knows an address for. Raises Unanswered, Unusable, SystemicError."""
        location = found.work.get("best_oa_location")
        place: dict[str, Any] = location if isinstance(location, dict) else {}
        url = place.get("pdf_url")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            return Missing(NO_OPEN_TEXT, f"{SERVICE}: no address of a PDF")
        reply = self.web.get(SERVICE, url, if_changed=if_changed)
        if reply.status == 304:
            return Same()
        if reply.status != 200:
            return refused(reply, SERVICE)
        if b"%PDF-" not in reply.content[:_HEAD]:
            return Missing(NO_OPEN_TEXT, f"{SERVICE}: a page instead of a PDF")
        return Text(reply.content, ".pdf", SERVICE, str(place.get("license") or ""), reply)
