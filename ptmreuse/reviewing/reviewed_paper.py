"""A paper that people label: its text, and what a run says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from program.paper import Paper
from program.passages import Survey
from ptmreuse.reporting.record import Told
from ptmreuse.reporting.reread import nearest_chance
from ptmreuse.rows import Split


@dataclass(frozen=True)
class Wanted:
    """A paper that is to be labelled, before it is read: `source` is where it lies, `told` what a run says of it."""

    id: str  # the digest of its text
    source: str
    split: Split = "train"
    told: Told | None = None


@dataclass(frozen=True)
class ReviewedPaper:
    """A paper that was read: `wanted`, and its text."""

    wanted: Wanted
    paper: Paper

    @property
    def id(self) -> str:
        """The digest of its text, by which the page and the labels know it."""
        return self.wanted.id

    @property
    def told(self) -> Told | None:
        """What a run says of it."""
        return self.wanted.told

    @cached_property
    def _survey(self) -> Survey:
        return Survey(self.paper)

    @property
    def passages(self) -> Sequence[int]:
        """The numbers of the paragraphs that tell something of deep learning: those that the stages see."""
        return self._survey.paragraphs()

    @cached_property
    def chance(self) -> float:
        """The embedded LM's chance of yes, 0 to 1, in the yes/no stage in which it is nearer to one half."""
        return nearest_chance(self.paper, self._survey.passages())
