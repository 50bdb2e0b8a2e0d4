"""`ptmreuse sample RUN`: which papers of a run to label next, as a CSV to fill in."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from ptmreuse.errors import UsageError

if TYPE_CHECKING:
    from ptmreuse.reporting.for_estimate import Part
    from ptmreuse.reporting.for_training import Picked
    from ptmreuse.reporting.record import Record, Told

HELP = "which papers to label next"
_TRAINING_ONLY = ("against", "key_b", "chances")


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=sample)
    parser.description = "Which papers of a run to label next, as a CSV for a person to fill in."
    parser.add_argument("run", type=Path, metavar="RUN", help="folder of a run")
    parser.add_argument("--n", type=_positive, default=200, metavar="N", help="papers to label (default: 200)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the CSV; never written over")
    purpose = "a probability sample for prevalence (default), or the papers to learn most from"
    parser.add_argument("--for", dest="purpose", choices=("estimate", "training"), default="estimate", help=purpose)
    parser.add_argument("--seed", type=_whole, default=0, metavar="N", help="another seed, another sample (default: 0)")
    groups = "stratify, or spread, by this as well; year means five of them (default: none)"
    parser.add_argument("--by", choices=("field", "year", "none"), default="none", help=groups)
    parser.add_argument("--metadata", type=Path, metavar="FILE", help="OpenAlex works, for the fields of --by field")
    parser.add_argument("--key", default="", metavar="TEXT", help="the answers whose program or LM has TEXT in it")
    parser.add_argument(
        "--show-answers", action="store_true", help="put the machine's answers beside the empty columns"
    )
    parser.add_argument("--against", type=Path, metavar="RUN_B", help="for training: where another run disagrees")
    parser.add_argument("--key-b", default="", metavar="TEXT", help="of RUN_B the answers with TEXT in program or LM")
    chances = "for training: read the papers again and take the embedded LM's chances (about 30 papers a second)"
    parser.add_argument("--chances", action="store_true", help=chances)
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(text)


def _positive(text: str) -> int:
    if _whole(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return int(text)


def sample(given: argparse.Namespace) -> int:
    """Draw, write the CSV, and say how it was drawn; returns the exit code 0.

    Raises UsageError for what is no run, a run without a readable paper, too few papers for the strata, flags that do
    not go together, and a file that is there already; SystemicError when the disk refuses.
    """
    # pandas takes seconds to import, which the other commands need not wait for
    from ptmreuse.reporting.record import record

    _check(given)
    console = Console(highlight=False)
    run = record(given.run, given.key)
    readable = len(run.papers) - run.unreadable
    _say(console, run.words)
    _say(console, f"{readable:,} papers to draw from; {_apart(run)}")
    if not readable:
        raise UsageError(f"{given.run}: no readable paper in it; give a run that has some")
    if given.n > readable:
        _say(console, f"--n {given.n}: there are no more than {readable:,}")
    draw = _for_training if given.purpose == "training" else _for_estimate
    draw(given, run, _group(given), console)
    _say(console, "Fill in the empty columns by the codebook (a no is written out), then load it with --labels.")
    return 0


def _check(given: argparse.Namespace) -> None:
    if given.purpose == "estimate":
        for name in filter(lambda name: getattr(given, name), _TRAINING_ONLY):
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(f"{flag}: is of no use in a probability sample; give --for training, or leave it out")
    if given.metadata and given.by != "field":
        raise UsageError(f"--metadata {given.metadata}: is for --by field; give that as well, or leave it out")
    if given.out.exists():
        raise UsageError(f"{given.out}: is there already and may hold labels; give another --out")


def _apart(run: "Record") -> str:
    return f"{run.duplicates:,} duplicates and {run.unreadable:,} unreadable papers are not among them"


def _group(given: argparse.Namespace) -> "Callable[[Told], str]":
    """What papers are grouped by, besides the machine's answer."""
    from ptmreuse.reporting.strata import period_of

    if given.by == "year":
        return period_of
    if given.by == "field":
        fields = _fields(given)
        return lambda told: fields[told.source]
    return lambda _: ""


