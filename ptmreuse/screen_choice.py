"""From labelled papers to a screen: its threshold, what it promises, and the words that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ptmreuse.errors import UsageError
from ptmreuse.held_out import HeldOut, ours, theirs
from ptmreuse.screen import Screen, look
from ptmreuse.screening import Promise, Threshold, highest, judged, most, surest
from ptmreuse.trainset import digest


@dataclass(frozen=True)
class Choice:
    """A threshold with what it rests on; `below` counts the labelled papers without deep learning that are below."""

    threshold: Threshold
    promise: Promise
    held: HeldOut
    below: int
    by_hand: bool

    @property
    def screen(self) -> Screen:
        """The screen, with this choice as its basis."""
        found, wanted = self.threshold, self.promise
        basis = {
            "by_hand": self.by_hand, "recall": wanted.recall, "confidence": wanted.confidence, "bound": found.bound,
            "above": found.above, "yes": found.yes, "papers": len(self.held.papers), "labels": digest(self.held.papers),
        }  # fmt: skip
        return Screen(found.value, basis)

    @property
    def lines(self) -> list[str]:
        """What a person is told before the run."""
        no = len(self.held.papers) - self.threshold.yes
        below = f"papers whose chance of deep learning is below {self.threshold.value:g}"
        told = [f"Screen: {below} stay with the embedded LM"]
        if not self.held.papers:
            return [*told, "Screen: no labelled papers, so nothing is known of its recall"]
        left = "".join(f"; left out: {n:,} {reason}" for reason, n in self.held.left_out.items() if n)
        told.append(
            f"Screen: {self.threshold.above:,} of {self.threshold.yes:,} labelled papers with deep learning are kept, "
            f"{self.below:,} of {no:,} without are screened out ({self.held.source}{left})"
        )
        return [*told, f"Screen: {self.bound}"]

    @property
    def bound(self) -> str:
        """What can be said of the recall, in words."""
        sure = f"{self.threshold.bound:.3f} at confidence {self.promise.confidence:g}"
        set_by = ", threshold set by hand" if self.by_hand else ""
        return f"recall at least {sure} (exact binomial bound{set_by}), for papers like the labelled ones"


def choose(sources: Sequence[str], copies: Path | None, promise: Promise, by_hand: float | None = None) -> Choice:
    """The screen for a promise, or with a threshold that is set by hand.

    It rests on the user's own labelled papers where they are enough for the promise, else on ours as well: what holds
    of papers like the user's is what the user wants to know. Raises UsageError when both together are too few.
    """
    held = theirs(sources, copies)
    if held.yes < promise.needed:
        held = ours() + held
    chances = [(look(labelled.paper).chance, labelled.uses_deep_learning) for labelled in held.papers]
    yes = [chance for chance, truth in chances if truth]
    found = highest(yes, promise) if by_hand is None else judged(by_hand, yes, promise.confidence)
    if found is None:
        raise UsageError(too_few(len(yes), promise))
    below = sum(not truth and chance < found.value for chance, truth in chances)
    return Choice(found, promise, held, below, by_hand is not None)


def too_few(yes: int, promise: Promise) -> str:
    """Why the promise can't be made, and what can be done."""
    asked = f"--screen-recall {promise.recall:g} --screen-confidence {promise.confidence:g}"
    told = f"{asked}: takes {promise.needed:,} labelled papers with deep learning, and there are {yes:,}"
    label = (
        f"label {promise.needed - yes:,} more (--screen-labels), or set --screen-threshold by hand without a promise"
    )
    if not yes:
        return f"{told}; {label}"
    recall, confidence = most(yes, promise).recall, surest(yes, promise).confidence
    less = f"{_down(recall)} at that confidence, or at confidence {_down(confidence)} that recall"
    return f"{told}, which can promise recall {less}; ask for that, {label}"


def _down(value: float) -> str:
    """Three digits, never more than the value: what is read here is what may be asked for."""
    return f"{int(value * 1000) / 1000:g}"
