"""What the answers of a cell cost, from the ledger's rows."""

from collections.abc import Mapping, Sequence

from ptmreuse.evaluation.judged import Cost
from ptmreuse.ledger import RETRIED, Row
from ptmreuse.meter import Price


def cost(papers: Sequence[Sequence[Row]], prices: Mapping[str, Price | None]) -> Cost:
    """The sum over papers, whose rows these are; prices by stage, US dollars per token, None where unknown."""
    rows = [row for each in papers for row in each]
    calls = sum(row.attempts for row in rows)
    return Cost(
        calls,
        _sum([row.input_tokens for row in rows], calls),
        _sum([row.output_tokens for row in rows], calls),
        _usd(rows, prices),
        tuple(sum(row.seconds for row in each) for each in papers),
    )


def _sum(counts: Sequence[int | None], calls: int) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known or not calls else None


def _usd(rows: Sequence[Row], prices: Mapping[str, Price | None]) -> float | None:
    """US dollars; None as soon as the price of one answer is not known, or the tokens that it is made of."""
    total = 0.0
    for row in rows:
        price = prices[row.answer.stage]
        if price is None:
            return None
        if row.input_tokens is None or row.output_tokens is None:
            if row.attempts and price != Price(0.0, 0.0) and row.answer.reason not in RETRIED:
                return None
            continue
        total += price.usd(row.input_tokens, row.output_tokens)
    return total
