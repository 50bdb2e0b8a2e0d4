"""`metadata.jsonl` of a corpus: OpenAlex's record of every paper drawn, as `ptmreuse report --metadata` reads it.

Each line also says what the collection knows: `pmcid`, `source`, `probability` (the chance to be in the sample),
`outcome`, and where there is a text its `file`, `licence` and `service`. Papers without a DOI are left out, for a
report joins by it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ptmreuse.collecting.collection import Collection, Kept
from ptmreuse.collecting.fitting import UNFIT
from ptmreuse.collecting.paper_files import write_whole
from ptmreuse.reporting.works import Row

FILE = "metadata.jsonl"
_READ = tuple(Row.model_fields)


def write_metadata(collection: Collection, folder: Path) -> Path:
    """Write the file; returns its path. Raises SystemicError when the disk refuses."""
    path = folder / FILE
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in _lines(collection))
    write_whole(path, lines.encode())
    return path


def _lines(collection: Collection) -> Iterator[dict[str, Any]]:
    wanted = (kept for kept in collection.works() if kept.found.doi and kept.sampled and kept.outcome not in UNFIT)
    return map(_line, wanted)


def _line(kept: Kept) -> dict[str, Any]:
    found = kept.found
    own = {
        "doi": found.doi,
        "title": found.title,
        "pmcid": found.pmcid,
        "source": found.source,
        "probability": kept.probability,
        "outcome": kept.outcome,
    }
    text = {"file": kept.file, "licence": kept.licence, "service": kept.service} if kept.file else {}
    return {"publication_year": found.year} | found.work | _readable(found.work) | own | text


def _readable(work: dict[str, Any]) -> dict[str, Any]:
    """The parts of a work that a report reads; null where a part is not as OpenAlex documents it."""
    told: dict[str, Any] = {}
    for name in _READ:
        if name in work:
            try:
                Row.model_validate({name: work[name]})
                told[name] = work[name]
            except ValidationError:
                told[name] = None
    return told
