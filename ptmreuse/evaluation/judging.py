"""A paper's answers set beside its labels.

    isolated     a stage is judged on the papers that it is asked about when every answer before it is right
    end-to-end   stages 1 and 2 are judged on every paper, stage 3 where models are labelled or were named, stages 4
                 and 5 on every required model; a no at one gate is a no at the next, and an unresolved gate leaves
                 what follows unresolved for its reason

Names mean what they mean in `ptmreuse.metrics`: a labelled model may be listed by any of its names, an optional one is
neither required nor an error, models of one canonical name are one, and of a debatable pattern or step the labelled
answer counts. Three things differ. A name that is one required model's own is never taken for another one's second
name. In the end-to-end view stages 4 and 5 leave optional models out, so that all cells are judged on the same models;
in the isolated view, where all of them are asked about, all count as they do there. And where an optional model has the
canonical name of a required one, the step is that of the required one: a model has one step, and a set of two could
never be given.
"""

from collections.abc import Collection, Mapping, Sequence

from program import names_ptms, reuse_pattern, reuses_ptm, uses_deep_learning
from program.answers import STAGES, Answer, Finding, unresolved
from program.gate import NOT_ANSWERED
from ptmreuse.evaluation.judged import Judged, View
from ptmreuse.evaluation.quotes import quotes
from ptmreuse.labelled import LabelledModel, LabelledPaper
from ptmreuse.metrics import names_of

NOT_ASKED = "not_asked"  # an answer that was due and is not there


def judged(
    labelled: LabelledPaper, answers: Mapping[str, Answer], view: View, stages: Collection[str] = STAGES
) -> list[Judged]:
    """The answers about a paper beside its labels, in stage order; `answers` are those of the view, by stage.

    A stage whose answer is due but not there is unresolved: `not_asked`.
    """
    judge = _isolated if view == "isolated" else _end_to_end
    return [item for stage in STAGES if stage in stages for item in judge(stage, labelled, answers)]


def _isolated(stage: str, labelled: LabelledPaper, answers: Mapping[str, Answer]) -> list[Judged]:
    answer = answers.get(stage, unresolved(stage, NOT_ASKED))
    if stage == uses_deep_learning.STAGE or (stage == reuses_ptm.STAGE and labelled.uses_deep_learning):
        return [_yes_or_no(labelled, answer)]
    if stage == names_ptms.STAGE and labelled.required:
        return [_names(labelled, answer)]
    if stage in STAGES[3:]:
        return [_model(labelled, model, model.canonical, answer) for model in labelled.distinct]
    return []


def _end_to_end(stage: str, labelled: LabelledPaper, answers: Mapping[str, Answer]) -> list[Judged]:
    answer = _propagated(stage, answers)
    if stage in STAGES[:2]:
        return [_yes_or_no(labelled, answer)]
    if stage == names_ptms.STAGE:
        names = _names(labelled, answer)
        return [names] if names.true or names.given else []
    listed = _propagated(names_ptms.STAGE, answers)
    required = [model for model in labelled.distinct if not model.optional]
    return [_named_model(labelled, model, listed, answer) for model in required]


def _propagated(stage: str, answers: Mapping[str, Answer]) -> Answer:
    """A stage's answer behind the gates before it: a no stays a no, and an unresolved gate hands on its reason."""
    for gate in STAGES[: min(STAGES.index(stage), 3)]:
        before = answers.get(gate, unresolved(gate, NOT_ASKED))
        if before.value != "yes":
            return Answer(stage, before.value, reason=before.reason)
    return answers.get(stage, unresolved(stage, NOT_ASKED))


def _yes_or_no(labelled: LabelledPaper, answer: Answer) -> Judged:
    truth = labelled.uses_deep_learning if answer.stage == uses_deep_learning.STAGE else labelled.reuses_ptm
    return Judged(
        labelled.paper.source,
        answer.stage,
        true=frozenset({"yes" if truth else "no"}),
        given=frozenset({answer.value} - {"unresolved"}),
        reason=_reason(answer),
        quotes=quotes(answer.findings, labelled),
    )


def _names(labelled: LabelledPaper, answer: Answer) -> Judged:
    meant = _meanings(labelled)
    listed = tuple(finding.model for finding in answer.resolved)
    return Judged(
        labelled.paper.source,
        answer.stage,
        true=frozenset(model.canonical for model in labelled.required),
        given=frozenset(meant.get(name, name) for name in listed) - {""},
        reason=_reason(answer),
        quotes=quotes(answer.findings, labelled),
        listed=listed,
    )


def _named_model(labelled: LabelledPaper, model: LabelledModel, listed: Answer, answer: Answer) -> Judged:
    """A model under the name by which stage 3 listed it: of several its own, else the first."""
    meant = _meanings(labelled)
    findings = [f for f in listed.findings if meant.get(f.model) == model.canonical]
    names = [finding.model for finding in findings if finding.evidence]
    if names:
        return _model(labelled, model, model.canonical if model.canonical in names else names[0], answer)
    reason = findings[0].reason if findings else _reason(listed)
    true = _truth(answer.stage, labelled, model)
    return Judged(labelled.paper.source, answer.stage, true, frozenset(), model.canonical, reason, named=False)


def _model(labelled: LabelledPaper, model: LabelledModel, name: str, answer: Answer) -> Judged:
    findings = [finding for finding in answer.findings if finding.model == name]
    given = frozenset(finding.value for finding in findings if finding.evidence)
    return Judged(
        labelled.paper.source,
        answer.stage,
        true=_truth(answer.stage, labelled, model),
        given=given,
        model=model.canonical,
        reason="" if given else _first_reason(findings, answer),
        quotes=quotes(findings, labelled),
    )


def _truth(stage: str, labelled: LabelledPaper, model: LabelledModel) -> frozenset[str]:
    if stage != reuse_pattern.STAGE:
        return frozenset({model.step})
    same = [other for other in labelled.models if other.canonical == model.canonical]
    return frozenset(pattern for other in same for pattern in other.patterns)


def _meanings(labelled: LabelledPaper) -> dict[str, str]:
    """Every name by which a labelled model may be listed, with its canonical name, or "" for an optional model's."""
    optional = {name: "" for model in labelled.models if model.optional for name in names_of(model)}
    names = {name: model.canonical for model in reversed(labelled.required) for name in names_of(model)}
    return optional | names | {model.canonical: model.canonical for model in labelled.required}


def _reason(answer: Answer) -> str:
    return answer.reason if answer.value == "unresolved" else ""


def _first_reason(findings: Sequence[Finding], answer: Answer) -> str:
    return findings[0].reason if findings else answer.reason or NOT_ANSWERED
