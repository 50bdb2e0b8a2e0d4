"""`ptmreuse labels check|agreement|merge|export|import FILE...`: label files without the page."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from ptmreuse.errors import UsageError
from ptmreuse.labelling import exchange_command

if TYPE_CHECKING:
    from ptmreuse.evaluation.measure import Measure
    from ptmreuse.labelling.agreement import StageAgreement
    from ptmreuse.labelling.disagreements import Disagreement

HELP = "check, compare and merge label files; exchange them with other tools"


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.description = "Label files, one annotator each: check them, see how far they agree, make one of them."
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    each = actions.add_parser("check", help="what is wrong with each file, and what is odd about it")
    each.set_defaults(command=check)
    _files(each)
    both = actions.add_parser("agreement", help="kappa and alpha per stage, and every disagreement")
    both.set_defaults(command=agreement)
    _files(both)
    one = actions.add_parser("merge", help="one file of what is agreed or ruled")
    one.set_defaults(command=merge)
    _files(one)
    one.add_argument("--rulings", type=Path, metavar="FILE", help="JSONL of rulings on disagreements")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="the JSONL; never written over")
    exchange_command.add(actions)


def _files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="labels, JSONL or CSV; one annotator each")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def check(given: argparse.Namespace) -> int:
    """Print what is wrong and what is odd; returns the exit code: 0 when all files can be loaded, else 1.

    Raises UsageError for a file that can't be read.
    """
    from ptmreuse.labelling.checking import checked_file

    console = Console(highlight=False)
    at_fault = False
    for path in given.files:
        found = checked_file(path)
        _say(console, f"{path}: {found.papers:,} papers, {len(found.faults)} at fault, {len(found.remarks)} remarks")
        _say(console, *(f"  {fault}" for fault in found.faults), *(f"  (remark) {each}" for each in found.remarks))
        at_fault = at_fault or bool(found.faults)
    return 1 if at_fault else 0


def agreement(given: argparse.Namespace) -> int:
    """Print agreement per stage and the disagreements; returns the exit code 0.

    Raises UsageError for a single file, one that can't be read, and faulty rows.
    """
    # scipy takes seconds to import, which the other commands need not wait for
    from ptmreuse.labelling.agreement import stage_agreement
    from ptmreuse.labelling.annotated import by_annotator
    from ptmreuse.labelling.disagreements import disagreements

    if len(given.files) < 2:
        raise UsageError(f"{given.files[0]}: is one annotator's; give a file of each")
    labels = by_annotator(given.files)
    console = Console(highlight=False)
    _say(console, ", ".join(f"{who}: {len(rows):,} papers" for who, rows in labels.items()))
    console.print(_table(stage_agreement(labels)))
    _list(console, disagreements(labels))
    return 0


def merge(given: argparse.Namespace) -> int:
    """Write what is settled and print what is not; returns the exit code 0.

    Raises UsageError for files that can't be read, faulty rows or rulings, nothing settled, and an --out that is there
    already; SystemicError when the disk refuses.
    """
    from ptmreuse.held_back import without_held_back
    from ptmreuse.labelling.annotated import by_annotator, jsonl, write_new
    from ptmreuse.labelling.merging import merged
    from ptmreuse.labelling.ruled import rulings

    found = merged(by_annotator(given.files), rulings(given.rulings) if given.rulings else None)
    if found.faults:
        raise UsageError(f"{given.rulings}: correct the rulings" + "".join(f"\n  {fault}" for fault in found.faults))
    console = Console(highlight=False)
    _list(console, found.open)
    rows, reasons = without_held_back(found.rows)
    _say(console, *(f"left out: {reason}" for reason in reasons))
    if not rows:
        step = "rule on the disagreements (--rulings)" if found.open else "label other papers"
        raise UsageError(f"{given.out}: no paper is left to write; {step}")
    write_new(given.out, jsonl(rows))
    left = len({each.key for each in found.open})
    _say(console, f"Written: {given.out}, {len(rows):,} papers; {left:,} left out until they are ruled on")
    return 0


def _table(found: "Iterable[StageAgreement]") -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("stage", no_wrap=True)
    for name in ("n", "Cohen's κ", "Krippendorff's α", "F1 of names"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found:
        table.add_row(each.stage, f"{each.n:,}", *map(_shown, (each.kappa, each.alpha, each.f1)))
    return table


def _shown(measure: "Measure") -> str:
    if measure.value is None:
        return "-"
    return f"{measure.value:.2f} ({measure.low:.2f}–{measure.high:.2f})"


def _list(console: Console, found: "Iterable[Disagreement]") -> None:
    listed = list(found)
    _say(console, f"{len(listed):,} disagreements" + (":" if listed else ""))
    for each in listed:
        about = " · ".join(filter(None, (each.key, each.stage, each.model)))
        _say(console, f"  {about}: " + ", ".join(f"{who} {answer}" for who, answer in each.answers.items()))


def _say(console: Console, *lines: str) -> None:
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
