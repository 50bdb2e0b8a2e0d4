"""The words by which passages are chosen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from program import catalogue
from program.cues import NAMES, cues, may_trigger


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("We trained a convolutional network.", "deep"),
        ("A deep-learning method.", "deep"),
        ("DEEP LEARNING", "deep"),
        ("two CNNs", "deep"),
        ("The batch size was 32.", "training"),
        ("weights pre-trained on ImageNet", "pretrained"),
        ("It was fine-tuned.", "finetune"),
        ("trained from scratch", "scratch"),
        ("our own network", "own_design"),
        ("inspired by others", "inspired"),
        ("We did", "we"),
        ("was not used", "negation"),
        ("could be", "outlook"),
        ("Others have been", "others"),
        ("a random forest", "shallow"),
        ("this review", "review"),
        ("the default settings", "asis"),
        ("the cryo-EM map", "images"),
        ("by text mining", "literature"),
    ],
)
def test_a_cue_is_found(sentence: str, cue: str) -> None:
    assert cue in cues(sentence)


@pytest.mark.parametrize(
    ("sentence", "cue"),
    [
        ("Deep water and slow learning.", "deep"),
        ("learning, deep", "deep"),
        ("The deep neck", "deep"),
        ("ganglia and vaes", "deep"),
        ("from the scratch on the skin", "scratch"),
        ("Web page", "we"),
        ("notable", "negation"),
        ("", "deep"),
    ],
)
def test_no_cue_without_its_whole_words_in_order(sentence: str, cue: str) -> None:
    assert cue not in cues(sentence)


def test_every_cue_of_a_sentence_has_a_name() -> None:
    assert cues("We fine-tuned a deep network that was not pre-trained") <= frozenset(NAMES)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["deep", "learning", "pre", "trained", "pre-trained", "Batch", "size", "we", "mice"])))
def test_a_text_with_a_telling_cue_is_never_refused(words: list[str]) -> None:
    text = " ".join(words)
    telling = {"deep", "pretrained", "training", "features"} & cues(text)
    assert not telling or may_trigger(catalogue.words(text))


def test_most_text_is_refused() -> None:
    assert not may_trigger(catalogue.words("Mice were kept in groups of five and fed twice a day."))
