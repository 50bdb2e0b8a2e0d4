"""Answers to labelled papers, put down briefly."""

from collections.abc import Sequence

from papers import PREDICTED, TUNED, paper

from program.answers import STAGES, Answer, Finding, no
from program.evidence import Evidence
from program.gate import NOT_FOUND, listed
from ptmreuse.labelled import LabelledModel, LabelledPaper

NET = "A network of seven convolutional layers was trained from scratch on photographs of leaves."
RESNET = LabelledModel("ResNet50", "ResNet-50", ("adaptation",), "test", (TUNED,))
UNET = LabelledModel("U-Net", "U-Net", ("conceptual", "adaptation"), "analysis", (TUNED,), also=("UNet++",))
ALPHAFOLD = LabelledModel("AlphaFold 2", "AlphaFold 2", ("deployment",), "hypothesis", (PREDICTED,), optional=True)
NEITHER = LabelledPaper(paper(source="neither"), False, False, (), ())
DEEP = LabelledPaper(paper(NET, source="deep"), True, False, (), (NET,))
REUSE = LabelledPaper(paper(TUNED, PREDICTED, source="reuse"), True, True, (RESNET, ALPHAFOLD), (TUNED,))
TWO = LabelledPaper(paper(TUNED, source="two"), True, True, (RESNET, UNET), (TUNED,))


def yes(stage: str, *found: tuple[str, str] | tuple[str, str, str], quote: str = TUNED) -> Answer:
    """A gated answer of (model, value); a third part is the reason why a finding has no evidence."""
    return listed(stage, tuple(_finding(quote, *each) for each in found or (("", ""),)))


def _finding(quote: str, model: str, value: str, reason: str = "") -> Finding:
    return Finding(model, value, None if reason else Evidence(quote, "Methods", "/*[1]", 0, len(quote)), reason)


def names(*models: str, lost: Sequence[str] = ()) -> Answer:
    """Stage 3's answer; the quotes of the `lost` models are not in the paper."""
    return yes(STAGES[2], *((m, m) for m in models), *((m, m, NOT_FOUND) for m in lost))


def chain(*answers: Answer) -> dict[str, Answer]:
    """Answers by stage, behind a yes at the two gates where nothing else is said."""
    given = {answer.stage: answer for answer in answers}
    for stage in STAGES[:2]:
        given.setdefault(stage, yes(stage))
    return {stage: given[stage] for stage in STAGES if stage in given}


def stopped(at: str, answer: Answer | None = None) -> dict[str, Answer]:
    """The answers of a pipeline that ended at a gate, by a no unless told otherwise."""
    before = STAGES[: STAGES.index(at)]
    return {stage: yes(stage) for stage in before} | {at: answer or no(at)}
