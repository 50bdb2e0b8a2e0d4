"""The last word on a compiled program: zero-shot and compiled on the test split, and a note that it was used."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from program.answers import STAGES
from ptmreuse.errors import SystemicError
from ptmreuse.examples import stage_examples
from ptmreuse.gains import Gain, gains
from ptmreuse.labelled import LabelledPaper
from ptmreuse.metrics import summary
from ptmreuse.scoring import scored
from ptmreuse.states import State, fresh, module_of, state_of
from ptmreuse.tracking import git_commit
from ptmreuse.trainset import digest


@dataclass(frozen=True, slots=True)
class Final:
    """Summaries of each stage (`accuracy`, `f1`, `n`), the gains, and the digest of the papers."""

    before: dict[str, dict[str, float]]
    after: dict[str, dict[str, float]]
    gained: dict[str, Gain]
    papers: str


def score_final(papers: Sequence[LabelledPaper], states: Mapping[str, State], threads: int = 1) -> Final:
    """Score the stages that some of the papers are asked about. Call it within `dspy.context(lm=…)`."""
    examples = {stage: found for stage in STAGES if (found := stage_examples(stage, papers))}
    summaries, scores = [], []
    for side in ({stage: state_of(fresh(stage)) for stage in examples}, states):
        answers = {s: scored(s, module_of(s, side[s]), found, threads) for s, found in examples.items()}
        summaries.append({s: summary(s, (a.outcome for a in each)) for s, each in answers.items()})
        scores.append({s: {a.example.paper_id: a.outcome.score for a in each} for s, each in answers.items()})
    return Final(summaries[0], summaries[1], gains(scores[0], scores[1]), digest(papers))


def note_use(path: Path, told: Mapping[str, Any], final: Final) -> None:
    """Append a use of the test split to the list of its uses. Raises SystemicError when it can't be written."""
    each = {name: [round(x, 4) for x in (gain.mean, gain.low, gain.high)] for name, gain in final.gained.items()}
    scores = {"test": final.papers, "before": final.before, "after": final.after, "gain": each}
    append_use(path, {**told, **scores})


def append_use(path: Path, told: Mapping[str, Any]) -> None:
    """Append a use with its date and git commit. Raises SystemicError when it can't be written."""
    when = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "git_commit": git_commit()}
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps({**when, **told})}\n")
    except OSError as error:
        raise SystemicError(f"{path}: can't be written ({error.strerror}); the test split was used") from error
