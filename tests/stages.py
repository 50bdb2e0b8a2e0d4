"""What the tests of the five stages share: one paper, and a stage asked about it with a scripted LM."""

import os
from pathlib import Path
from types import ModuleType

import dspy
import pytest
from scripted import Reply, scripted, shown

from program import gate
from program.answers import STAGES, Answer
from program.evidence import Evidence
from program.paper import Paper, Paragraph
from program.passages import choose
from program.pipeline import Pipeline, Question, ask

GOOD = "We trained a U-Net on our own photographs of leaves."
ALSO = "ResNet-50, pre-trained on ImageNet, was fine-tuned for the stems."
BAD = "We photographed a U-Net on its leaves."
MODELS = ["U-Net", "ResNet-50"]
PAPER = Paper(
    "leaves.xml",
    "Counting leaves",
    (
        Paragraph("Leaves were counted by hand before.", "introduction", "Introduction", "/article/body/sec[1]/p[1]"),
        Paragraph(f"{GOOD} {ALSO}", "methods", "Methods > Networks", "/article/body/sec[2]/p[1]"),
    ),
    year=2021,
)
SNAPSHOTS = Path(__file__).parent / "snapshots"


def asked(module: ModuleType, *replies: Reply) -> tuple[Answer, list[str]]:
    """The gated answer of a stage to the first reply, and the prompts."""
    given = [list(MODELS)] if module.STAGE in ("reuse_pattern", "science_step") else []
    passages = choose(PAPER, MODELS if given else ())
    lm, engine = scripted(*replies)
    with dspy.context(lm=lm):
        prediction = Pipeline().reply(Question(module.STAGE, module.inputs(PAPER, passages, *given)))
    assert engine.replies == []
    return module.answer(prediction, PAPER, *given), [shown(prompt) for prompt in engine.prompts]


def again(stem: str, first: Reply, second: Reply) -> tuple[str, list[tuple[str, str, str]]]:
    """What comes of a stage whose first reply has a quote that is not in the paper: it is asked once more."""
    lm, engine = scripted(first, second)
    pipeline = Pipeline()
    asking = ask(PAPER, (stem,), known_before(stem))
    questions = [next(asking)]
    with dspy.context(lm=lm), pytest.raises(StopIteration) as done:
        while True:
            questions.append(asking.send(pipeline.reply(questions[-1])))
    assert [(question.stage, question.again) for question in questions] == [(stem, False), (stem, True)]
    before, after = (shown(prompt) for prompt in engine.prompts)
    reminder = set(after.splitlines()) - set(before.splitlines())
    assert len(reminder) == 1
    assert "a quote that is not in these passages" in reminder.pop()
    answer = done.value.value[-1]
    assert answer.stage == stem
    return answer.value, told(answer)


def known_before(stem: str) -> dict[str, Answer]:
    """The answers that the stages before this one must have."""
    found = gate.finding("", "", GOOD, PAPER)
    models = tuple(gate.finding(model, model, quote, PAPER) for model, quote in zip(MODELS, (GOOD, ALSO), strict=True))
    answers = [Answer(stage, "yes", models if stage == "names_ptms" else (found,)) for stage in STAGES[:3]]
    return {answer.stage: answer for answer in answers if STAGES.index(answer.stage) < STAGES.index(stem)}


def told(answer: Answer) -> list[tuple[str, str, str]]:
    """Model, value, and the quote or the reason why there is none."""
    return [(f.model, f.value, f.evidence.quote if f.evidence else f.reason) for f in answer.findings]


def stands(evidence: Evidence | None) -> bool:
    """Whether a quote stands where its evidence says."""
    if evidence is None:
        return False
    at = [p for p in PAPER.paragraphs if p.place == evidence.place]
    return [p.text[evidence.start : evidence.end] for p in at] == [evidence.quote]


def outputs(signature: type[dspy.Signature]) -> dict[str, object]:
    """The output fields of a signature with their types."""
    return {name: field.annotation for name, field in signature.output_fields.items()}


def check_snapshot(stem: str, prompt: str) -> None:
    """The prompt is the stored one, byte for byte; with PTMREUSE_RENEW=1 in the environment it is stored anew."""
    path = SNAPSHOTS / f"{stem}.txt"
    if os.environ.get("PTMREUSE_RENEW"):
        path.write_bytes(prompt.encode())
    stored = path.read_bytes().decode() if path.exists() else ""
    if prompt != stored:
        pytest.fail(
            f"the prompt of {stem} is not that of tests/snapshots/{stem}.txt; if it should have changed, renew it:\n"
            f"    PTMREUSE_RENEW=1 python -m pytest tests/test_{stem}.py\n"
            f"read the difference (git diff tests/snapshots), and compile the program again.\n\n{prompt}"
        )
