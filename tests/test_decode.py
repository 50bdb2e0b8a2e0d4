"""Encodings that nobody wrote down."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptmreuse.corpus.decode import decode
from ptmreuse.errors import MalformedPaper, NotAPaper, UnreadablePaper

TEXT = "Müller’s naïve network reaches 5 µm – better than the café’s. " * 5


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-32"),
        TEXT.encode("cp1252"),
    ],
)
def test_every_usual_encoding_gives_the_same_text(data: bytes) -> None:
    assert decode(data, "a.txt") == TEXT


def test_a_last_character_that_is_cut_is_left_out() -> None:
    assert decode("abc µ".encode()[:-1], "a.txt") == "abc "


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (TEXT.encode("utf-16-le"), NotAPaper),
        (bytes(range(1, 9)) * 40, NotAPaper),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x00", MalformedPaper),
        ("Привет, мир. ".encode("koi8-r") * 20, MalformedPaper),
        (TEXT.encode() + b" caf\xe9 ", MalformedPaper),
    ],
)
def test_what_has_no_plausible_encoding_says_so(data: bytes, error: type[UnreadablePaper]) -> None:
    with pytest.raises(error, match=r"a\.txt"):
        decode(data, "a.txt")


@given(st.binary(max_size=2000))
def test_any_bytes_give_text_or_a_typed_error(data: bytes) -> None:
    try:
        assert isinstance(decode(data, "a.txt"), str)
    except UnreadablePaper as error:
        assert "a.txt" in str(error)
