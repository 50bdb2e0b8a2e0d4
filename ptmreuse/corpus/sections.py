"""The kind of a section, read from its title or from the `sec-type` that a publisher gave it."""

import re
from functools import lru_cache

from program.paper import SectionKind

_NUMBER = re.compile(r"^(?:(?:section|chapter)\s+)?(?:\d+(?:\.\d+)*|[ivx]+(?=[.)\s]))[.):]?\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

# What a title starts with. The first kind that matches wins, so "Supplementary methods" is an appendix and
# "Results and discussion" is results.
_TITLES: tuple[tuple[SectionKind, tuple[str, ...]], ...] = (
    (
        "appendix",
        (
            r"appendi(?:x|ces)\b|supplement(?:ary|al|s)?\b|additional files?\b",
            r"(?:electronic )?(?:supporting|supplementary) (?:information|materials?|data)",
        ),
    ),
    (
        "acknowledgement",
        (
            r"acknowledge?ments?\b|funding\b|financial (?:support|disclosure)|thanks$|role of the fund",
            r"sources? of (?:funding|support)|grant (?:support|information|sponsor)|sponsorship|grants$",
        ),
    ),
    (
        "other",
        (
            r"(?:data|code|software|materials?)\b.{0,40}\b(?:availability|accessibility|access|sharing|deposition)\b",
            r"data records?$|availability\b|data (?:statement|citation)|associated data|accession (?:numbers?|codes?)",
            r"(?:availability|deposition) of\b",
            r"(?:the )?authors?.{0,2} (?:contributions?|information|details|notes?|disclosures?)",
            r"contributions?$|contributors(?:hip)?\b|credit author|authors?(?:hip|.{0,2} roles)$",
            r"(?:potential |declarations? of |statement of )?(?:competing|conflict(?:s|ing)?|financial)? ?interests?\b",
            r"(?:potential |declarations? of |statement of )?conflicts? of interests?\b|disclosures?\b|declarations?$",
            r"ethic(?:s|al)\b|(?:informed )?consent\b|compliance with ethic|disclaimer|copyright|open access$",
            r"(?:list of )?abbreviations?\b|glossary|nomenclature$|key ?words?\b|references?$|footnotes?$|notes?$",
            r"pre-?publication history|peer review|(?:clinical )?trials? registration|orcid|highlights$",
            r"additional information$|publisher.s note",
        ),
    ),
    ("abstract", (r"(?:structured |graphical )?abstract\b|(?:author |plain language |lay )?summary$|synopsis$",)),
    (
        "introduction",
        (
            r"introduct(?:ion|ory)\b|background\b|motivations?$|rationale\b|state of the art|theoretical background",
            r"related (?:works?|literature|research|studies)\b|(?:previous|prior) (?:works?|studies)$",
            r"literature review|(?:study )?(?:objectives?|aims?|purpose|hypothes[ei]s)$",
            r"(?:aims?|purpose|objectives?) (?:of|and)\b",
        ),
    ),
    (
        "methods",
        (
            r"(?:(?:the|our|proposed|online|detailed|star|general|key|statistical|computational|analytical|experimental"
            r"|research|study|patients?|subjects?|participants?|data|theory|design|cases?|samples?|animals?|setting"
            r"|model|and|&|of)[\s,/★*]+)*(?:materials?|methods?|methodolog(?:y|ies|ical))\b",
            r"experimental(?:$| (?:procedures?|sections?|set-?up|designs?|details?|protocols?))|procedures?$",
            r"(?:statistics?|statistical (?:analys[ei]s|tests?|treatment))$|implementation(?: details)?$",
            r"(?:study )?(?:design|setting|participants?|patients|subjects|population|samples?)$",
            r"(?:data ?sets?|data (?:collection|analys[ei]s|processing|preprocessing|acquisition|sources?))$",
            r"(?:model|network) (?:architectures?|training)$|training(?: details| procedure)?$|measure(?:ment)?s?$",
        ),
    ),
    (
        "results",
        (
            r"(?:(?:main|key|experimental|simulation|numerical) )?(?:results?|findings?)\b|evaluation(?: results)?$",
            r"experiments?(?:$| and (?:results?|evaluations?))|technical validation|observations?$",
            r"case (?:reports?|presentations?|descriptions?)$|applications?$",
        ),
    ),
    (
        "discussion",
        (
            r"(?:(?:general|overall|brief|in) )?(?:discussions?|conclusions?)\b|concluding\b|limitations?\b|outlook$",
            r"(?:study )?strengths? and|implications?\b|(?:future )?perspectives?$|interpretation$|summary and\b",
            r"future (?:works?|directions?|research)\b",
        ),
    ),
)
_RULES = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _TITLES)

# The first word of a sec-type: publishers write "materials|methods", "materials and methods", "methods".
_SEC_TYPES: dict[str, SectionKind] = {
    **dict.fromkeys(("intro", "introduction", "background", "objective"), "introduction"),
    **dict.fromkeys(("materials", "material", "methods", "method", "subjects"), "methods"),
    **dict.fromkeys(("results", "result", "cases"), "results"),
    **dict.fromkeys(("discussion", "conclusion", "conclusions"), "discussion"),
    **dict.fromkeys(("supplementary", "appendix"), "appendix"),
    **dict.fromkeys(("ack", "acknowledgement", "acknowledgements", "acknowledgment", "funding"), "acknowledgement"),
    **dict.fromkeys(("data", "coi", "conflict", "ethics", "author", "associated"), "other"),
}

_STANDS_OUT = frozenset({"other", "acknowledgement", "appendix"})


@lru_cache(maxsize=4096)
def section_kind(title: str, sec_type: str = "") -> SectionKind | None:
    """The kind that a section's title or JATS `sec-type` tells; None where neither does: the parent's holds."""
    return _of_type(sec_type) or _of_title(title)


def _of_type(sec_type: str) -> SectionKind | None:
    words = _WORD.findall(sec_type.lower())
    return _SEC_TYPES.get(words[0]) if words else None


def _of_title(title: str) -> SectionKind | None:
    plain = _NUMBER.sub("", " ".join(title.split())).lower().strip(" .:[]")
    return next((kind for kind, rule in _RULES if rule.match(plain)), None)


def kind_within(parent: SectionKind, title: str, sec_type: str = "") -> SectionKind:
    """The kind of a section inside one of kind `parent`.

    Inside methods, results or discussion a title such as "Patients" or "Methodological issues" names a topic, not
    another part of the paper; only a statement, thanks or a supplement stands out from there.
    """
    if parent == "abstract":
        return parent
    own = section_kind(title, sec_type)
    if own == "abstract":
        own = "discussion"  # an abstract stands before the body; what is called "Summary" in it sums up
    return own if own and (parent == "other" or own in _STANDS_OUT) else parent
