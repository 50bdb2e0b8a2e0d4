"""What an evaluation is asked to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from program.answers import STAGES
from ptmreuse.evaluation.judged import VIEWS, View
from ptmreuse.lm import LMChoice

ZERO_SHOT = "zero-shot"
JOINT = "joint"  # one call for all five questions
REAL = "real"


@dataclass(frozen=True)
class Order:
    """LMs and programs to carry over labelled papers.

    `programs` are zero-shot, joint, or files of compiled programs, each of these also with its first `demos` demos per
    stage; every program also with each of `budgets`, tokens of passages. `stage_lms` widens the grid by each LM with
    these LMs in its place for some stages. `data` is val, test, real or a file of labels. `max_usd` in US dollars;
    `jobs` is the number of calls at once of an LM that is waited for.
    """

    out: Path
    lms: tuple[LMChoice, ...] = (LMChoice(),)
    programs: tuple[str, ...] = (ZERO_SHOT,)
    demos: tuple[int, ...] = ()
    budgets: tuple[int, ...] = ()
    data: str = "val"
    papers: Path | None = None
    views: tuple[View, ...] = VIEWS
    stages: tuple[str, ...] = STAGES
    stage_lms: Mapping[str, LMChoice] = field(default_factory=dict)
    repeat: int = 1
    jobs: int = 8
    max_usd: float | None = None
    baselines: bool = True
    trainsets: Path = Path("trainsets")
    json: Path | None = None
    report: Path | None = None
    track: bool = True

    @property
    def ledger(self) -> Path:
        """Where every answer is written down."""
        return self.out / "ledger.sqlite"

    @property
    def real(self) -> Path:
        """Labels of real papers, on which the prior of the embedded LM is fitted."""
        return self.trainsets / "real.jsonl"

    @property
    def trainset(self) -> Path:
        """Our own labelled papers, of which train, val and test are splits."""
        return self.trainsets / "papers.jsonl"

    @property
    def test_uses(self) -> Path:
        """Where each use of the test split is written down."""
        return self.trainsets / "test_uses.jsonl"
