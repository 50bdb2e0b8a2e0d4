"""One paper in one cell: what the ledger does not know yet is asked, and written down at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from program.answers import STAGES, Answer
from program.pipeline import Program, needs, unanswered
from ptmreuse.answering import answer_paper
from ptmreuse.evaluation.carrier import Carrier
from ptmreuse.evaluation.judged import View
from ptmreuse.evaluation.truth import true_answers
from ptmreuse.labelled import LabelledPaper
from ptmreuse.ledger import RETRIED, Ledger, Row

GATES = STAGES[:3]


@dataclass
class Answered:
    """A paper's answers in one view by stage, with the ledger's rows of each."""

    answers: dict[str, Answer] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def add(self, rows: Sequence[Row]) -> Answer:
        """Take the rows of one question, of which the last one counts."""
        answer = rows[-1].answer
        self.answers[answer.stage] = answer
        self.rows += rows
        return answer


class Asking:
    """Asks about one paper. `asked` is called with each row that is new."""

    def __init__(
        self,
        carrier: Carrier,
        program: Program,
        labelled: LabelledPaper,
        ledger: Ledger,
        asked: Callable[[Row], None] = lambda _: None,
    ) -> None:
        self.carrier, self.program, self.labelled, self.ledger, self._asked = carrier, program, labelled, ledger, asked
        self._rows: dict[tuple[str, tuple[str, ...]], list[Row]] = {}

    def answered(self, views: Collection[View], stages: Collection[str]) -> dict[View, Answered]:
        """The answers of each view."""
        ways: dict[View, Callable[[Collection[str]], Answered]] = {
            "end-to-end": self._end_to_end,
            "isolated": self._isolated,
        }
        return {view: way(stages) for view, way in ways.items() if view in views}

    def _end_to_end(self, stages: Collection[str]) -> Answered:
        """The pipeline as deployed: each stage is told the answers that were given before."""
        found, needed = Answered(), needs(stages)
        one = self._jointly() if self.carrier.joint else self._one
        for stage in (each for each in STAGES if each in needed):
            if found.add(one(stage, found.answers)).value != "yes" and stage in GATES:
                break
        return found

    def _jointly(self) -> Callable[[str, Mapping[str, Answer]], list[Row]]:
        """Every row of each stage, of which one call answers all that there are."""
        text_hash, key = self.labelled.paper.text_hash, self.carrier.key(STAGES[0], ())
        rows = {stage: self.ledger.rows(text_hash, key, stage) for stage in STAGES}
        if unanswered(
            {s: each[-1].answer for s, each in rows.items() if each and each[-1].answer.reason not in RETRIED}
        ):
            new = self._new(STAGES, {})
            self.ledger.record(text_hash, key, new)
            for row in new:
                rows[row.answer.stage].append(row)
                self._asked(row)
        return lambda stage, _: rows[stage]

    def _isolated(self, stages: Collection[str]) -> Answered:
        """Each stage is told the true answers before it, and asked where these lead to it."""
        found, true = Answered(), true_answers(self.labelled)
        for stage in (each for each in STAGES if each in stages and self._leads_to(each, true)):
            found.add(self._one(stage, true))
        return found

    def _leads_to(self, stage: str, true: Mapping[str, Answer]) -> bool:
        """Whether a stage is asked when every answer before it is right."""
        if any(gate not in true or true[gate].value != "yes" for gate in GATES[: STAGES.index(stage)]):
            return False
        return bool(self.labelled.models if stage not in GATES else stage != GATES[2] or self.labelled.required)

    def _one(self, stage: str, known: Mapping[str, Answer]) -> list[Row]:
        """Every row of one question, asked now unless the ledger or this paper's other view has its answer."""
        models = () if stage in GATES else tuple(finding.model for finding in known[GATES[2]].resolved)
        if (stage, models) not in self._rows:
            before = GATES[: STAGES.index(stage)]
            self._rows[stage, models] = self._told(stage, models, {gate: known[gate] for gate in before})
        return self._rows[stage, models]

    def _told(self, stage: str, models: Sequence[str], known: Mapping[str, Answer]) -> list[Row]:
        paper, key = self.labelled.paper, self.carrier.key(stage, models)
        rows = self.ledger.rows(paper.text_hash, key, stage)
        if rows and rows[-1].answer.reason not in RETRIED:
            return rows
        (row,) = self._new((stage,), known)
        self.ledger.record(paper.text_hash, key, [row])
        self._asked(row)
        return [*rows, row]

    def _new(self, stages: Collection[str], known: Mapping[str, Answer]) -> list[Row]:
        rows = answer_paper(self.program, self.labelled.paper, stages, known, self.carrier.budget)
        return rows if self.carrier.calls else [replace(row, attempts=0) for row in rows]
