"""`ptmreuse diff RUN_A RUN_B`: which papers changed answer, at which stage, and how far two runs agree."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ptmreuse.errors import SystemicError, UsageError

if TYPE_CHECKING:
    from ptmreuse.evaluation.sheet import Sheet
    from ptmreuse.reporting.comparison import Comparison

HELP = "compare the answers of two runs"


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=diff)
    parser.description = "Which papers changed answer, at which stage, and how far two runs agree."
    for name in ("a", "b"):
        parser.add_argument(f"run_{name}", type=Path, metavar=f"RUN_{name.upper()}", help="folder of a run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for changes.csv, the tables and diff.html")
    for name in ("a", "b"):
        told = f"of RUN_{name.upper()} the answers whose program or LM has TEXT in it (default: the latest)"
        parser.add_argument(f"--key-{name}", default="", metavar="TEXT", help=told)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def diff(given: argparse.Namespace) -> int:
    """Compare, print the tables, write the files; returns the exit code 0.

    Raises UsageError for what is no run or the same answers twice, SystemicError when the disk refuses.
    """
    # pandas and scipy take seconds to import, which the other commands need not wait for
    from ptmreuse.evaluation.sheet import show
    from ptmreuse.reporting.comparison import compared, sentences, sheets
    from ptmreuse.reporting.record import record

    console = Console(highlight=False)
    a, b = record(given.run_a, given.key_a, "--key-a"), record(given.run_b, given.key_b, "--key-b")
    found = compared(a, b)
    for name, run in (("A", a), ("B", b)):
        console.print(f"{name}: {run.words}", markup=False, soft_wrap=True)
    for sentence in sentences(found):
        console.print(sentence, markup=False, soft_wrap=True)
    console.print()
    tables = sheets(found)
    show(tables, console)
    if given.out:
        paths = _written(found, tables, given.out)
        console.print("Written:", ", ".join(map(str, paths)), markup=False, soft_wrap=True)
    return 0


def _written(found: "Comparison", tables: "list[Sheet]", out: Path) -> list[Path]:
    from ptmreuse.evaluation.sheet import frame
    from ptmreuse.reporting.comparison import changes_table, one_run_table
    from ptmreuse.reporting.diff_page import html

    if out.is_file():
        raise UsageError(f"{out}: is no folder; give another --out")
    frames = {"changes": changes_table(found), "one_run": one_run_table(found)} | {t.name: frame(t) for t in tables}
    try:
        out.mkdir(parents=True, exist_ok=True)
        page = out / "diff.html"
        page.write_text(html(found, tables), encoding="utf-8", errors="replace")
        paths = [page, *(out / f"{name}.csv" for name in frames)]
        for path, table in zip(paths[1:], frames.values(), strict=True):
            table.to_csv(path, index=False)
    except OSError as error:
        raise SystemicError(f"{out}: can't be written ({error.strerror or error}); give another --out") from error
    return paths
