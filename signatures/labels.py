"""The answer vocabulary: what a stage may answer, as types that DSPy shows to an LM and parses from its reply."""

from typing import Literal

from pydantic import BaseModel, Field

Pattern = Literal["conceptual", "adaptation", "deployment"]
Step = Literal["observation", "background", "hypothesis", "test", "analysis", "conclusion"]

MAX_QUOTE = 300  # characters of one quote, from the codebook


class PTMMention(BaseModel):
    """One reused model as the paper writes it."""

    mention: str = Field(description="the model's name with its version, exactly as the paper writes it")
    evidence: str = Field(description="verbatim quote that shows the authors reusing it")


class ModelPattern(BaseModel):
    """One pattern of one model; a model that is reused in two ways has two of these."""

    model: str = Field(description="one of the given models, unchanged")
    pattern: Pattern
    evidence: str = Field(description="verbatim quote that shows this pattern")


class ModelStep(BaseModel):
    """The step of science of one model."""

    model: str = Field(description="one of the given models, unchanged")
    step: Step
    evidence: str = Field(description="verbatim quote that shows what the model was used for")
