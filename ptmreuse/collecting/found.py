"""A paper that a search found, before its text is there."""

from dataclasses import dataclass, field
from typing import Any, Literal

Source = Literal["openalex", "europepmc", "plos", "dois"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a service says of a paper: DOI in small letters without its resolver, PMCID as PMC123, "" where not given.

    `work` is OpenAlex's record, {} when another service found the paper.
    """

    doi: str
    pmcid: str
    title: str
    year: int | None
    source: Source
    work: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """The DOI, else the PMCID; "" for a record that can't be told from others."""
        return self.doi or self.pmcid
