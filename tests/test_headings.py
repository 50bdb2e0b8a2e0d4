"""What the measures are called."""

import pytest

from ptmreuse.evaluation.headings import words


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("n", "cases"),
        ("f1", "F1"),
        ("micro_f1", "micro F1"),
        ("balanced_accuracy", "balanced accuracy"),
        ("kappa", "Cohen's κ"),
        ("family_macro_recall", "macro recall, by family"),
        ("rightly_named_n", "cases, on rightly named models"),
        ("rightly_named_macro_f1", "macro F1, on rightly named models"),
    ],
)
def test_words(name: str, heading: str) -> None:
    assert words(name) == heading
