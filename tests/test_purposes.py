import pytest

from ptmreuse.embedded.purposes import NAMES, counted, told


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        ("Crown mortality in pine stands seen by satellite", "nature"),
        ("Neurons of mice that had been injected", "treatment"),
        ("An automated framework for classification", "method"),
        ("It was docked into the density map and refined in Coot.", "measured"),
        ("The predicted interface suggested four mutants.", "proposal"),
        ("Discovery of inhibitors by virtual screening", "discovery"),
        ("It was the start of molecular dynamics.", "verdict"),
        ("Abstracts of PubMed were read by machine.", "reading"),
        ("Cartoon only, for orientation.", "picture"),
        ("The factsheets were drafted from the tables.", "report"),
    ],
)
def test_each_purpose_has_its_words(text: str, purpose: str) -> None:
    assert told(text, "")[purpose] == 1.0


def test_every_purpose_is_tried_above() -> None:
    marks = next(mark for mark in test_each_purpose_has_its_words.pytestmark if mark.name == "parametrize")
    assert {purpose for _, purpose in marks.args[1]} == set(NAMES)


def test_words_are_whole_words() -> None:
    assert "nature" not in told("Streets and seats", "")
    assert told("the sea", "title_on_") == {"title_on_nature": 1.0}


def test_more_words_count_for_more_but_ever_less() -> None:
    one, two, four = (counted("forest " * number, "")["nature"] for number in (1, 2, 4))
    assert 0 < one < two < four < 2 * two
    assert counted("", "a_") == {f"a_{name}": 0.0 for name in NAMES}
