"""The desk of a run in waves, to which the same documents come in each of them: it counts every paper once."""

from collections.abc import Collection, Iterable

from program.answers import Answer
from program.paper import Paper
from ptmreuse.desk import Desk
from ptmreuse.ledger import Key, Ledger, Row
from ptmreuse.progress import Progress


class WaveDesk(Desk):
    """Reads and writes the ledger for a run. An answer of this run stands, whatever its reason."""

    def __init__(
        self, ledger: Ledger, key: Key, stages: Collection[str], progress: Progress, again: Collection[str] = ()
    ) -> None:
        self._counted = _Counted(progress)
        self._unresolved: dict[str, dict[str, Answer]] = {}
        super().__init__(ledger, key, stages, self._counted, again)

    def begin(self, wave: int) -> None:
        """A wave begins, the first is 1: what it finds finished was finished before the run only if it is the first."""
        self._counted.wave = wave

    def record(self, paper: Paper, rows: Iterable[Row]) -> None:
        """Write down answers about a paper."""
        rows = list(rows)
        super().record(paper, rows)
        for answer in (row.answer for row in rows if row.answer.value == "unresolved"):
            self._unresolved.setdefault(paper.text_hash, {})[answer.stage] = answer

    def paid(self, rows: Iterable[Row]) -> None:
        """Answers about a paper that waits for others."""
        for usd in (row.usd for row in rows if row.usd is not None):
            self._counted.given.usd = (self._counted.given.usd or 0.0) + usd

    def _known(self, text_hash: str) -> dict[str, Answer]:
        return {**super()._known(text_hash), **self._unresolved.get(text_hash, {})}


class _Counted(Progress):
    """A progress that hears of a finished document once."""

    def __init__(self, given: Progress) -> None:
        super().__init__(given.console)
        self.given = given
        self.wave = 1

    def skipped(self) -> None:
        """A document that an earlier run finished, or an earlier wave."""
        if self.wave == 1:
            self.given.skipped()

    def duplicate(self) -> None:
        """A document that is another one again."""
        self.given.duplicate()

    def screened(self) -> None:
        """A paper that a screen kept from the LM."""
        self.given.screened()

    def unreadable(self, reason: str) -> None:
        """A document that gives no paper."""
        self.given.unreadable(reason)

    def answered(self, rows: list[Row]) -> None:
        """A paper with its new answers."""
        self.given.answered(rows)
