"""The true answers of the first three stages as the program would give them: what an isolated stage is told."""

from program import names_ptms, reuses_ptm, uses_deep_learning
from program.answers import Answer, Finding, no
from program.evidence import Evidence, locate
from program.paper import Paper
from ptmreuse.labelled import LabelledPaper

_UNQUOTED = Evidence("", "", "", 0, 0)  # of labels without quotes: true all the same


def true_answers(labelled: LabelledPaper) -> dict[str, Answer]:
    """By stage, up to the first no; the models by canonical name, each once."""
    paper = labelled.paper
    answers = [_yes_or_no(uses_deep_learning.STAGE, labelled.uses_deep_learning, labelled.deep_quote, paper)]
    if labelled.uses_deep_learning:
        answers.append(_yes_or_no(reuses_ptm.STAGE, labelled.reuses_ptm, labelled.reuse_quote, paper))
    if answers[-1].stage == reuses_ptm.STAGE and labelled.reuses_ptm:
        found = tuple(Finding(m.canonical, m.mention, _evidence(m.quote, paper)) for m in labelled.distinct)
        answers.append(Answer(names_ptms.STAGE, "yes", found))
    return {answer.stage: answer for answer in answers}


def _yes_or_no(stage: str, value: bool, quote: str, paper: Paper) -> Answer:
    return Answer(stage, "yes", (Finding("", "", _evidence(quote, paper)),)) if value else no(stage)


def _evidence(quote: str, paper: Paper) -> Evidence:
    return (locate(quote, paper) if quote else None) or _UNQUOTED
