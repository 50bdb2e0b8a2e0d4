"""The second half of a collection: the full texts of the papers drawn, each written before its outcome is noted."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ptmreuse.collecting.collection import FULL_TEXT, Collection, Kept
from ptmreuse.collecting.fitting import UNFIT
from ptmreuse.collecting.found import Found
from ptmreuse.collecting.gauge import Gauge
from ptmreuse.collecting.paper_files import PAPERS, file_name, write_whole
from ptmreuse.collecting.pmcids import with_pmcid
from ptmreuse.collecting.texts import UNANSWERED, Missing, Same, Source, first_text
from ptmreuse.collecting.web import DOWN, Web
from ptmreuse.errors import SystemicError


class Fetching:
    """Gets texts into a corpus folder; `europepmc` is the base URL where PMCIDs are asked for."""

    def __init__(self, web: Web, sources: Sequence[Source], folder: Path, europepmc: str) -> None:
        self.web, self.sources, self.folder, self.europepmc = web, sources, folder, europepmc

    def fetch(self, papers: Iterable[Kept], gauge: Gauge) -> None:
        """Get the texts of papers; one without a text gets its reason, one without a reply waits.

        Raises SystemicError when a service is down or the disk refuses.
        """
        silent = 0
        for kept in papers:
            end = self._one(kept)
            gauge.count(end)
            silent = silent + 1 if end == UNANSWERED else 0
            if silent >= DOWN:
                told = f"{DOWN} papers in a row got no reply from a service that has texts (last: {kept.found.key})"
                raise SystemicError(f"{told}; start the same command again later, it goes on where it stopped")

    def _one(self, kept: Kept) -> str:
        """How it ended: `full_text` or the reason."""
        found, before = self._located(kept.found)
        here = kept.outcome == FULL_TEXT and (self.folder / kept.file).is_file()
        got = first_text(found, self.sources, if_changed=here, before=before)
        if isinstance(got, Same):
            return "unchanged"
        if isinstance(got, Missing):
            # what was here stays: a service that has it no more takes nothing away
            if got.reason != UNANSWERED and not here:
                self.web.collection.settle(kept.found.key, got.reason)
            return got.reason
        file = f"{PAPERS}/{file_name(kept.found.key, got.suffix)}"
        write_whole(self.folder / file, got.data)
        self.web.collection.settle(kept.found.key, FULL_TEXT, got.licence, file, got.service)
        if kept.file not in ("", file):
            (self.folder / kept.file).unlink(missing_ok=True)  # XML has come where a PDF was
        if got.reply:
            self.web.remember(got.reply)
        return FULL_TEXT

    def _located(self, found: Found) -> tuple[Found, list[Missing]]:
        """The paper with its PMCID, or without it and why."""
        located = with_pmcid(found, self.web, self.europepmc)
        if isinstance(located, Missing):
            return found, [located]
        if located.pmcid != found.pmcid:
            self.web.collection.add(located)
        return located, []


def due(collection: Collection, limit: int | None, refresh: bool) -> list[Kept]:
    """The papers to ask for: of the first `limit` that were drawn, those without an outcome, or all to refresh them."""
    drawn = [kept for kept in collection.works() if kept.sampled and kept.outcome not in UNFIT][:limit]
    return [kept for kept in drawn if refresh or not kept.outcome]
