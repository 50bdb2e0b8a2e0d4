"""The characters of a text file whose encoding nobody wrote down."""

import codecs
import re

from ptmreuse.errors import MalformedPaper, NotAPaper

# UTF-32 first: its little-endian mark begins with the mark of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOJIBAKE = re.compile(r"[ÂÃ][\x80-\xbf]|â€|Î[±²³´µ]")
_PLAIN_SHARE = 0.7
_CONTROL_SHARE = 0.002


def decode(data: bytes, source: str) -> str:
    """The text in UTF-8, in UTF-16 or UTF-32 with a byte order mark, or in Windows-1252.

    Raises NotAPaper for binary data and MalformedPaper where no encoding gives plausible text.
    """
    text = _by_mark(data, source)
    if text is None:
        text = _unmarked(data, source)
    if len(_CONTROLS.findall(text)) > _CONTROL_SHARE * len(text):
        raise NotAPaper(f"{source}: binary data, not text; give a .txt, .md, .xml, .nxml or .pdf file")
    return text


def _by_mark(data: bytes, source: str) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise MalformedPaper(f"{source}: marked as {encoding}, but {error}; save it as UTF-8") from error
    return None


def _unmarked(data: bytes, source: str) -> str:
    if b"\0" in data:
        raise NotAPaper(f"{source}: NUL bytes: binary data, or UTF-16 without a byte order mark; save it as UTF-8")
    try:
        # final=False forgives a last character that was cut when the file was shortened to a size
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError as error:
        return _western(data, source, error)


def _western(data: bytes, source: str, error: UnicodeDecodeError) -> str:
    """Windows-1252, which holds Latin-1; `error` is why it is not UTF-8."""
    next_step = f"{source}: neither UTF-8 ({error}) nor plausible Windows-1252; save it as UTF-8"
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as undefined:
        raise MalformedPaper(next_step) from undefined
    plain = sum(character.isascii() for character in text)
    if plain < _PLAIN_SHARE * len(text) or _MOJIBAKE.search(text):
        raise MalformedPaper(next_step)
    return text
