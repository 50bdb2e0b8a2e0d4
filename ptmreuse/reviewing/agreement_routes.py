"""How far the annotators agree, where they do not, and who decided what and why."""

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from program.answers import STAGES
from ptmreuse.evaluation.measure import Measure
from ptmreuse.labelling.agreement import stage_agreement
from ptmreuse.labelling.disagreements import BOTH, Disagreement, disagreements
from ptmreuse.reviewing.asking import Who, annotator
from ptmreuse.reviewing.journal import Journal, RuledOn
from ptmreuse.reviewing.label_files import LabelFiles
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper
from ptmreuse.serving.problems import Problem
from signatures.labels import Pattern, Step

_ALLOWED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(STAGES[:3], ("yes", "no")),
    STAGES[3]: get_args(Pattern),
    STAGES[4]: get_args(Step),
}


class Decision(BaseModel):
    """What is decided about one disagreement, in the words of the answers, and why."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, Field(max_length=100)]
    stage: Annotated[str, Field(max_length=40)]
    model: Annotated[str, Field(max_length=200)] = ""
    decision: Annotated[str, Field(max_length=200)]
    why: Annotated[str, Field(min_length=1, max_length=2000)]


def agreement_routes(
    papers: Mapping[str, ReviewedPaper], journal: Journal, files: LabelFiles, otherwise: str
) -> APIRouter:
    """The routes; `otherwise` is who decides when a request names nobody."""
    router = APIRouter(prefix="/api")

    @router.get("/agreement")
    def agreement() -> list[dict[str, Any]]:
        found = stage_agreement(files.by_annotator)
        return [{"stage": e.stage, "n": e.n, "kappa": _number(e.kappa), "alpha": _number(e.alpha)} for e in found]

    @router.get("/disagreements")
    def differing() -> list[dict[str, Any]]:
        ruled = {(each.paper, each.stage, each.model): each for each in journal.rulings()}
        return [
            {
                "id": each.key,
                "title": papers[each.key].paper.title if each.key in papers else "",
                "stage": each.stage,
                "model": each.model,
                "answers": dict(each.answers),
                "ruling": _told(ruled.get((each.key, each.stage, each.model))),
            }
            for each in disagreements(files.by_annotator)
        ]

    @router.post("/disagreements")
    def decide(given: Decision, x_annotator: Who = "") -> dict[str, Any]:
        who = annotator(x_annotator, otherwise)
        _check(given, disagreements(files.by_annotator))
        made = journal.rule(given.id, given.stage, given.model, given.decision, given.why.strip(), who)
        files.write()
        mine = [fault for fault in files.settled.faults if fault.startswith(f"{given.id}: ")]
        return {"ruling": _told(made), "problems": mine}

    return router


def _check(given: Decision, known: list[Disagreement]) -> None:
    if not any((each.key, each.stage, each.model) == (given.id, given.stage, given.model) for each in known):
        raise Problem("not_found", "the annotators do not differ there any more; open the list anew")
    allowed = _ALLOWED[given.stage]
    chosen = given.decision.split(BOTH) if given.stage == STAGES[3] else [given.decision]
    if not set(chosen) <= set(allowed) or len(set(chosen)) < len(chosen):
        raise Problem("bad_request", f"decision: give {' or '.join(allowed)}")


def _number(measure: Measure) -> dict[str, float | None]:
    return {"value": measure.value, "low": measure.low, "high": measure.high}


def _told(ruling: RuledOn | None) -> dict[str, str] | None:
    return {"decision": ruling.decision, "why": ruling.why, "by": ruling.by, "time": ruling.time} if ruling else None
