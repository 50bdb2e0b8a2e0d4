"""Rulings on disagreements, one JSON object per line; of two about the same question the later one counts.

{"id": "paper", "stage": "science_step", "model": "U-Net", "decision": "test", "by": "cy", "why": "it is evaluated"}
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from program.answers import STAGES
from ptmreuse.errors import UsageError
from ptmreuse.labelling.merging import Rulings
from ptmreuse.rows import from_jsonl


class Ruling(BaseModel):
    """A decision about one question of one paper, in the words of the answers."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    stage: str
    model: str = ""
    decision: str

    @field_validator("stage")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in STAGES:
            raise ValueError(f"is none of {', '.join(STAGES)}")
        return value


def rulings(path: Path) -> Rulings:
    """The rulings of a file.

    Raises UsageError for a file that can't be read, and for a line that is no ruling.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read ({error}); give a JSONL file of rulings") from error
    found: dict[tuple[str, str, str], str] = {}
    for number, value, fault in from_jsonl(lines):
        try:
            ruling = None if fault else Ruling.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            fault = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            ruling = None
        if ruling is None:
            raise UsageError(f"{path}, line {number}: {fault}; correct it")
        found[ruling.id, ruling.stage, ruling.model] = ruling.decision
    return found
