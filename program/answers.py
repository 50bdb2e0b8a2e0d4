"""What the program answers: one `Answer` per stage, and a paper's answers together."""

from dataclasses import dataclass
from typing import Literal

from program.evidence import Evidence

Value = Literal["yes", "no", "unresolved"]

STAGES = ("uses_deep_learning", "reuses_ptm", "names_ptms", "reuse_pattern", "science_step")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a stage found, with its evidence.

    `model` is the canonical name ("" in the two yes/no stages); `value` is the mention in stage 3, the pattern in
    stage 4, the step in stage 5, and "" in the yes/no stages. A finding without evidence is unresolved, with a reason.
    """

    model: str
    value: str
    evidence: Evidence | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A stage's answer about one paper: yes (with findings), no, or unresolved with a reason, never anything between.

    In stages 3 to 5 "yes" says that the question was answered; a finding in it may still be unresolved by itself.
    """

    stage: str
    value: Value
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def resolved(self) -> tuple[Finding, ...]:
        """The findings that count: those with evidence."""
        return tuple(f for f in self.findings if f.evidence)


def no(stage: str) -> Answer:
    """A resolved no."""
    return Answer(stage, "no")


def unresolved(stage: str, reason: str, findings: tuple[Finding, ...] = ()) -> Answer:
    """No answer, and why."""
    return Answer(stage, "unresolved", findings, reason)


@dataclass(frozen=True, slots=True)
class PaperLabels:
    """The answers about one paper, in stage order; stages behind a no or an unresolved gate are not in it."""

    answers: tuple[Answer, ...]

    def __getitem__(self, stage: str) -> Answer | None:
        return next((answer for answer in self.answers if answer.stage == stage), None)