def _fields(given: argparse.Namespace) -> Mapping[str, str]:
    from ptmreuse.reporting.results import results

    papers = results(given.run, given.metadata, given.key).papers
    return dict(zip(papers["source"], papers["field"], strict=True))


def _for_estimate(given: argparse.Namespace, run: "Record", group: "Callable[[Told], str]", console: Console) -> None:
    from ptmreuse.reporting.for_estimate import design, drawn
    from ptmreuse.reporting.label_sheet import sample_table, strata_path, strata_table, write
    from ptmreuse.reporting.strata import strata

    parts = design(strata(run.papers, group), given.n, given.seed)
    table = sample_table(drawn(parts, given.seed), "estimate", given.show_answers)
    key = strata_path(given.out)
    write({given.out: table, key: strata_table(parts)})
    _show_parts(parts, console)
    _say(console, f"Written: {given.out} ({len(table)} papers to label), {key} (what the codes of the strata mean)")


def _show_parts(parts: "Sequence[Part]", console: Console) -> None:
    from ptmreuse.evaluation.numerals import decimal
    from ptmreuse.evaluation.sheet import Amount, Sheet, show
    from ptmreuse.reporting.for_estimate import ASSUMED

    columns = ("machine's answer", "papers", "assumed reuse", "to label", "probability")
    rows = tuple(
        (
            part.stratum.name,
            len(part.stratum.papers),
            Amount(ASSUMED[part.stratum.answer], decimal(ASSUMED[part.stratum.answer], 2)),
            part.drawn,
            Amount(part.probability, decimal(part.probability, 4)),
        )
        for part in parts
    )
    note = (
        "Neyman's allocation with the assumed shares of papers that truly reuse a PTM. If they are wrong the interval"
        " is wider than it could be, not wrong."
    )
    show([Sheet("strata", "A probability sample, stratified by the machine's answer", columns, rows, note)], console)


def _for_training(given: argparse.Namespace, run: "Record", group: "Callable[[Told], str]", console: Console) -> None:
    from ptmreuse.reporting.for_training import picked
    from ptmreuse.reporting.label_sheet import sample_table, write

    found = picked(run.papers, given.n, given.seed, _knowledge(given, run, group, console))
    table = sample_table(found.papers, "training", given.show_answers)
    write({given.out: table})
    _show_doubts(found, console)
    _say(console, "Not a probability sample: no share of it says anything of the corpus, and `probability` is empty.")
    _say(console, f"Written: {given.out} ({len(table)} papers to label)")


def _knowledge(given: argparse.Namespace, run: "Record", group: "Callable[[Told], str]", console: Console) -> Any:
    from rich.progress import track

    from ptmreuse.reporting.comparison import compared
    from ptmreuse.reporting.for_training import Knowledge
    from ptmreuse.reporting.record import record
    from ptmreuse.reporting.reread import reread

    pairs = {}
    if given.against:
        other = record(given.against, given.key_b, "--key-b")
        pairs = {pair.a.source: pair for pair in compared(run, other).papers.pairs}
        _say(console, f"Against {other.words}: {len(pairs):,} papers in both")
    again = {}
    if given.chances:
        readable = [told for told in run.papers if told.readable]
        again = dict(track(reread(readable), "Reading again", len(readable), console=console, transient=True))
        _say(console, f"{len(again):,} of {len(readable):,} papers could be read again with the same text")
    return Knowledge(pairs, again, group)


def _show_doubts(found: "Picked", console: Console) -> None:
    from ptmreuse.evaluation.sheet import Sheet, show
    from ptmreuse.reporting.strata import answer_of

    answers = Counter(answer_of(each.told) for each in found.papers)
    several = [("What speaks for them", "doubt", found.kinds), ("What they are", "machine's answer", answers)]
    sheets = [
        Sheet("picked", title, (heading, "papers"), tuple(Counter(rows).most_common()))
        for title, heading, rows in several
        if rows
    ]
    show(sheets, console)
    if found.near:
        _say(console, f"{found.near:,} papers passed over as near-duplicates of one that is in it")


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
