"""`ptmreuse collect QUERY --out CORPUS`: a corpus from a question."""

import argparse
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from ptmreuse.amounts import count
from ptmreuse.errors import UsageError

if TYPE_CHECKING:
    from ptmreuse.collecting.collect import Order
    from ptmreuse.collecting.query import Query

HELP = "search for papers and fetch their open full texts"
KEY = "OPENALEX_API_KEY"
SEARCHES = ("openalex", "europepmc", "plos")
STOPPED = 130


def add(parser: argparse.ArgumentParser) -> None:
    """The flags of the subcommand."""
    parser.set_defaults(command=collect)
    parser.description = f"A corpus from a question. OpenAlex's API key is taken from {KEY}, if it is set."
    flag = parser.add_argument
    told = 'words of the full text: a phrase, or several in double quotes with OR, AND, NOT: \'"U-Net" OR "ResNet"\''
    flag("query", nargs="?", default="", metavar="QUERY", help=told)
    flag("--out", type=Path, required=True, metavar="CORPUS", help="folder of the corpus; the same command goes on")
    flag("--study", action="store_true", help="the published study's six phrases, eight fields and dates")
    flag("--dois", type=Path, metavar="FILE", help="these papers instead: one DOI a line, or a trainset's rows")
    flag("--search", nargs="+", choices=SEARCHES, default=["openalex"], help="where to search (default: openalex)")
    flag("--since", type=_day, metavar="DATE", help="published on 2020-01-31 or later")
    flag("--until", type=_day, metavar="DATE", help="published on this day or before")
    flag("--field", type=int, nargs="+", default=[], metavar="ID", help="OpenAlex's ids of fields, such as 13 or 28")
    flag("--citations", type=int, default=0, metavar="N", help="cited at least so often (default 0)")
    flag("--sample", type=_share, default=1.0, metavar="SHARE", help="a random share of the papers, such as 0.1")
    told = "draw that share of each year, or field, by itself (default none)"
    flag("--per", choices=("none", "year", "field"), default="none", help=told)
    flag("--seed", type=int, default=0, metavar="N", help="another seed, another sample (default 0)")
    flag("--limit", type=count, metavar="N", help="at most N papers of each search, and N texts")
    flag("--dry-run", action="store_true", help="count papers per year and field, and fetch nothing")
    flag("--refresh", action="store_true", help="ask again for every text, on condition that it has changed")
    flag("--pdf", action="store_true", help="the publisher's open PDF where there is no XML")
    flag("--plos-zip", type=Path, metavar="FILE", help="the zip of all PLOS articles, on this disk")
    flag("--mailto", default="", metavar="ADDRESS", help="your e-mail address, which the services ask for")
    for name in ("openalex", "europepmc", "pmc", "plos"):
        flag(f"--{name}-url", default="", metavar="URL", help=f"another address of {name}")
    flag("--debug", action="store_true", help="show the traceback of an error")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a date such as 2020-01-31") from error


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not a share above 0 and at most 1")
    return share


def collect(given: argparse.Namespace) -> int:
    """Collect, or count; returns the exit code: 0 when every paper drawn has its text or its reason, else 1.

    Raises UsageError for a question that is none, and what `collect.collect` raises.
    """
    # pandas, which the readers of the report need, takes seconds to import
    from ptmreuse.collecting import collect as collecting

    order = _order(given)
    console = Console(highlight=False)
    if given.dry_run:
        if not order.query:
            raise UsageError("--dry-run: counts what a query finds; leave --dois out")
        console.print(_cells(*collecting.counted(order)))
        return 0
    if not given.mailto:
        _say(console, "Without --mailto the services can't tell you when something goes wrong; they ask for it")
    try:
        counts = collecting.collect(order, console)
    except KeyboardInterrupt:
        _say(Console(stderr=True), "ptmreuse: stopped; run the same command to go on")
        return STOPPED
    console.print(_table(counts, order.out))
    _say(console, f"Written: {order.out / 'papers'}, {order.out / 'metadata.jsonl'}, {order.out / 'collect.sqlite'}")
    waiting = counts.get("waiting", 0)
    if waiting and not given.limit:
        _say(console, f"{waiting:,} papers got no reply from a service; run the same command to ask again")
        return 1
    return 0


def _order(given: argparse.Namespace) -> "Order":
    from ptmreuse.collecting.collect import Order
    from ptmreuse.collecting.finding import Sample, Services
    from ptmreuse.collecting.pmc_packages import URL as PMC

    query = _query(given)
    urls = {name: getattr(given, f"{name}_url").rstrip("/") for name in ("openalex", "europepmc", "plos")}
    at = replace(Services(key=os.environ.get(KEY, "")), **{name: url for name, url in urls.items() if url})
    return Order(
        given.out,
        query,
        given.dois,
        tuple(given.search),
        at,
        given.pmc_url or PMC,
        Sample(given.sample, given.seed, given.per),
        given.limit,
        given.refresh,
        given.pdf,
        given.plos_zip,
        given.mailto,
    )


def _query(given: argparse.Namespace) -> "Query | None":
    from ptmreuse.collecting.presets import STUDY
    from ptmreuse.collecting.query import Query, phrases

    asked = [
        name for name, value in (("QUERY", given.query), ("--study", given.study), ("--dois", given.dois)) if value
    ]
    if len(asked) != 1:
        raise UsageError(f"{' and '.join(asked) or 'no question'}: give one of QUERY, --study and --dois FILE")
    if given.dois:
        return None
    base = STUDY if given.study else Query(phrases(given.query))
    since, until = given.since or base.since, given.until or base.until
    if since and until and since > until:
        raise UsageError(f"--since {since}: is after --until {until}; change one of them")
    fields = tuple(given.field) or base.fields
    return replace(base, since=since, until=until, fields=fields, citations=given.citations or base.citations)


def _table(counts: Mapping[str, int], out: Path) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(str(out), no_wrap=True)
    table.add_column(f"{sum(counts.values()):,} papers found", justify="right", no_wrap=True)
    for name, papers in Counter(counts).most_common():
        table.add_row(name, f"{papers:,}")
    return table


def _cells(cells: Mapping[tuple[int, str], int], others: Mapping[str, int]) -> Table:
    """Papers per field and year of OpenAlex, and what other searches find in all."""
    years = sorted({year for year, _ in cells})
    fields = Counter[str]()
    for (_, field), papers in cells.items():
        fields[field or "(no field)"] += papers
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("field", no_wrap=True)
    for year in (*years, "all"):
        table.add_column(str(year), justify="right")
    for field, papers in fields.most_common():
        each = [cells.get((year, "" if field == "(no field)" else field), 0) for year in years]
        table.add_row(field, *(f"{n:,}" for n in each), f"{papers:,}")
    totals = [sum(n for (of, _), n in cells.items() if of == year) for year in years]
    if cells:
        table.add_row("all", *(f"{n:,}" for n in totals), f"{sum(totals):,}")
    for name, papers in others.items():
        table.add_row(f"{name}, before fields and citations", *([""] * len(years)), f"{papers:,}")
    return table


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
