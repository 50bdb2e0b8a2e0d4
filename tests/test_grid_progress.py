"""What a grid shows while it is filled."""

import io
import re

from rich.console import Console

from program.answers import no, unresolved
from ptmreuse.evaluation.grid_progress import GridProgress
from ptmreuse.evaluation.judged import Cell
from ptmreuse.ledger import Row
from ptmreuse.meter import Meter, Price

STAGE = "uses_deep_learning"


def test_the_line() -> None:
    meter = Meter(Price(1e-3, 1e-3))
    shown = io.StringIO()
    progress = GridProgress(Console(file=shown, width=200), meter, cells=2, papers=2)
    with progress.running():
        progress.begins(Cell("openai/x", "zero-shot"))
        progress.done()
        progress.answered(Row(no(STAGE)))
        progress.answered(Row(unresolved(STAGE, "unparsable")))
        meter.calls = 2
        meter.add_usage("openai/x", {"prompt_tokens": 1000, "completion_tokens": 500})
        progress.done()
        line = progress.line()
        assert line.startswith("zero-shot · openai/x (1 of 2) · 2 of 4 papers in 2 cells · ")
        assert re.search(
            r"/s · \d:\d\d:\d\d left · 1 answered before · 1 unresolved answers · 2 calls · \$1\.50$", line
        )
    assert shown.getvalue().endswith("2 calls · $1.50\n")
