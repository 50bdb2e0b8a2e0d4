"""Full texts from Europe PMC: the JATS XML of its open-access subset, by PMCID.

https://europepmc.org/RestfulWebService, module `fullTextXML`; a paper outside the subset has the status 404.
"""

from dataclasses import dataclass

from ptmreuse.collecting.found import Found
from ptmreuse.collecting.texts import NO_OPEN_TEXT, Missing, Same, Text, refused
from ptmreuse.collecting.web import Web

SERVICE = "europepmc"
URL = "https://www.ebi.ac.uk/europepmc/webservices/rest"


@dataclass(frozen=True, slots=True)
class EuropePmcText:
    """Europe PMC's full texts at a base URL."""

    web: Web
    base: str = URL

    def fetch(self, found: Found, if_changed: bool) -> Text | Same | Missing:
        """The text of a paper that has a PMCID. Raises Unanswered, Unusable, SystemicError."""
        if not found.pmcid:
            return Missing(NO_OPEN_TEXT, "no PMCID")
        reply = self.web.get(SERVICE, f"{self.base}/{found.pmcid}/fullTextXML", if_changed=if_changed)
        if reply.status == 304:
            return Same()
        if reply.status != 200:
            return refused(reply, SERVICE)
        return Text(reply.content, ".xml", SERVICE, reply=reply)
