"""What a collection found before there was anything to read: the beginning of the flow, from its record."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ptmreuse.collecting.collection import FILE, FULL_TEXT, outcomes
from ptmreuse.collecting.fitting import UNFIT

_NOT_DRAWN = "not_drawn"


@dataclass(frozen=True, slots=True)
class Gathered:
    """`found` papers = `unfit` by reason + `not_drawn` + `without_text` by reason + `texts`.

    Unfit are papers of other fields or with too few citations; waiting ones, which have no reply yet, are without text.
    """

    found: int
    unfit: Mapping[str, int]
    not_drawn: int
    without_text: Mapping[str, int]
    texts: int

    @property
    def asked_for(self) -> int:
        """Papers whose text was asked for."""
        return self.found - sum(self.unfit.values()) - self.not_drawn


def gathered(metadata: Path | None) -> Gathered | None:
    """The counts of the collection whose metadata a file is; None where no record of one lies beside it.

    Raises UsageError for a record that can't be read.
    """
    if metadata is None or not (metadata.parent / FILE).is_file():
        return None
    counts = outcomes(metadata.parent)
    known = {FULL_TEXT, _NOT_DRAWN}
    return Gathered(
        found=sum(counts.values()),
        unfit={name: papers for name, papers in counts.items() if name in UNFIT},
        not_drawn=counts.get(_NOT_DRAWN, 0),
        without_text={name: papers for name, papers in counts.items() if name not in known | UNFIT},
        texts=counts.get(FULL_TEXT, 0),
    )
