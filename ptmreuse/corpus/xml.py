"""Untrusted XML to an element tree: nothing is fetched, nothing is expanded, every fault is a typed error."""

import re
from html.entities import html5
from typing import Any

from lxml import etree

from ptmreuse.corpus.tree import put_instead
from ptmreuse.errors import EmptyPaper, MalformedPaper, NotAPaper, OversizedPaper

MAX_BYTES = 64 * 1024 * 1024
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)[\"']")
UTF_8 = ("utf-8", "utf8")
_WIDE = ("utf-16", "utf16", "ucs-2", "ucs-4", "utf-32", "utf32", "iso-10646")
_LIMITS = ("depth", "huge", "too long", "too big", "amplification", "loop")


def parse_xml(data: bytes, source: str) -> etree._Element:
    """The root element of a well-formed file; comments and processing instructions are left out.

    Raises:
        OversizedPaper: more than `MAX_BYTES`, nested deeper than 256 elements, or entities that grow.
        EmptyPaper: no bytes at all.
        NotAPaper: no XML in it.
        MalformedPaper: truncated, not well formed, or another encoding than declared.
    """
    if len(data) > MAX_BYTES:
        raise OversizedPaper(f"{source}: {len(data)} bytes, the limit is {MAX_BYTES}; split the file or leave it out")
    if not data.strip():
        raise EmptyPaper(f"{source}: the file is empty; download it again")
    if b"<" not in data:
        raise NotAPaper(f"{source}: no XML in it; give JATS or TEI, or read it as text")
    _check_encoding(data, source)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        raise _typed(error, source) from error
    except (ValueError, LookupError) as error:
        raise MalformedPaper(f"{source}: {error}; download it again or convert it to UTF-8") from error
    _spell_entities(root, source)
    return root


def _parser() -> etree.XMLParser:
    # A parser per file: libxml2 keeps state in it, and threads must not share that.
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )


def _typed(error: etree.XMLSyntaxError, source: str) -> MalformedPaper | OversizedPaper:
    text = str(error)
    if any(word in text.lower() for word in _LIMITS):
        return OversizedPaper(f"{source}: breaks a limit of the XML parser ({text}); leave the file out")
    return MalformedPaper(f"{source}: not well-formed XML ({text}); it may be cut off, so download it again")


def declared_encoding(data: bytes) -> str:
    """The encoding that the XML declaration names, in lower case; "utf-8" where there is none."""
    match = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    return match[1].decode("ascii").lower() if match else "utf-8"


def _check_encoding(data: bytes, source: str) -> None:
    """Refuse a declared encoding that the bytes contradict and that libxml2 would turn into wrong letters."""
    declared = declared_encoding(data)
    if declared in UTF_8:
        return
    if declared.startswith(_WIDE) or _is_utf8(data):
        raise MalformedPaper(f"{source}: declares the encoding {declared} and is not in it; correct the declaration")


def _is_utf8(data: bytes) -> bool:
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _spell_entities(root: etree._Element, source: str) -> None:
    """Put the characters of HTML's named entities in their place: the DTD that defines them is never loaded."""
    for entity in list(root.iter(etree.Entity)):
        name = (entity.text or "").strip("&;")
        if name in _declared(root):
            raise OversizedPaper(f"{source}: defines the entity &{name}; itself, which is never expanded; leave it out")
        character = html5.get(name + ";")
        if character is None:
            raise MalformedPaper(f"{source}: the entity &{name}; is not defined; replace it by its character")
        put_instead(entity, character + (entity.tail or ""))


def _declared(root: etree._Element) -> frozenset[str]:
    dtd: Any = root.getroottree().docinfo.internalDTD
    return frozenset(str(entity.name) for entity in dtd.iterentities()) if dtd is not None else frozenset()
