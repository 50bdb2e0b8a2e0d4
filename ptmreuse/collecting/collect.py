"""One collection from question to corpus: search, complete, draw, get the texts, write the metadata."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from ptmreuse.collecting import europepmc_search, openalex, plos_search, pmc_packages
from ptmreuse.collecting.collection import Collection
from ptmreuse.collecting.dois import listed
from ptmreuse.collecting.europepmc_text import URL as EUROPEPMC
from ptmreuse.collecting.europepmc_text import EuropePmcText
from ptmreuse.collecting.fetching import Fetching, due
from ptmreuse.collecting.finding import Sample, Services, complete, keep, searched, select
from ptmreuse.collecting.gauge import Gauge
from ptmreuse.collecting.metadata_lines import write_metadata
from ptmreuse.collecting.paper_files import PAPERS, sweep
from ptmreuse.collecting.plos_zip import PlosZip
from ptmreuse.collecting.pmc_packages import PmcPackages
from ptmreuse.collecting.publisher_pdf import PublisherPdf
from ptmreuse.collecting.query import Query
from ptmreuse.collecting.texts import Source
from ptmreuse.collecting.web import PAUSES, Web
from ptmreuse.hold import hold


@dataclass(frozen=True)
class Order:
    """What to collect and where to: a `query`, or a file of `dois`. `limit` is how many papers at most."""

    out: Path
    query: Query | None = None
    dois: Path | None = None
    searches: tuple[str, ...] = ("openalex",)
    at: Services = field(default_factory=Services)
    pmc: str = pmc_packages.URL
    sample: Sample = field(default_factory=Sample)
    limit: int | None = None
    refresh: bool = False
    pdf: bool = False
    plos_zip: Path | None = None
    mailto: str = ""

    @property
    def question(self) -> str:
        """What a corpus is of; a list of DOIs may grow."""
        return f"{self.query.words} in {' '.join(self.searches)}" if self.query else "a list of DOIs"

    @property
    def pauses(self) -> Mapping[str, float]:
        """The services' own pace; a copy elsewhere is asked as fast as it answers."""
        ours = {"openalex": self.at.openalex == openalex.URL, "europepmc": self.at.europepmc == EUROPEPMC}
        ours |= {"plos": self.at.plos == plos_search.URL, "pmc": self.pmc == pmc_packages.URL}
        return {service: pause if ours.get(service, True) else 0.0 for service, pause in PAUSES.items()}


def collect(order: Order, console: Console) -> dict[str, int]:
    """Collect, or go on; returns the papers by outcome: `full_text`, `waiting`, `not_drawn`, or why there is no text.

    Raises UsageError for a file that is no list of DOIs, a zip that is none, and a folder of another collection;
    SystemicError when a service is down or refuses, and for the disk. What was collected before is kept.
    """
    with _opened(order) as (collection, web), ExitStack() as held:
        sweep(order.out / PAPERS)
        collection.check_question(order.question)
        _find(order, collection, web, console)
        select(collection, order.query, order.sample)
        sources: list[Source] = [EuropePmcText(web, order.at.europepmc), PmcPackages(web, order.pmc)]
        if order.plos_zip:
            archive = PlosZip(order.plos_zip)
            held.callback(archive.close)
            sources.append(archive)
        if order.pdf:
            sources.append(PublisherPdf(web))
        wanted = due(collection, order.limit, order.refresh)
        gauge = Gauge(console, "texts", len(wanted))
        try:
            with gauge.running():
                Fetching(web, sources, order.out, order.at.europepmc).fetch(wanted, gauge)
        finally:
            write_metadata(collection, order.out)
        return collection.counts()


def counted(order: Order) -> tuple[dict[tuple[int, str], int], dict[str, int]]:
    """How many papers OpenAlex has by year and field, and how many the other searches find in all; nothing is kept.

    Raises SystemicError when a service refuses or fails.
    """
    query, at = order.query, order.at
    assert query  # noqa: S101 - the command sees to it
    with ExitStack() as held:
        folder = Path(held.enter_context(TemporaryDirectory()))
        collection = held.enter_context(Collection(folder))
        web = held.enter_context(Web(collection, order.mailto, order.pauses))
        cells = openalex.counts(query, web, at.openalex, at.key) if "openalex" in order.searches else {}
        others: dict[str, int] = {}
        if "europepmc" in order.searches:
            others["europepmc"] = europepmc_search.count(query, web, at.europepmc)
        if "plos" in order.searches:
            others["plos"] = plos_search.count(query, web, at.plos)
        return cells, others


@contextmanager
def _opened(order: Order) -> Iterator[tuple[Collection, Web]]:
    with hold(order.out), Collection(order.out) as collection, Web(collection, order.mailto, order.pauses) as web:
        yield collection, web


def _find(order: Order, collection: Collection, web: Web, console: Console) -> None:
    gauge = Gauge(console, "papers found")
    with gauge.running():
        if order.query:
            keep(searched(order.query, order.searches, web, order.at, order.limit), collection, gauge)
        elif order.dois:
            keep(listed(order.dois), collection, gauge)
    complete(collection, web, order.at)
