"""Sentences with their offsets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from program.sentences import split


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("   \n", []),
        ("One sentence", ["One sentence"]),
        ("One. Two.", ["One.", "Two."]),
        ("Is it? Yes! It is.", ["Is it?", "Yes!", "It is."]),
        ("  One.   Two.  ", ["One.", "Two."]),
        ("It was 3.5 cm. Then 4.2 cm.", ["It was 3.5 cm.", "Then 4.2 cm."]),
        ("By Doe et al. They ran it.", ["By Doe et al. They ran it."]),
        ("See Fig. 3 and Ref. 4. Then go.", ["See Fig. 3 and Ref. 4.", "Then go."]),
        ("With tools, e.g. BLAST, i.e. The tool. End.", ["With tools, e.g. BLAST, i.e. The tool.", "End."]),
        ("J. R. Doe wrote. A. Roe read.", ["J. R. Doe wrote.", "A. Roe read."]),
        ("SignalP v. 5 was run. Then more.", ["SignalP v. 5 was run.", "Then more."]),
        ("We did (Fig. 2). Next we saw.", ["We did (Fig. 2).", "Next we saw."]),
        ("We did it.[12] Next we saw.", ["We did it.[12]", "Next we saw."]),
        ("We did it. [12] Next we saw.", ["We did it. [12]", "Next we saw."]),
        ("He said “yes.” Then he left.", ["He said “yes.”", "Then he left."]),
        ("It ended. α-Helices are shown.", ["It ended.", "α-Helices are shown."]),
        ("ends here. but goes on small", ["ends here. but goes on small"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [sentence.text for sentence in split(text)] == sentences


@settings(deadline=None)
@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(["One.", " ", "et al.", "[1]", "(A", "B)", "?", "\n", "x"])).map("".join)
    )
)
def test_sentences_cover_the_text_in_order_but_for_white_space(text: str) -> None:
    end = 0
    for sentence in split(text):
        assert text[end : sentence.start].strip() == ""
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
        end = sentence.end
    assert text[end:].strip() == ""
