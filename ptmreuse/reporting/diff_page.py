"""The page of `ptmreuse diff`: the tables, and each changed paper with both quotes; it needs nothing but itself."""

from collections.abc import Sequence
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, StrictUndefined

from ptmreuse.evaluation.sheet import Sheet, brief, numeric
from ptmreuse.reporting.changes import Change
from ptmreuse.reporting.comparison import Comparison, sentences
from ptmreuse.reporting.pairs import Pair

MOST = 500  # papers on the page


def html(found: Comparison, sheets: Sequence[Sheet]) -> str:
    """The page. Everything of papers is escaped, and no script can run in it."""
    papers = _by_paper(found.changes)
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.globals |= {"brief": brief, "numeric": numeric}
    page: str = environment.from_string(_file("ptmreuse.reporting", "diff.html.j2")).render(
        title="Two runs compared",
        style=_file("ptmreuse.evaluation", "report.css"),
        a=found.a.words,
        b=found.b.words,
        sentences=sentences(found),
        sheets=sheets,
        papers=papers[:MOST],
        left_out=max(0, len(papers) - MOST),
    )
    return page


def _by_paper(changes: Sequence[Change]) -> list[tuple[Pair, list[Change]]]:
    return [(several[0].pair, several) for _, group in groupby(changes, lambda c: id(c.pair)) if (several := [*group])]


def _file(package: str, name: str) -> str:
    return (files(package) / "page" / name).read_text(encoding="utf-8")
