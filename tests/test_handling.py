import pytest

from ptmreuse.embedded.handling import handled


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("It was pretrained on photographs.", {"loaded"}),
        ("We began from the released checkpoint.", {"loaded"}),
        ("The COCO weights were kept.", {"loaded"}),
        ("initialised with ImageNet weights", {"loaded"}),
        ("initialised with random numbers", set()),
        ("It was fine-tuned.", {"changed"}),
        ("We fine tuned the last layer.", {"changed"}),
        ("Its embeddings were clustered.", {"features"}),
        ("activations of the penultimate layer", {"features"}),
        ("It was learned from scratch.", {"anew"}),
        ("Weights were drawn at random.", {"anew"}),
        ("We re-implemented it.", {"anew"}),
        ("It was used as distributed.", {"untouched"}),
        ("The cyto2 model with default diameter", {"untouched"}),
        ("It ran without any retraining.", {"untouched"}),
        ("The network was trained for 50 epochs.", {"trained"}),
        ("Rats were kept in cages.", set()),
    ],
)
def test_each_way_has_its_phrases(text: str, ways: set[str]) -> None:
    found = set(handled(text, ""))
    assert ways <= found, found
    assert ways or not found


def test_names_carry_the_prefix() -> None:
    assert handled("from scratch", "close_to_be_") == {"close_to_be_anew": 1.0}
