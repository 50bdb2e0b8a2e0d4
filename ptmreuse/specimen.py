"""A synthetic paper, written for checking an LM: short, with one model, and with the answers that it should get."""

from program.answers import STAGES, Answer, Finding
from program.evidence import Evidence, locate
from program.paper import Paper, Paragraph

MODEL = "ResNet-50"

_USE = (
    "We loaded ResNet-50 with weights pre-trained on ImageNet and fine-tuned it on 4,200 photographs of leaves to tell"
    " rust from mildew."
)
_RESULT = "On 600 photographs that were held out, the fine-tuned ResNet-50 was right in 91 per cent."

SPECIMEN = Paper(
    source="specimen",
    title="A synthetic paper for checking language models: rust and mildew on leaves",
    paragraphs=(
        Paragraph(
            "This text is synthetic. It was written to check a language model and reports no research.",
            "abstract",
            "Abstract",
            "line 1",
        ),
        Paragraph(f"Leaves were photographed in two fields. {_USE}", "methods", "Methods", "line 2"),
        Paragraph(f"{_RESULT} Rust was found in the wetter field more often.", "results", "Results", "line 3"),
    ),
    year=2022,
)


def _evidence(quote: str) -> Evidence:
    found = locate(quote, SPECIMEN)
    assert found, quote  # noqa: S101 - it stands above
    return found


def _expected(stage: str, model: str, value: str) -> Answer:
    return Answer(stage, "yes", (Finding(model, value, _evidence(_USE)),))


# The right answers by stage; those of earlier stages are given when a later one is asked.
EXPECTED: dict[str, Answer] = {
    stage: _expected(stage, *told)
    for stage, told in zip(
        STAGES, (("", ""), ("", ""), (MODEL, MODEL), (MODEL, "adaptation"), (MODEL, "test")), strict=True
    )
}


def before(stage: str) -> dict[str, Answer]:
    """The right answers of the stages that come before one."""
    return {name: EXPECTED[name] for name in STAGES[: STAGES.index(stage)]}


def is_right(answer: Answer) -> bool:
    """Whether an answer about the specimen is the right one: its truth, its model, its pattern or step."""

    def told(given: Answer) -> set[tuple[str, str]]:
        values = {(f.model, f.value) for f in given.resolved}
        return {(model, "") for model, _ in values} if given.stage == "names_ptms" else values

    return answer.value == "yes" and told(answer) == told(EXPECTED[answer.stage])
