"""`GET /v1/program`: what answers here, and how good it was on labelled papers."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from program.answers import STAGES
from program.pipeline import Pipeline
from ptmreuse.compiled import compiled_metadata, load_compiled
from ptmreuse.ledger import Key
from ptmreuse.serving.openapi import PLAIN_PROBLEMS


class StageFacts(BaseModel):
    """A stage: its instructions, how many demos it has, and what was measured when it was compiled."""

    stage: str
    instructions: str
    demos: int
    optimizer: str
    trainset: str = Field(description="digest of the labelled papers")
    scores: dict[str, float] = Field(description="on the papers kept apart for validation; n is their number")


class ProgramFacts(BaseModel):
    """The program."""

    version: str
    program: str = Field(description="digest of the program with its catalogue and compiled state")
    compiled: str = Field(description="name of the compiled program; empty for zero-shot")
    lm: str
    stages: list[StageFacts]


def program_facts(compiled: Path | None, key: Key, lm: str) -> ProgramFacts:
    """What is told of a program. Raises UsageError as `load_compiled` does."""
    program = Pipeline()
    told: dict[str, Any] = {}
    if compiled:
        load_compiled(program, compiled)
        told = compiled_metadata(compiled)
    stages = [_stage(stage, getattr(program, stage).predict, told.get(stage, {})) for stage in STAGES]
    name = compiled.name if compiled else ""
    return ProgramFacts(version=version("ptm-reuse"), program=key.program, compiled=name, lm=lm, stages=stages)


def _stage(stage: str, predict: Any, told: dict[str, Any]) -> StageFacts:
    scores = told.get("after", {})
    return StageFacts(
        stage=stage,
        instructions=predict.signature.instructions,
        demos=len(predict.demos),
        optimizer=str(told.get("optimizer", "")),
        trainset=str(told.get("trainset", "")),
        scores={name: value for name, value in scores.items() if isinstance(value, int | float)},
    )


def program_route(facts: ProgramFacts) -> APIRouter:
    """The route."""
    router = APIRouter(responses=PLAIN_PROBLEMS)

    @router.get("/v1/program", summary="What answers here")
    async def program() -> ProgramFacts:
        """Stages, LM, digest, scores."""
        return facts

    return router
