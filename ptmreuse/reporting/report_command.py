"""`ptmreuse report RUN --out DIR`: a run's tables, figures and one page to read, and its main numbers here."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ptmreuse.errors import SystemicError, UsageError

if TYPE_CHECKING:
    from ptmreuse.evaluation.gallery import Drawn
    from ptmreuse.evaluation.sheet import Sheet
    from ptmreuse.reporting.estimated import Estimated
    from ptmreuse.reporting.hand_labels import HandLabel
    from ptmreuse.reporting.results import Results

HELP = "tables, figures and a page of a run's results"


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=report)
    parser.description = "What a run found: tables, figures, and one page that holds it all."
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a run")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of the report")
    works = "OpenAlex works, JSON lines or CSV, joined by DOI: field, topics, citations, year"
    parser.add_argument("--metadata", type=Path, metavar="FILE", help=works)
    labels = "hand labels (CSV or JSONL, see ptmreuse sample), by which prevalence is corrected"
    parser.add_argument("--labels", nargs="+", default=[], metavar="FILE", help=labels)
    parser.add_argument("--key", default="", metavar="TEXT", help="the answers whose program or LM has TEXT in it")
    curves = "draw the adoption curves of these (default: the most reused)"
    parser.add_argument("--models", nargs="+", default=[], metavar="NAME", help=curves)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def report(given: argparse.Namespace) -> int:
    """Write the report and print the main numbers; returns the exit code 0.

    Raises UsageError for what is no run, metadata or labels with faults, and SystemicError when the disk refuses.
    """
    # pandas and scipy take seconds to import, which the other commands need not wait for
    from ptmreuse.evaluation.sheet import show
    from ptmreuse.reporting.estimate_sheets import short_sheet
    from ptmreuse.reporting.estimated import estimated
    from ptmreuse.reporting.headlines import headlines
    from ptmreuse.reporting.pictures import drawn
    from ptmreuse.reporting.results import results

    if given.out.is_file():
        raise UsageError(f"{given.out}: is no folder; give another --out")
    console = Console(highlight=False)
    labels = _labels(given.labels)
    run = results(given.run, given.metadata, given.key)
    found = estimated(run, labels)
    pictures = drawn(run, given.models)
    _say(console, f"{given.run} · {run.asked.words}")
    for sentence in headlines(run, found):
        _say(console, sentence)
    console.print()
    show([table] if (table := short_sheet(found)).rows else [], console)
    _say(console, f"Written: {', '.join(_written(run, found, pictures, _about(given, run, labels), given.out))}")
    return 0


def _labels(sources: Sequence[str]) -> "list[HandLabel]":
    from ptmreuse.reporting.hand_labels import hand_labels

    return [label for source in sources for label in hand_labels(source)]


def _written(run: "Results", found: "Estimated", pictures: "list[Drawn]", about: "Sheet", out: Path) -> list[str]:
    """Write everything; the page, and the folders with how many files there are in each."""
    from ptmreuse.evaluation import gallery
    from ptmreuse.reporting.estimate_sheets import estimate_sheets
    from ptmreuse.reporting.report_page import PAGE, html
    from ptmreuse.reporting.study import study_sheets
    from ptmreuse.reporting.tabulated import all_sheets, write_sheets

    tables = all_sheets(run)
    page = out / PAGE
    files = write_sheets(out / "tables", [*estimate_sheets(found), *tables, *study_sheets(run, found)])
    try:
        images = gallery.write(out / "figures", pictures)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(html(run, found, tables, pictures, about), encoding="utf-8", errors="replace")
    except OSError as error:
        raise SystemicError(f"{page}: can't be written ({error.strerror or error}); give another --out") from error
    return [str(page), f"{out / 'tables'} ({len(files)} files)", f"{out / 'figures'} ({len(images)} files)"]


def _about(given: argparse.Namespace, run: "Results", labels: "Sequence[HandLabel]") -> "Sheet":
    """What the report was made from."""
    from importlib.metadata import version

    from ptmreuse.evaluation.sheet import Sheet

    told = {
        "run": str(given.run),
        "program (digest)": run.asked.key.program,
        "LM": run.asked.key.lm,
        "answers since": run.asked.started,
        "sources found": f"{run.flow.found:,}",
        "duplicates": f"{run.flow.duplicates:,}",
        "metadata": str(given.metadata or "none: field unknown, year as the paper gives it"),
        "labels": f"{len(labels):,} from {', '.join(given.labels)}" if labels else "none: prevalence is uncorrected",
        "ptm-reuse": version("ptm-reuse"),
    }
    return Sheet("about", "What this report is made from", ("", "value"), tuple(told.items()))


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
