"""The models that a text may be reusing, known and unknown."""

import time

import pytest
from prompts import passages

from ptmreuse.embedded.candidates import candidates
from ptmreuse.embedded.reading import read_passages


def named(*texts: str) -> dict[str, bool]:
    """Each candidate, and whether it is in the catalogue."""
    return {each.name: each.entry is not None for each in candidates(read_passages(passages(*texts), 2022))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We trained a U-Net and a ResNet-50.", {"U-Net": True, "ResNet-50": True}),
        ("Signal peptides were predicted with SignalP 4.1.", {}),
        ("Structures were predicted with AlphaFold v2.1.", {"AlphaFold 2": True}),
        ("We used the deep learning tool LeafSeeker to count them.", {"LeafSeeker": False}),
        ("The LeafSeeker neural network was trained.", {"LeafSeeker": False}),
        ("A neural network, LeafSeeker [12], was run.", {"LeafSeeker": False}),
        ("The deep learning framework PyTorch was used.", {}),
        ("A CNN model and an LSTM network were trained by deep learning.", {}),
        ("The software LeafSeeker counted the leaves by hand.", {}),
        ("We used the U-Net model.", {"U-Net": True}),
        ("Deep learning could help.", {}),
    ],
)
def test_candidates(text: str, expected: dict[str, bool]) -> None:
    assert named(text) == expected


def test_they_come_in_order_with_all_their_sentences() -> None:
    told = ("A ResNet-50 was trained.", "A U-Net was run on ResNet-50 features.", "Leaves were cut.")
    found = candidates(read_passages(passages(*told)))
    assert [(each.name, [line.text for line, _, _ in each.lines]) for each in found] == [
        ("ResNet-50", [told[0], told[1]]),
        ("U-Net", [told[1]]),
    ]
    assert all(line.text[start:end] == each.name for each in found for line, start, end in each.lines)


def test_the_best_sentence_tells_most_of_own_use() -> None:
    told = ("Recent reviews praise U-Net (Muster et al. 2019).", "We trained a U-Net on our images.")
    (found,) = candidates(read_passages(passages(*told)))
    assert found.best[0].text == told[1]


@pytest.mark.parametrize("name", ["A1-", "Ab-1", "ResNet-", "aB", "A", "Aa1", "x", "AlphaFold ", "U-Net, "])
def test_a_chain_of_names_without_end_takes_no_time(name: str) -> None:
    text = f"We used deep learning and {name * (60_000 // len(name))}"
    reading = read_passages(text)
    began = time.process_time()
    found = candidates(reading)
    assert time.process_time() - began < 1
    assert all(len(each.name) < 300 for each in found)
