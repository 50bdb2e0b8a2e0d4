"""What people write: drafts as they are made, undone and exported."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from ptmreuse.labelling.annotated import jsonl
from ptmreuse.reviewing.asking import Who, annotator, finder
from ptmreuse.reviewing.draft import Draft, Fault, faults, row
from ptmreuse.reviewing.journal import Journal
from ptmreuse.reviewing.label_files import LabelFiles
from ptmreuse.reviewing.read_routes import shown
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper

_FILE = {"content-disposition": "attachment; filename=labels.jsonl"}


def label_routes(
    papers: Mapping[str, ReviewedPaper], journal: Journal, files: LabelFiles, otherwise: str, *, blind: bool
) -> APIRouter:
    """The routes; `otherwise` is who writes when a request names nobody."""
    router = APIRouter(prefix="/api")
    find: Callable[[str], ReviewedPaper] = finder(papers)

    @router.put("/papers/{key}/label")
    def save(draft: Draft, key: str = Path(max_length=100), x_annotator: Who = "") -> dict[str, Any]:
        """Kept whatever is wrong with it; what ends it with faults stays started, and the faults are told."""
        about, who = find(key), annotator(x_annotator, otherwise)
        ends = draft.state in ("done", "cannot")
        found = faults(draft, about.paper) if ends else []
        kept = draft.model_copy(update={"state": "started"}) if found else draft
        made = row(kept, about) if kept.state == "done" else None
        before = journal.latest(who, key)
        revision = journal.save(who, key, kept, made)
        if made or (before and before.state == "done"):
            files.write()
        machine = shown(about, kept, blind=blind)
        return {"revision": revision, "problems": list(map(Fault._asdict, found)), "machine": machine}

    @router.post("/papers/{key}/undo")
    def undo(key: str = Path(max_length=100), x_annotator: Who = "") -> dict[str, Any]:
        """The draft before the latest; null before the first."""
        who = annotator(x_annotator, otherwise)
        before = journal.undo(who, find(key).id)
        files.write()
        return {"label": before.model_dump() if before else None}

    @router.get("/labels.jsonl")
    def labels() -> Response:
        """What is settled, as the file of labels has it."""
        return Response(jsonl(files.settled.rows), media_type="application/x-ndjson", headers=_FILE)

    return router
