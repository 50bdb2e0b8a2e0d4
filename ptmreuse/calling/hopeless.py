"""The stop when nothing of use has come for many papers in a row: it will not for the next one either."""

from collections.abc import Sequence

from ptmreuse.errors import SystemicError
from ptmreuse.ledger import Row

IN_A_ROW = 25  # papers


class Hopeless:
    """Counts the papers in a row for which the LM gave nothing at all."""

    def __init__(self) -> None:
        self._nothing = 0

    def see(self, rows: Sequence[Row]) -> None:
        """Take note of a paper's answers; none at all count for nothing. Raises SystemicError after too many papers."""
        if not rows:
            return
        nothing = all(row.answer.value == "unresolved" and row.error for row in rows)
        self._nothing = self._nothing + 1 if nothing else 0
        if self._nothing >= IN_A_ROW:
            told = f"{rows[0].answer.reason}: {rows[0].error}"
            advice = "see to it, then run again to resume; --retry asks these papers again"
            raise SystemicError(f"the LM gave nothing for {self._nothing} papers in a row ({told}); {advice}")
