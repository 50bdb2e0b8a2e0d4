"""The flags of a screen, and the screen that they stand for."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ptmreuse.errors import UsageError
from ptmreuse.lm import EMBEDDED

if TYPE_CHECKING:
    from ptmreuse.screen_choice import Choice

_SHARE = 0.95  # of recall and of confidence, where nothing else is asked for


def add(parser: argparse.ArgumentParser) -> None:
    """Add the flags to a command."""
    screen = "ask the LM only about papers that may use deep learning, by the embedded LM's chance"
    parser.add_argument("--screen", choices=(EMBEDDED,), metavar="LM", help=f"{screen} ({EMBEDDED})")
    recall = f"least share of the papers with deep learning that the screen keeps (default {_SHARE})"
    parser.add_argument("--screen-recall", type=_share, metavar="R", help=recall)
    confidence = f"how surely, by the exact binomial bound on labelled papers (default {_SHARE})"
    parser.add_argument("--screen-confidence", type=_share, metavar="C", help=confidence)
    labels = "your labelled papers, as in trainsets/README.md (ours are added where yours are too few)"
    parser.add_argument("--screen-labels", nargs="+", metavar="SOURCE", default=(), help=labels)
    copies = "your copies of the labelled papers whose text is not in the labels"
    parser.add_argument("--screen-papers", type=Path, metavar="DIR", help=copies)
    threshold = "chance from 0 to 1 below which papers are screened out, instead of one that keeps a promise"
    parser.add_argument("--screen-threshold", type=_chance, metavar="T", help=threshold)


def chosen(given: argparse.Namespace) -> "Choice | None":
    """The screen that was asked for. Raises UsageError for flags that don't go together, and for too few labels."""
    others = ("recall", "confidence", "labels", "papers", "threshold")
    set_ones = [f"--screen-{name}" for name in others if getattr(given, f"screen_{name}") not in (None, ())]
    if not given.screen:
        if set_ones:
            raise UsageError(f"{set_ones[0]}: without --screen there is none; give --screen {EMBEDDED}")
        return None
    if given.lm == EMBEDDED and not given.stage_lm:
        raise UsageError(f"--screen {EMBEDDED}: it stands before an LM that costs; give that with --lm")
    if given.screen_threshold is not None and given.screen_recall is not None:
        raise UsageError("--screen-threshold --screen-recall: a threshold by hand keeps no promise; give one of them")
    # takes a second to import, and every worker process imports the command line
    from ptmreuse.screen_choice import choose
    from ptmreuse.screening import Promise

    promise = Promise(given.screen_recall or _SHARE, given.screen_confidence or _SHARE)
    return choose(given.screen_labels, given.screen_papers, promise, given.screen_threshold)


def _share(text: str) -> float:
    value = _number(text)
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1, such as 0.95")
    return value


def _chance(text: str) -> float:
    value = _number(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no chance from 0 to 1")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a number") from None
