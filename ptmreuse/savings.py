"""What a screen saved: the questions of stage 1 that were not put to the LM, counted from the ledger.

It is the least that was saved: a paper that is no candidate would have taken one call, and more where the LM had found
deep learning in it. Tokens of those questions are counted at 4 characters each; an answer is as long as the LM's mean.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from program.answers import STAGES
from ptmreuse.ledger import SCHEMA, Key
from ptmreuse.meter import Price

_SCREENED = """
SELECT COUNT(*), TOTAL(input_tokens) FROM
    (SELECT text_hash, input_tokens, MAX(id) FROM answers
     WHERE program = :screen_program AND lm = :screen_lm AND schema = :schema GROUP BY text_hash) AS s
WHERE EXISTS (SELECT 1 FROM documents AS d WHERE d.text_hash = s.text_hash AND d.status = 'read')
AND NOT EXISTS (SELECT 1 FROM answers AS a WHERE a.text_hash = s.text_hash AND a.program = :program AND a.lm = :lm
                AND a.schema = :schema AND a.stage = :stage AND a.value != 'unresolved')
"""
_PAPERS = "SELECT COUNT(*) FROM documents WHERE status = 'read'"
_CALLS = "SELECT TOTAL(attempts) FROM answers WHERE program = :program AND lm = :lm AND schema = :schema"
_ANSWER = (
    "SELECT COALESCE(AVG(output_tokens), 0) FROM answers WHERE program = :program AND lm = :lm AND schema = :schema"
    " AND stage = :stage"
)


@dataclass(frozen=True, slots=True)
class Savings:
    """Papers that a screen kept from the LM, of all that were read; the calls that the LM had; tokens saved; USD saved.

    `usd` is None where the price is not known.
    """

    screened: int
    papers: int
    calls: int
    tokens: int
    usd: float | None

    @property
    def line(self) -> str:
        """One line for a person. Each paper that was screened out is a call saved."""
        usd = "USD unknown" if self.usd is None else f"${self.usd:,.4f}" if self.usd < 1 else f"${self.usd:,.2f}"
        all_calls = self.calls + self.screened
        share = f", {self.screened / all_calls:.0%} of {all_calls:,}" if all_calls else ""
        papers = f"Screened out: {self.screened:,} of {self.papers:,} papers"
        return f"{papers} · saved at least {self.screened:,} calls{share} · about {self.tokens:,} tokens · {usd}"


def savings(ledger: Path, key: Key, screen: Key, price: Price | None) -> Savings:
    """What a screen saved of an LM; `price` is that of the LM of stage 1."""
    given = {
        "program": key.program, "lm": key.lm, "screen_program": screen.program, "screen_lm": screen.lm,
        "schema": SCHEMA, "stage": STAGES[0],
    }  # fmt: skip
    with closing(sqlite3.connect(ledger)) as db:
        screened, asked = db.execute(_SCREENED, given).fetchone()
        (papers,), (calls,), (answer,) = (db.execute(each, given).fetchone() for each in (_PAPERS, _CALLS, _ANSWER))
    told = screened * answer
    usd = price.usd(asked, told) if price else None
    return Savings(screened, papers, int(calls), round(asked + told), usd)
