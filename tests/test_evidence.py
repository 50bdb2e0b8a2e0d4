"""The evidence gate: which quotes count, and that place and offsets point at what is stored."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from program.evidence import FUZZY_SECONDS, MIN_QUOTE, Evidence, locate, squeeze
from program.paper import Paper, Paragraph
from signatures.labels import MAX_QUOTE

TITLE = "Counting the seeds of barley with a residual network"
FIRST = "Seeds were photographed on white paper, and each photograph was cut into tiles of 256 pixels."
SECOND = "We fine-tuned ResNet-50 for 30 epochs on our own tiles and did not use any other “published” model."
THIRD = "The classiﬁer reached an accuracy of 93.5 % in Zürich — better than we had ever expected of it — in 2021."
PAPER = Paper(
    "seeds.xml",
    TITLE,
    (
        Paragraph(FIRST, "methods", "Methods > Images", "/article/body/sec[1]/p[1]"),
        Paragraph(SECOND, "methods", "Methods > Training", "/article/body/sec[1]/p[2]"),
        Paragraph(THIRD, "results", "", "/article/body/sec[2]/p[1]"),
    ),
)


def paper_of(text: str) -> Paper:
    return Paper("a.txt", "A title", (Paragraph(text, "methods", "Methods", "line 1"),))


def stands(evidence: Evidence, paper: Paper) -> bool:
    """Whether place and offsets point at exactly the quote."""
    at = [p for p in paper.paragraphs if (p.section, p.place) == (evidence.section, evidence.place)]
    return len(at) == 1 and at[0].text[evidence.start : evidence.end] == evidence.quote


@pytest.mark.parametrize(
    ("quote", "stored"),
    [
        ("We fine-tuned ResNet-50 for 30 epochs", "We fine-tuned ResNet-50 for 30 epochs"),
        ('"We fine-tuned ResNet-50 for 30 epochs"', "We fine-tuned ResNet-50 for 30 epochs"),
        (" “We fine-tuned ResNet-50 for 30 epochs” ", "We fine-tuned ResNet-50 for 30 epochs"),
        ("We  fine-tuned\n\tResNet-50\u00a0for 30 epochs", "We fine-tuned ResNet-50 for 30 epochs"),
        ("We fine‑tuned ResNet–50 for 30 epochs", "We fine-tuned ResNet-50 for 30 epochs"),
        ("We fine−tuned ResNet—50 for 30 epochs", "We fine-tuned ResNet-50 for 30 epochs"),
        ('did not use any other "published" model', "did not use any other “published” model"),
        ("did not use any other „published“ model", "did not use any other “published” model"),
        ("The classifier reached an accuracy", "The classiﬁer reached an accuracy"),
        ("each photo\u00adgraph was cut into tiles", "each photograph was cut into tiles"),
        ("each photo\u200bgraph was\u2060 cut \ufeffinto tiles", "each photograph was cut into tiles"),
        ("an accuracy of 93.5% in Zu\u0308rich", "an accuracy of 93.5 % in Zürich"),
        ("in Zürich - better than we had", "in Zürich — better than we had"),
        ("Seeds were photographed ... was cut into tiles of 256 pixels", "was cut into tiles of 256 pixels"),
        ("Seeds were photographed on white paper, and […] tiles", "Seeds were photographed on white paper, and"),
        ("… on our own tiles and did not use", "on our own tiles and did not use"),
        (
            "We fine-tuned ResNet-50 for 30 epocs on our own tiles",
            "We fine-tuned ResNet-50 for 30 epochs on our own tiles",
        ),
    ],
)
def test_a_quote_that_is_there_counts_and_the_papers_text_is_stored(quote: str, stored: str) -> None:
    found = locate(quote, PAPER)
    assert found is not None
    assert found.quote == stored
    assert stands(found, PAPER)


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "none",
        "...",
        "ResNet-50",
        "30 epochs",
        TITLE,
        "Counting the seeds of barley with",
        "We trained a network from scratch on other data",
        "We fine-tuned ResNet-50 for 40 epochs on our own tiles",
        "We fine-tuned ResNet-50 for 300 epochs on our own tiles",
        "We fine-tuned ResNet-101 for 30 epochs on our own tiles",
        "We fine-tuned ResNet for 30 epochs on our own tiles",
        "We fine-tuned ResNet-50 for 30 epochs on our own tiles and did use any other “published” model",
        "We never fine-tuned ResNet-50 for 30 epochs on our own tiles",
        "We couldn't fine-tune ResNet-50 for 30 epochs on our own tiles and did not use any other “published” model",
        "an accuracy of 95.5 % in Zürich",
        "an accuracy of 93.6 % in Zürich — better than we had ever expected of it",
        "each photograf was cut into tiles of 25",
        "each photograf was cut into tiles of 2560",
        # from two paragraphs
        "tiles of 256 pixels. We fine-tuned ResNet-50 for 30 epochs",
    ],
)
def test_a_quote_that_is_not_there_does_not_count(quote: str) -> None:
    assert locate(quote, PAPER) is None


def test_a_quote_is_found_where_it_first_stands() -> None:
    twice = paper_of("We used the U-Net of others. Then again: We used the U-Net of others.")
    found = locate("We used the U-Net of others.", twice)
    assert found is not None
    assert (found.start, found.end) == (0, 28)


def test_a_title_is_no_evidence_even_nearly() -> None:
    assert locate(TITLE.replace("a residual", "the residual"), PAPER) is None


def test_a_long_quote_is_cut_at_a_space() -> None:
    text = "We ran the network on every image of the archive and wrote down what it saw in it, " * 10
    found = locate(text, paper_of(text))
    assert found is not None
    assert MAX_QUOTE - 20 < len(found.quote) <= MAX_QUOTE
    assert text[found.end] == " "
    assert stands(found, paper_of(text))


def test_where_it_stands_in_one_line() -> None:
    found = locate("Seeds were photographed", PAPER)
    assert found is not None
    assert found.where == "Methods > Images · /article/body/sec[1]/p[1] · 0-23"
    assert Evidence("a", "", "line 3", 0, 1).where == "line 3 · 0-1"


def test_an_empty_paper_has_no_evidence() -> None:
    assert locate("We fine-tuned ResNet-50", Paper("a", "t", ())) is None


def test_a_quote_that_is_nowhere_takes_little_time() -> None:
    text = "We ran the network on every image of the archive and wrote down what it saw in it. " * 300
    paper = Paper("a", "t", tuple(Paragraph(f"{n} {text}", "methods", "", f"line {n}") for n in range(100)))
    started = time.perf_counter()
    assert locate("Nothing of this kind has ever been written " * 7, paper) is None
    assert time.perf_counter() - started < FUZZY_SECONDS + 8


TEXT = st.text(st.sampled_from("abcdefgABC 0123456789.,-–“”'’ﬁﬂäé\u00ad\u200b()%µ²\n\t"), min_size=20, max_size=200)


@settings(deadline=None)
@given(TEXT, st.data())
def test_any_long_enough_piece_of_a_paragraph_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    assume("..." not in quote and len(squeeze(quote.strip().strip('"“”'))) >= MIN_QUOTE)
    paper = paper_of(text)
    found = locate(quote, paper)
    assert found is not None
    assert stands(found, paper)
    assert squeeze(found.quote) == squeeze(quote.strip().strip('"“”'))[: len(squeeze(found.quote))]


TYPESET = {
    " ": ["\u00a0", "\n", "  ", "\u2009"],
    "-": ["‐", "‑", "–", "—", "−", "\u00ad-"],
    "'": ["’", "‘", "`", "′"],
    '"': ["“", "”", "„", "«"],
    "fi": ["ﬁ", "f\u200bi"],
    "fl": ["ﬂ", "f\u00adl"],
    "ü": ["u\u0308", "\u00adü"],
    "e": ["e", "\u2060e", "\ufeffe"],
}
PLAIN = (
    """The "final" flow-cell was re-fitted in the office's field, and its profile (a 5-fold one) was "fine" für alle."""
)


