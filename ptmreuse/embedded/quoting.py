"""Which sentence to quote for a model's pattern or step: the one that weighed most."""

from ptmreuse.embedded import own_use
from ptmreuse.embedded.items import Item, quote
from ptmreuse.embedded.prior import prior
from ptmreuse.embedded.reading import Line, Reading


def best_quote(head: str, k: int, item: Item, reading: Reading) -> str:
    """The quote for class `k` of a head, from the model's own sentences, or any when none names it."""
    weights = prior()[head][k]

    def weight(line: Line) -> float:
        return sum(weights.get(f"said_{cue}", 0.0) for cue in line.cues) + own_use.score(line) / 2

    lines = item.lines or tuple((line, 0, 0) for line in reading.lines)
    if not lines:
        return "none"
    line, start, end = max(lines, key=lambda found: weight(found[0]))
    return quote(line, start, end)
