"""Lines joined to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptmreuse.corpus.joining import join_lines, tidy, vocabulary


@pytest.mark.parametrize(
    ("lines", "seen", "joined"),
    [
        (["a seg-", "mentation"], "", "a segmentation"),
        (["a U-", "Net"], "", "a U-Net"),
        (["ResNet-", "50 was"], "", "ResNet-50 was"),
        (["covid-", "19"], "", "covid-19"),
        (["Alpha-", "Fold"], "AlphaFold is", "AlphaFold"),
        (["a fine-", "tuned model"], "fine-tuned", "a fine-tuned model"),
        (["a fine-", "tuned model"], "fine finetuned", "a finetuned model"),
        (["self-", "supervised"], "", "self-supervised"),
        (["left –", "right"], "", "left – right"),
        (["https://example.org/a-", "b"], "", "https://example.org/a-b"),
        (["https://example.org/", "code of ours"], "", "https://example.org/code of ours"),
        (["see https://example.org.", "Then"], "", "see https://example.org. Then"),
        (["", "one", "", "two"], "", "one two"),
    ],
)
def test_a_hyphen_at_a_line_end_stays_where_the_word_has_one(lines: list[str], seen: str, joined: str) -> None:
    assert join_lines(lines, vocabulary([seen])) == joined


def test_ligatures_soft_hyphens_and_controls_are_spelled_out_or_gone() -> None:
    assert tidy(" e\ufb03cient  con\u00advolution\u00a0of\x0c ﬁlters\ufffe ") == "efficient convolution of filters"


def test_the_halves_at_line_ends_are_no_words() -> None:
    assert "segm" not in vocabulary(["a segm-"])
    assert {"pre-trained", "pre", "trained"} <= vocabulary(["a Pre-trained model"])


@given(st.text(alphabet=st.characters()))
def test_tidying_twice_changes_nothing_and_gives_utf_8(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    once.encode()
