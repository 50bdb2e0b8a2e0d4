"""Stage-shaped examples: which papers a stage is asked about, its true answers, and what a demo carries."""

import json
from pathlib import Path
from typing import Any

import dspy
import pytest
from papers import PREDICTED, TUNED, paper
from scripted import scripted, shown

from program.answers import STAGES
from program.pipeline import Pipeline, ask
from ptmreuse.examples import LabelledModel, LabelledPaper, as_demo, can_be_demo, stage_examples, trainset
from signatures.labels import ModelPattern, ModelStep, PTMMention

LABELLED = Path(__file__).parent.parent / "trainsets" / "papers.jsonl"
NET = "A network of seven convolutional layers was trained from scratch on photographs of leaves."
RESNET = LabelledModel("ResNet50", "ResNet-50", ("adaptation",), "test", (TUNED,))
ALPHAFOLD = LabelledModel("AlphaFold 2", "AlphaFold 2", ("deployment",), "hypothesis", (PREDICTED,), optional=True)
NEITHER = LabelledPaper(paper(source="neither"), False, False, (), ())
DEEP = LabelledPaper(paper(NET, source="deep"), True, False, (), (NET,))
REUSE = LabelledPaper(paper(TUNED, PREDICTED, source="reuse"), True, True, (RESNET, ALPHAFOLD), (TUNED,))
PAPERS = [NEITHER, DEEP, REUSE]


@pytest.mark.parametrize(
    ("stage", "asked"),
    list(zip(STAGES, [["neither", "deep", "reuse"], ["deep", "reuse"], *[["reuse"]] * 3], strict=True)),
)
def test_a_stage_is_asked_about_the_papers_that_reach_it(stage: str, asked: list[str]) -> None:
    assert [example.paper_id for example in stage_examples(stage, PAPERS)] == asked


def test_the_answers_are_typed_as_in_the_signatures() -> None:
    names, both = ["ResNet-50", "AlphaFold 2"], (TUNED, PREDICTED)
    assert answers("uses_deep_learning") == {"uses_deep_learning": True, "evidence": TUNED}
    assert answers("reuses_ptm") == {"reuses_ptm": True, "evidence": TUNED}
    assert answers("names_ptms") == {"ptms": [PTMMention(mention="ResNet-50", evidence=TUNED)]}
    patterns = zip(names, ("adaptation", "deployment"), both, strict=True)
    steps = zip(names, ("test", "hypothesis"), both, strict=True)
    assert answers("reuse_pattern") == {
        "patterns": [ModelPattern.model_validate({"model": m, "pattern": p, "evidence": e}) for m, p, e in patterns]
    }
    assert answers("science_step") == {
        "steps": [ModelStep.model_validate({"model": m, "step": s, "evidence": e}) for m, s, e in steps]
    }
    assert stage_examples("uses_deep_learning", [NEITHER])[0].evidence == "none"
    assert stage_examples("reuses_ptm", [DEEP])[0].evidence == "none"


def answers(stage: str) -> dict[str, Any]:
    (example,) = stage_examples(stage, [REUSE])
    return {name: example[name] for name in getattr(Pipeline(), stage).predict.signature.output_fields}


@pytest.mark.parametrize("stage", STAGES)
def test_the_inputs_are_what_the_program_asks_with(stage: str) -> None:
    (example,) = stage_examples(stage, [REUSE])
    labels = {s: stage_examples(s, [REUSE])[0].labels() for s in STAGES}
    asking = ask(REUSE.paper)
    question = next(asking)
    while question.stage != stage:
        reply = dspy.Prediction(**labels[question.stage])
        if question.stage == "names_ptms":  # the optional model is asked about as well
            reply.ptms = [*reply.ptms, PTMMention(mention="AlphaFold 2", evidence=PREDICTED)]
        question = asking.send(reply)
    assert example.inputs().toDict() == question.inputs


@pytest.mark.parametrize("stage", STAGES)
def test_a_demo_shows_nothing_but_the_signature_and_saves_without_the_paper(stage: str) -> None:
    example = stage_examples(stage, [REUSE])[0]
    predictor = getattr(Pipeline(), stage).predict
    prompts = []
    for demo in (example, as_demo(example)):
        predictor.demos = [demo]
        lm, engine = scripted(example.labels().without("labelled", "paper_id").toDict() | answers_as_text(stage))
        with dspy.context(lm=lm):
            predictor(**example.inputs())
        prompts.append(shown(engine.prompts[0]))
    assert prompts[0] == prompts[1]
    assert "LabelledPaper" not in prompts[0]
    assert "paper_id" not in prompts[0]
    (saved,) = json.loads(json.dumps(predictor.dump_state()))["demos"]
    assert saved.keys() == {*predictor.signature.fields, "paper_id"}
    assert example.labelled is REUSE


def answers_as_text(stage: str) -> dict[str, Any]:
    given = answers(stage)
    return {n: [item.model_dump() for item in v] if isinstance(v, list) else v for n, v in given.items()}


def test_evidence_that_the_passages_leave_out_is_another_quote_or_no_demo() -> None:
    filler = [f"{TUNED[:-1]} of field {n}." for n in range(400)]
    hidden = "Late in autumn the harvest was weighed."
    long = paper(hidden, *filler, source="long")
    seen = LabelledModel("ResNet-50", "ResNet-50", ("adaptation",), "test", (filler[0], filler[0], hidden))
    unseen = LabelledModel("ResNet-50", "ResNet-50", ("adaptation",), "test", (hidden,))
    for stage, model, quote in (("science_step", seen, filler[0]), ("science_step", unseen, hidden)):
        (example,) = stage_examples(stage, [LabelledPaper(long, True, True, (model,), (hidden,))])
        assert example.steps[0].evidence == quote
        assert can_be_demo(example) is (quote != hidden)


def test_an_example_without_quotes_is_no_demo() -> None:
    bare = LabelledModel("ResNet-50", "ResNet-50", ("adaptation",), "test", ())
    unquoted = LabelledPaper(paper(TUNED), True, True, (bare,), ())
    for stage in STAGES:
        assert not can_be_demo(stage_examples(stage, [unquoted])[0])
    assert can_be_demo(stage_examples("uses_deep_learning", [NEITHER])[0])


def test_examples_of_the_project_can_nearly_all_be_demos() -> None:
    papers = trainset(LABELLED, "train")
    for stage in STAGES:
        examples = stage_examples(stage, papers)
        assert sum(map(can_be_demo, examples)) >= 0.97 * len(examples), stage
