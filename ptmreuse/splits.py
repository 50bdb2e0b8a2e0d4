"""The papers of a compile in three disjoint splits; the test split is loaded only for the last word."""

from collections.abc import Sequence
from pathlib import Path

from ptmreuse.errors import UsageError
from ptmreuse.examples import stage_examples
from ptmreuse.held_back import held_back
from ptmreuse.labelled import LabelledPaper
from ptmreuse.trainset import digest, load, overlaps


class Splits:
    """Labelled papers to train on, to validate and, where it is asked for, to test; and the stages' examples from them.

    Raises UsageError for a split without papers, papers that two splits share, and papers to train on or to choose by
    that are of the project's own test split.
    """

    def __init__(
        self, train: str, val: str, folder: Path | None, stages: Sequence[str], *, guard: str = "", with_test: bool
    ) -> None:
        self.train = load(train, "train", folder)
        self.val = load(val or train, "val", folder) or (load(val, None, folder) if val else [])
        self.test = load(train, "test", folder) if with_test else []
        self.guard = load(guard, None, folder) if guard else []
        for name, papers in (("train", self.train), ("val", self.val), *([("test", self.test)] if with_test else [])):
            if not papers:
                raise UsageError(f"{train}: has no paper in the split {name}; mark some, or give --{name}")
        for name, one, other in (
            ("train and val", self.train, self.val),
            ("train and test", self.train, self.test),
            ("val and test", self.val, self.test),
            ("train and guard", self.train, self.guard),
        ):
            _check_disjoint(name, one, other)
        for source, papers in ((train, self.train), (val or train, self.val), (guard, self.guard)):
            _check_not_held_back(source, papers)
        self.digest = digest(self.train)
        self.guarding = {stage: stage_examples(stage, self.guard) for stage in stages}
        self.examples = {s: (stage_examples(s, self.train), stage_examples(s, self.val)) for s in stages}
        for stage, sides in self.examples.items():
            for name, examples in zip(("train", "val"), sides, strict=True):
                if not examples:
                    raise UsageError(f"{train}: no paper in the split {name} is one that {stage} is asked about")

    @property
    def texts(self) -> list[str]:
        """Every paragraph of the training papers."""
        return [paragraph.text for labelled in self.train for paragraph in labelled.paper.paragraphs]


def _check_disjoint(names: str, one: Sequence[LabelledPaper], other: Sequence[LabelledPaper]) -> None:
    if pairs := overlaps(one, other):
        shown = "".join(f"\n  {p.first} and {p.second} share {p.share:.0%} of their text" for p in pairs[:10])
        raise UsageError(f"{names} are not disjoint: {len(pairs)} pairs of papers; take one of each away{shown}")


def _check_not_held_back(source: str, papers: Sequence[LabelledPaper]) -> None:
    if reasons := held_back(labelled.paper for labelled in papers):
        shown = "".join(f"\n  {reason}" for reason in list(reasons.values())[:10])
        raise UsageError(
            f"{source}: {len(reasons)} papers of our test split, which is for the last word; leave out{shown}"
        )
