"""The way of the papers through a run, counted from its tables: the numbers of a PRISMA flow diagram.

    found ─ duplicates ─ unreadable ─ stage 1 ─ stage 2 ─ stage 3 ┬ stage 4
                                                                  └ stage 5

Whatever comes to a gate leaves it as yes, no, unresolved or not asked, so the counts add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from program.answers import STAGES
from ptmreuse.reporting.gathered import Gathered

_SEVERAL = " and "  # between the reasons of one paper


@dataclass(frozen=True, slots=True)
class Gate:
    """What became of the papers that came to a stage: `came` = `yes` + `no` + `unresolved` by reason + `not_asked`.

    In stages 3 to 5 there is no "no"; in 4 and 5 a paper counts as yes when all of its models have an answer.
    """

    stage: str
    came: int
    yes: int
    no: int
    unresolved: Mapping[str, int]
    not_asked: int


@dataclass(frozen=True, slots=True)
class Flow:
    """`found` sources = `duplicates` + `unreadable` by reason + `read` papers, of which `gates` tell, in stage order.

    `reuse` are the papers that reuse a PTM; `instances` are their (paper, model, pattern), of which the pattern of
    `open_patterns` and the step of `open_steps` of the `models` (paper, model) are not known. `gathered` is what was
    before, where a collection's record tells.
    """

    found: int
    duplicates: int
    unreadable: Mapping[str, int]
    read: int
    gates: tuple[Gate, ...]
    models: int
    instances: int
    open_patterns: int
    open_steps: int
    gathered: Gathered | None = None

    def gate(self, stage: str) -> Gate:
        """The gate of a stage."""
        return self.gates[STAGES.index(stage)]

    @property
    def reuse(self) -> int:
        """Papers that reuse a PTM."""
        return self.gate("reuses_ptm").yes


def paper_flow(papers: pd.DataFrame, models: pd.DataFrame) -> Flow:
    """Count the rows of a run's two tables."""
    duplicate = papers["reason"].eq("duplicate")
    unread = ~duplicate & papers["text_hash"].eq("")
    read = papers[~duplicate & ~unread]
    first = _yes_no(read, STAGES[0])
    second = _yes_no(read[read[STAGES[0]].eq("yes")], STAGES[1])
    reusing = read[read[STAGES[0]].eq("yes") & read[STAGES[1]].eq("yes")]
    third = _gate(STAGES[2], reusing, reusing["n_models"].gt(0).fillna(False))
    named = reusing[reusing["n_models"].gt(0).fillna(False)]
    later = [_of_models(stage, column, named, models) for stage, column in zip(STAGES[3:], _COLUMNS, strict=True)]
    known = {column: ~models[column].isin(("", "unresolved")) for column in _COLUMNS}
    return Flow(
        found=len(papers),
        duplicates=int(duplicate.sum()),
        unreadable=_counted(papers.loc[unread, "reason"]),
        read=len(read),
        gates=(first, second, third, *later),
        models=len(models),
        instances=int((models.loc[known["pattern"], "pattern"].str.count(";") + 1).sum()),
        open_patterns=int((~known["pattern"]).sum()),
        open_steps=int((~known["step"]).sum()),
    )


_COLUMNS = ("pattern", "step")


def _yes_no(papers: pd.DataFrame, stage: str) -> Gate:
    return _gate(stage, papers, papers[stage].eq("yes"), papers[stage].eq("no"))


def _gate(stage: str, papers: pd.DataFrame, yes: pd.Series, no: pd.Series | None = None) -> Gate:
    """What is neither yes nor no is unresolved where the reason says so, else it was not asked."""
    noes = pd.Series(data=False, index=papers.index) if no is None else no
    reasons = reasons_of(papers.loc[~yes & ~noes, "reason"], stage)
    asked = reasons.ne("")
    return Gate(stage, len(papers), int(yes.sum()), int(noes.sum()), _counted(reasons[asked]), int((~asked).sum()))


def _of_models(stage: str, column: str, named: pd.DataFrame, models: pd.DataFrame) -> Gate:
    """A paper with a model whose answer is open has that model's reasons."""
    unknown = models[models[column].isin(("", "unresolved"))]
    papers = named["source"]
    reasons = reasons_of(unknown["reason"], stage)
    joined = reasons[reasons.ne("")].groupby(unknown["source"]).agg(lambda told: _SEVERAL.join(sorted(set(told))))
    open_ = papers.isin(unknown["source"])
    told = papers[open_].map(joined).astype("str").fillna("")
    asked = told.ne("")
    return Gate(stage, len(named), int((~open_).sum()), 0, _counted(told[asked]), int((~asked).sum()))


def reasons_of(reasons: pd.Series, stage: str) -> pd.Series:
    """The reasons of one stage in the tables' column `reason`, "" where it has none."""
    found = reasons.astype("str").str.findall(rf"(?:^|; ){stage}: (\w+)")
    return found.str.join(_SEVERAL).astype("str").fillna("")


def _counted(values: pd.Series) -> dict[str, int]:
    """How often each value occurs, the most frequent first."""
    counts = values.value_counts()
    return {str(name): int(number) for name, number in sorted(counts.items(), key=lambda each: (-each[1], each[0]))}
