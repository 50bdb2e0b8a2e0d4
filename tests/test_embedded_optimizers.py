"""DSPy's own optimizers on the embedded LM: those that choose demos work, those that write instructions are refused."""

from pathlib import Path
from typing import Any

import dspy
import pytest
from dspy.utils.exceptions import LMUnsupportedFeatureError
from prompts import MAIN, demo, passages, predictor, quotes, shown

from program.answers import STAGES
from ptmreuse.examples import as_demo, stage_examples, trainset
from ptmreuse.lm import LMChoice

PAPERS = Path(__file__).parent.parent / "trainsets" / "papers.jsonl"
HANDFUL = 6
THINGS = ("roots", "fungi", "moths", "grains", "ears", "petals", "stems", "leaves", "spores", "husks", "weeds", "seeds")


@pytest.fixture(scope="module", params=STAGES)
def stage(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture(scope="module")
def handful(stage: str) -> list[dspy.Example]:
    """Some examples of a stage from the project's training papers, those of the yes/no stages of both kinds."""
    given = [as_demo(example) for example in stage_examples(stage, trainset(PAPERS))]
    value = MAIN[stage]
    if stage in ("uses_deep_learning", "reuses_ptm"):
        return [e for kind in (True, False) for e in [e for e in given if e[value] is kind][: HANDFUL // 2]]
    return given[:HANDFUL]


def agrees(example: dspy.Example, prediction: Any, trace: Any = None) -> bool:
    """Whether a stage's answer is the labelled one."""
    del trace
    found = next(stage for stage, field in MAIN.items() if field in prediction)
    return bool(shown(found, example) == shown(found, prediction))


def answers(stage: str, module: Any, example: dspy.Example) -> Any:
    """The answer to an example, which must be typed and quote the passages."""
    prediction = module(**example.inputs())
    assert all(quote in example.passages for quote in quotes(stage, prediction))
    return shown(stage, prediction)


def test_labelled_demos_are_learned(stage: str, handful: list[dspy.Example]) -> None:
    with dspy.context(lm=LMChoice().build()):
        compiled = dspy.LabeledFewShot(k=4).compile(predictor(stage), trainset=handful)
        assert len(compiled.predict.demos) == 4
        for example in handful:
            assert answers(stage, compiled, example) is not None


def test_bootstrapped_demos_are_its_own_right_answers(stage: str, handful: list[dspy.Example]) -> None:
    with dspy.context(lm=LMChoice().build()):
        optimizer = dspy.BootstrapFewShot(metric=agrees, max_bootstrapped_demos=3, max_labeled_demos=5)
        compiled = optimizer.compile(predictor(stage), trainset=handful)
        own = [each for each in compiled.predict.demos if each.get("augmented")]
        labelled = {example.passages: example for example in handful}
        assert 0 < len(own) < len(compiled.predict.demos) <= 5
        assert all(agrees(labelled[each.passages], each) for each in own)
        for example in handful:
            assert answers(stage, compiled, example) is not None


RAN = "Images of {} were segmented with Cellpose 2.0 and the cells were counted."
TRAINED = "We trained a convolutional neural network of our own on images of {}."


def told(things: tuple[str, ...], **labels: bool) -> list[dspy.Example]:
    """Examples about things: of a tool that was run and of a network that was trained, labelled as given."""
    examples = []
    for text, value in ((RAN, labels["ran"]), (TRAINED, labels["trained"])):
        for thing in things:
            answer = {"uses_deep_learning": value, "evidence": text.format(thing) if value else "none"}
            examples.append(demo("uses_deep_learning", passages(text.format(thing)), answer))
    return examples


@pytest.mark.parametrize(
    ("labels", "before"),
    [({"ran": True, "trained": True}, 16), ({"ran": False, "trained": True}, 8), ({"ran": False, "trained": False}, 0)],
    ids=["as without demos", "tools do not count", "nothing counts"],
)
def test_random_search_follows_the_labels(labels: dict[str, bool], before: int) -> None:
    """Labels by another codebook than ours: the best demos teach it, and what was right already stays right."""
    train, val = told(THINGS[:4], **labels), told(THINGS[4:], **labels)
    optimizer = dspy.BootstrapFewShotWithRandomSearch(
        metric=agrees, max_bootstrapped_demos=2, max_labeled_demos=4, num_candidate_programs=3, num_threads=1
    )

    def score(module: Any) -> int:
        return sum(agrees(example, module(**example.inputs())) for example in val)

    with dspy.context(lm=LMChoice().build()):
        assert score(predictor("uses_deep_learning")) == before
        assert score(optimizer.compile(predictor("uses_deep_learning"), trainset=train, valset=val)) == len(val)


def test_an_optimizer_that_writes_instructions_is_refused(stage: str, handful: list[dspy.Example]) -> None:
    lm = LMChoice().build()
    optimizer = dspy.COPRO(prompt_model=lm, metric=agrees, breadth=2, depth=1)
    with dspy.context(lm=lm), pytest.raises(LMUnsupportedFeatureError, match="the five stages of ptm-reuse") as caught:
        optimizer.compile(predictor(stage), trainset=handful, eval_kwargs={"num_threads": 1})
    assert "proposed_instruction" in str(caught.value)
