"""What the page reads: the session with the codebook's rules, the queue, a paper, models of the catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Path, Query

from program.catalogue import Entry, entries
from ptmreuse.reporting.pairs import Pair
from ptmreuse.reviewing.asking import Who, annotator, finder
from ptmreuse.reviewing.draft import Draft
from ptmreuse.reviewing.journal import Journal
from ptmreuse.reviewing.machine import machine
from ptmreuse.reviewing.queue import GIVEN, ORDERS, queued
from ptmreuse.reviewing.reviewed_paper import ReviewedPaper
from ptmreuse.reviewing.rules import PATTERNS, QUESTIONS, STEPS
from ptmreuse.serving.problems import Problem

_MOST = 12  # models that are proposed
_ENDED = ("done", "cannot")


def read_routes(
    papers: Mapping[str, ReviewedPaper],
    journal: Journal,
    *,
    pairs: Mapping[str, Pair],
    annotators: Sequence[str],
    blind: bool,
) -> APIRouter:
    """The routes. `annotators` are those who were named, the first of them when a request names none."""
    router = APIRouter(prefix="/api")
    find = finder(papers)

    @router.get("/session")
    def session(x_annotator: Who = "") -> dict[str, Any]:
        who = annotator(x_annotator, annotators[0])
        drafts = journal.drafts(who)
        return {
            "annotator": who,
            "annotators": list(dict.fromkeys([*annotators, *journal.annotators()])),
            "blind": blind,
            "total": len(papers),
            "done": sum(key in papers and draft.state in _ENDED for key, draft in drafts.items()),
            "stages": [{"stage": s, "question": q, "rules": rules} for s, (q, rules) in QUESTIONS.items()],
            "patterns": [{"value": value, "when": when} for value, when in PATTERNS.items()],
            "steps": [{"value": value, "when": when} for value, when in STEPS.items()],
        }

    @router.get("/queue")
    def queue(order: str = Query(GIVEN, max_length=40), x_annotator: Who = "") -> list[dict[str, Any]]:
        if order not in ORDERS:
            raise Problem("bad_request", f"order is one of {', '.join(ORDERS)}")
        drafts = journal.drafts(annotator(x_annotator, annotators[0]))
        return [
            _about(each.paper) | {"why": "" if blind else each.why, "state": drafts.get(each.paper.id, Draft()).state}
            for each in queued(list(papers.values()), order, pairs)
        ]

    @router.get("/papers/{key}")
    def paper(key: str = Path(max_length=100), x_annotator: Who = "") -> dict[str, Any]:
        found = find(key)
        draft = journal.latest(annotator(x_annotator, annotators[0]), key)
        paragraphs = [{"text": p.text, "section": p.section, "kind": p.kind} for p in found.paper.paragraphs]
        return _about(found) | {
            "journal": found.paper.journal,
            "paragraphs": paragraphs,
            "passages": list(found.passages),
            "machine": shown(found, draft, blind=blind),
            "label": draft.model_dump() if draft else None,
        }

    @router.get("/models")
    def models(q: str = Query("", max_length=200)) -> list[dict[str, Any]]:
        found = sorted(filter(lambda pair: pair[0] < _NOT, ((_fit(e, q), e) for e in entries().values())), key=_order)
        return [{"name": e.name, "aliases": list(e.aliases), "kind": e.kind} for _, e in found[:_MOST]]

    return router


def shown(about: ReviewedPaper, draft: Draft | None, *, blind: bool) -> dict[str, Any] | None:
    """The machine's answers, as far as they may be seen: in blind mode not before the person's own."""
    may_see = not blind or (draft is not None and draft.state in _ENDED)
    return machine(about.told, about.paper) if about.told and may_see else None


def _about(each: ReviewedPaper) -> dict[str, Any]:
    return {"id": each.id, "title": each.paper.title, "doi": each.paper.doi, "year": each.paper.year}


_NOT = 9


def _fit(entry: Entry, typed: str) -> int:
    """How well a model fits what was typed, 0 the best, `_NOT` not at all: the name itself, its beginning, a part."""
    wanted = _plain(typed)
    if not wanted:
        return _NOT
    names = [_plain(entry.name), *map(_plain, entry.aliases)]
    if wanted in names:
        return 0 if wanted == names[0] else 1
    for points, fits in ((2, str.startswith), (4, str.__contains__)):
        if fits(names[0], wanted):
            return points
        if any(fits(name, wanted) for name in names[1:]):
            return points + 1
    return _NOT


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _order(pair: tuple[int, Entry]) -> tuple[int, int, str]:
    fit, entry = pair
    return fit, len(entry.name), entry.name