@settings(deadline=None)
@given(st.data())
def test_typesetting_is_never_a_miss(data: st.DataObject) -> None:
    """Whichever side has the finer typography, and wherever the quote begins."""

    def typeset(text: str) -> str:
        for plain, others in TYPESET.items():
            parts = text.split(plain)
            glue = data.draw(st.lists(st.sampled_from([plain, *others]), min_size=len(parts), max_size=len(parts)))
            text = "".join(part + join for part, join in zip(parts, [*glue[1:], ""], strict=True))
        return text

    start = data.draw(st.integers(0, 60))
    quote = PLAIN[start : start + data.draw(st.integers(25, 50))]
    paper = paper_of(f"Before. {typeset(PLAIN)} After.")
    found = locate(typeset(quote), paper)
    assert found is not None
    assert stands(found, paper)
    assert squeeze(quote.strip(' "')) in squeeze(found.quote)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_quote_is_answered(quote: str) -> None:
    found = locate(quote, PAPER)
    assert found is None or stands(found, PAPER)


@settings(deadline=None)
@given(st.text(max_size=100), st.text(max_size=100))
def test_squeezing_is_done_character_by_character(first: str, second: str) -> None:
    assert squeeze(first + second) == squeeze(first) + squeeze(second)
    assert squeeze(squeeze(first)) == squeeze(first)
