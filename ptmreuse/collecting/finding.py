"""The first half of a collection: search, ask OpenAlex about what others found, leave out what does not fit, draw."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from ptmreuse.collecting import europepmc_search, europepmc_text, openalex, plos_search
from ptmreuse.collecting.collection import Collection
from ptmreuse.collecting.drawn import Per, draw
from ptmreuse.collecting.fitting import UNFIT, unfit
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.query import Query
from ptmreuse.collecting.web import Web

SEARCHES = ("openalex", "europepmc", "plos")


@dataclass(frozen=True, slots=True)
class Services:
    """Where the services are, and OpenAlex's API key."""

    openalex: str = openalex.URL
    europepmc: str = europepmc_text.URL
    plos: str = plos_search.URL
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """A share of the papers, drawn by a seed from each year or field by itself."""

    share: float = 1.0
    seed: int = 0
    per: Per = "none"


class Count(Protocol):
    """What is told of every paper found."""

    def count(self, end: str) -> None:
        """One more, `end` says how."""


def searched(query: Query, searches: Iterable[str], web: Web, at: Services, limit: int | None) -> Iterator[Found]:
    """What the searches find, at most `limit` papers each. Raises SystemicError when a service refuses or fails."""
    several = {
        "openalex": lambda: openalex.search(query, web, at.openalex, at.key),
        "europepmc": lambda: europepmc_search.search(query, web, at.europepmc),
        "plos": lambda: plos_search.search(query, web, at.plos),
    }
    for name in searches:
        yield from islice(several[name](), limit)


def keep(papers: Iterable[Found], collection: Collection, count: Count) -> None:
    """Keep what was found, and tell of each whether it is new."""
    for found in papers:
        count.count("new" if collection.add(found) else "known")


def complete(collection: Collection, web: Web, at: Services) -> None:
    """Ask OpenAlex for the works of papers that others found. Raises SystemicError when it refuses or fails."""
    without = [found.doi for found in collection.papers().values() if found.doi and not found.work]
    for found in openalex.by_doi(without, web, at.openalex, at.key):
        collection.add(found)


def select(collection: Collection, query: Query | None, sample: Sample) -> None:
    """Settle the papers that do not fit the query, and draw among the others."""
    papers = collection.papers()
    reasons = {key: unfit(found, query) for key, found in papers.items()} if query else {}
    settled = {kept.found.key for kept in collection.works() if kept.outcome and kept.outcome not in UNFIT}
    for key, reason in reasons.items():
        if reason and key not in settled:
            collection.settle(key, reason)
    fitting = {key: found for key, found in papers.items() if not reasons.get(key)}
    drawn = draw(fitting, sample.share, sample.seed, sample.per)
    collection.draw(drawn.probabilities, drawn.keys)
