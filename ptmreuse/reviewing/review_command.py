"""`ptmreuse review RUN|SAMPLE.csv`: a page on which people label papers."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from ptmreuse.amounts import count
from ptmreuse.errors import UsageError

if TYPE_CHECKING:
    from ptmreuse.reporting.pairs import Pair
    from ptmreuse.reporting.record import Record
    from ptmreuse.reviewing.reviewed_paper import ReviewedPaper, Wanted

HELP = "label papers on a page in the browser"
HOST = "127.0.0.1"
_SHOWN = 10  # papers that are left out, each with its reason


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=review)
    parser.description = "A page on this machine on which people label papers, each on their own."
    flag = parser.add_argument
    flag("papers", type=Path, metavar="RUN|SAMPLE.csv", help="folder of a run, or a CSV that ptmreuse sample wrote")
    flag("--labels", type=Path, required=True, metavar="FILE", help="the labels, JSONL; the journal lies beside it")
    told = "who labels; repeat for several (default: the user of this machine)"
    flag("--annotator", action="append", default=[], metavar="NAME", help=told)
    flag("--blind", action="store_true", help="hide the machine's answers until the person has answered")
    flag("--n", type=count, default=200, metavar="N", help="papers of a RUN to label (default: 200)")
    flag("--seed", type=int, default=0, metavar="N", help="of the papers of a RUN that are alike (default: 0)")
    flag("--run", type=Path, metavar="RUN", help="with SAMPLE.csv: the run whose answers are shown")
    flag("--against", type=Path, metavar="RUN_B", help="another run, or another LM's answers, to order by disagreement")
    flag("--key", default="", metavar="TEXT", help="of RUN the answers whose program or LM has TEXT in it")
    flag("--key-b", default="", metavar="TEXT", help="of RUN_B the answers with TEXT in program or LM")
    flag("--port", type=_port, default=8001, help="port on loopback (default %(default)s; 0 takes a free one)")
    flag("--debug", action="store_true", help="show the traceback of an error")


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port")
    return int(text)


def review(given: argparse.Namespace) -> int:
    """Serve the page until stopped; returns the exit code 0.

    Raises UsageError for what is no run or sample, papers that can't be had, a name that may not be, and labels that
    come from elsewhere; SystemicError when the disk refuses.
    """
    try:
        from ptmreuse.reviewing.app import CAPACITY, app  # the web framework is an extra
        from ptmreuse.reviewing.asking import is_name, somebody
        from ptmreuse.serving.listening import address, listening, serve
    except ModuleNotFoundError as error:
        raise UsageError(f"review: {error.name} is not installed; pip install 'ptm-reuse[serve]'") from error
    from ptmreuse.reviewing.journal import Journal
    from ptmreuse.reviewing.label_files import LabelFiles, journal_path

    if wrong := [name for name in given.annotator if not is_name(name)]:
        raise UsageError(f"--annotator {wrong[0]}: give up to 40 letters, digits, - and _; not rulings")
    console = Console(highlight=False)
    wanted, pairs = _wanted(given, console)
    with listening(HOST, given.port) as listens, Journal(journal_path(given.labels)) as journal:
        files = LabelFiles(given.labels, journal)
        papers = _papers(wanted, console)
        names = given.annotator or [somebody()]
        served = app(papers, journal, files, pairs=pairs, annotators=names, blind=given.blind)
        _say(console, f"{len(papers):,} papers to label: {address(HOST, listens)}")
        serve(served, listens, CAPACITY.head_seconds)
        _say(console, f"Labels: {given.labels}; the same command goes on")
    return 0


def _wanted(given: argparse.Namespace, console: Console) -> "tuple[list[Wanted], Mapping[str, Pair]]":
    # pandas takes seconds to import, which the other commands need not wait for
    from ptmreuse.reporting.record import record
    from ptmreuse.reviewing.loaded import from_run, from_sample

    is_sample = given.papers.suffix.lower() == ".csv"
    if given.run and not is_sample:
        raise UsageError(f"--run {given.run}: is for a SAMPLE.csv; {given.papers} is taken for a run")
    folder = given.run if is_sample else given.papers
    run = record(folder, given.key) if folder else None
    pairs = _pairs(given, run)
    if run:
        _say(console, run.words)
    if is_sample:
        return from_sample(given.papers, run), pairs
    assert run  # noqa: S101 - it is none only for a sample
    return from_run(run, given.n, given.seed, pairs), pairs


def _pairs(given: argparse.Namespace, run: "Record | None") -> "Mapping[str, Pair]":
    if not given.against:
        return {}
    if not run:
        raise UsageError(f"--against {given.against}: give the run that it is compared with, --run RUN")
    from ptmreuse.reporting.comparison import compared
    from ptmreuse.reporting.record import record

    other = record(given.against, given.key_b, "--key-b")
    return {pair.a.source: pair for pair in compared(run, other).papers.pairs}


def _papers(wanted: "list[Wanted]", console: Console) -> "list[ReviewedPaper]":
    from ptmreuse.held_back import held_back
    from ptmreuse.reviewing.loaded import read_again

    with console.status(f"Reading {len(wanted):,} papers"):
        papers, reasons = read_again(wanted)
        held = held_back(each.paper for each in papers)
    reasons = {**reasons, **held}
    left = [each for each in papers if each.paper.source not in held]
    if reasons:
        _say(console, f"{len(reasons):,} left out:")
        for source, reason in list(reasons.items())[:_SHOWN]:
            _say(console, f"  {source}: {reason}")
        if len(reasons) > _SHOWN:
            _say(console, f"  and {len(reasons) - _SHOWN:,} more")
    if not left:
        raise UsageError("no paper is left to label; give another run or sample")
    return left


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
