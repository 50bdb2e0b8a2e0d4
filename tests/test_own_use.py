"""Which sentences say that the authors did it themselves."""

import pytest
from prompts import passages

from ptmreuse.embedded import own_use
from ptmreuse.embedded.reading import Line, read_passages


def line(text: str, kind: str = "methods") -> Line:
    (found,) = read_passages(passages(text, kind=kind)).lines
    return found


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ("We trained a U-Net on images of roots.", "U-Net has been proposed for images of cells."),
        ("We fine-tuned ResNet-50 pre-trained on ImageNet.", "ResNet-50 may be useful in future work."),
        ("Structures were predicted with AlphaFold 2.", "AlphaFold 2 is a recent breakthrough (Muster et al. 2021)."),
        ("Our convolutional neural network was trained for 50 epochs.", "Deep learning has been widely used."),
    ],
)
def test_own_work_scores_above_that_of_others(own: str, others: str) -> None:
    assert own_use.score(line(own)) > own_use.score(line(others, "introduction"))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("We trained a U-Net.", True),
        ("Structures were predicted with AlphaFold 2.", True),
        ("Deep learning could help.", True),
        ("The convolutional neural network has two hidden layers.", True),
        ("Means were compared by analysis of variance.", False),
        ("Signal peptides were predicted with SignalP 4.1.", False),
        ("The field was sown in May.", False),
    ],
)
def test_what_is_about_deep_learning(text: str, about: bool) -> None:
    assert own_use.is_about_deep(line(text)) is about


def test_sentences_about_deep_learning_are_ranked_best_first() -> None:
    told = ("Leaves were cut.", "Deep learning could help in future.", "We trained a U-Net on images of leaves.")
    ranked = own_use.ranked(read_passages(passages(*told)))
    assert [each.text for _, each in ranked] == [told[2], told[1]]
    assert [score for score, _ in ranked] == sorted((score for score, _ in ranked), reverse=True)


def test_nothing_is_ranked_where_nothing_is_about_it() -> None:
    assert own_use.ranked(read_passages("")) == []
    assert own_use.ranked(read_passages(passages("Leaves were cut."))) == []


@pytest.mark.parametrize("kind", ["methods", "introduction", "discussion"])
def test_features_hold_the_section_and_the_cues(kind: str) -> None:
    features = own_use.features(line("We used a U-Net, as in Muster et al. 2019.", kind))
    assert features[f"in_{kind}"] == features["we"] == features["use"] == features["names_deep"] == 1.0
    assert features["cited"] == features["own_named"] == features["bias"] == 1.0
    assert features["names_shallow"] == features["names_many"] == 0.0
