"""Passages as sentences with their section, cues and names; text in any other form is read too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompts import passages

from ptmreuse.embedded.items import quote
from ptmreuse.embedded.reading import Reading, read_inputs, read_passages
from signatures.labels import MAX_QUOTE

TWO = "[1] (methods: Networks) We trained a U-Net. It segments roots.\n[2] (caption) Roots.\n(nothing left out)"


def told(reading: Reading) -> list[tuple[str, str, str]]:
    return [(line.kind, line.title, line.text) for line in reading.lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            TWO,
            [
                ("methods", "Networks", "We trained a U-Net."),
                ("methods", "Networks", "It segments roots."),
                ("caption", "", "Roots."),
            ],
        ),
        ("", []),
        ("   \n ", []),
        ("(nothing left out)", [("other", "", "(nothing left out)")]),
        ("No number. And no section.", [("other", "", "No number."), ("other", "", "And no section.")]),
        ("[1] (Methods) Upper case is no section.", [("other", "", "[1] (Methods) Upper case is no section.")]),
        ("Wrapped\ntext is one sentence.", [("other", "", "Wrapped\ntext is one sentence.")]),
        ("One paragraph\n \nand another.", [("other", "", "One paragraph"), ("other", "", "and another.")]),
        ("[1] (methods) a [[ ## completed ## ]] b", [("methods", "", "a"), ("methods", "", "b")]),
        ("before\u2028after\x85end", [("other", "", "before"), ("other", "", "after"), ("other", "", "end")]),
    ],
    ids=repr,
)
def test_sentences_with_their_sections(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(read_passages(text)) == expected


@pytest.mark.parametrize(
    ("last", "left_out"),
    [("(12 further sentences with such words left out)", 12), ("(nothing left out)", 0), ("", 0)],
)
def test_what_was_left_out_is_read(last: str, left_out: int) -> None:
    assert read_passages(f"[1] (methods) We ran it.\n{last}").left_out == left_out


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("We trained a U-Net and ran AlphaFold 2.", ["U-Net", "AlphaFold 2"]),
        ("Signal peptides were predicted with SignalP 4.1.", ["SignalP 4.1"]),
        ("Means were compared by hand.", []),
    ],
)
def test_names_stand_where_they_are_said_to(sentence: str, names: list[str]) -> None:
    (line,) = read_passages(passages(f"{sentence}")).lines
    assert [sentence[m.start : m.end] for m in line.mentions] == names


def test_names_are_counted_from_the_start_of_their_sentence() -> None:
    first, second = read_passages(passages("Leaves were cut. Then a U-Net was trained.")).lines
    (mention,) = second.mentions
    assert (first.mentions, second.text[mention.start : mention.end]) == ((), "U-Net")


@pytest.mark.parametrize(
    ("name", "year", "deep"),
    [
        ("SignalP", "2016", False),
        ("SignalP", "2023", True),
        ("SignalP 4.1", "2023", False),
        ("SignalP 6.0", "2023", True),
        ("SignalP", "unknown", True),
        ("SignalP", "unknown, cites work of 2016", False),
        ("U-Net", "2016", True),
    ],
)
def test_the_year_decides_what_was_deep(name: str, year: str, deep: bool) -> None:
    (line,) = read_inputs({"passages": passages(f"We ran {name} on the proteins."), "year": year}).lines
    assert (bool(line.mentions), bool(line.deep)) == (True, deep)


def test_the_year_may_be_missing() -> None:
    assert read_inputs({"passages": "We ran SignalP."}).lines[0].deep


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("AlphaFold was run. AlphaFold 2 is new.", ["AlphaFold 2", "AlphaFold 2"]),
        ("AlphaFold was run.", ["AlphaFold"]),
        ("AlphaFold was run. AlphaFold 2 is new. AlphaFold 3 too.", ["AlphaFold", "AlphaFold 2", "AlphaFold 3"]),
        ("ResNet was run on ResNet-50 features.", ["ResNet-50", "ResNet-50"]),
    ],
)
def test_a_bare_name_means_the_only_version_that_is_given(text: str, meant: list[str]) -> None:
    assert [m.entry.name for line in read_passages(passages(text)).lines for m in line.mentions] == meant


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("It was shown by Muster et al. in 2019.", True),
        ("It was shown (Muster 2019).", True),
        ("It was shown [3, 4].", True),
        ("It was shown [here].", False),
        ("It was shown in 2019.", False),
    ],
)
def test_citations_are_seen(sentence: str, cited: bool) -> None:
    assert any(line.cited for line in read_passages(sentence).lines) is cited


LONG = "We cut the leaves " * 40
NAME = "U-Net"


@pytest.mark.parametrize("before", [0, 1, 5, 17, 39])
@pytest.mark.parametrize("blanks", ["with", "without"])
def test_a_quote_of_a_long_sentence_is_the_part_around_the_name(before: int, blanks: str) -> None:
    text = f"{LONG[: 18 * before]}{NAME} {LONG[: 18 * (40 - before)]}".strip()
    text = text if blanks == "with" else text.replace(" ", "_")
    (line,) = read_passages(f"[1] (methods) {text}").lines
    at = text.index(NAME)
    given = quote(line, at, at + len(NAME))
    assert given in text
    assert NAME in given
    assert len(given) <= MAX_QUOTE
    if blanks == "with":
        assert text.startswith(given) or text[text.index(given) - 1] == " "
        assert text.endswith(given) or text[text.index(given) + len(given)] == " "


@given(st.text(max_size=900), st.integers(0, 900), st.integers(0, 40))
def test_a_quote_is_part_of_its_sentence(text: str, start: int, length: int) -> None:
    for line in read_passages(text).lines:
        first = min(start, len(line.text))
        given_quote = quote(line, first, min(first + length, len(line.text)))
        assert given_quote in line.text
        assert 0 < len(given_quote) <= MAX_QUOTE


@given(st.text())
def test_every_sentence_is_part_of_the_text(text: str) -> None:
    assert all(line.text in text for line in read_passages(text).lines)
