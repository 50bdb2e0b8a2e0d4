"""The wrong answers as the report's page needs them: texts once, and where quotes stand in them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from program.evidence import squeeze
from ptmreuse.evaluation.failures import Failure

MOST = 5000  # wrong answers in a page; the JSON document has all

_ESCAPED = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def document(failures: Sequence[Failure], data: Sequence[str] = ()) -> dict[str, Any]:
    """`failures`, the `texts` that they refer to by number, and the `papers` that they refer to by name.

    `data` says of each failure which papers it is from, where there are several sources.
    """
    sources = data or [""] * len(failures)
    texts = {text: number for number, text in enumerate(dict.fromkeys(failure.passages for failure in failures))}
    papers = {
        _paper(f, source): {"source": f.paper, "title": f.title, "field": f.field, "year": f.year}
        for f, source in zip(failures, sources, strict=True)
    }
    rows: dict[int, dict[str, Any]] = {}
    for at in sorted(range(len(failures)), key=lambda n: texts[failures[n].passages]):  # one text after the other
        rows[at] = _row(failures[at], sources[at], texts[failures[at].passages])
    return {"failures": [rows[at] for at in range(len(failures))], "texts": list(texts), "papers": papers}


def _paper(failure: Failure, source: str) -> str:
    return f"{source} {failure.paper}" if source else failure.paper


def script_data(value: Any) -> str:
    """JSON that nothing inside can end: safe in a script element of a page."""
    return json.dumps(value).translate(_ESCAPED)


def choices(failures: Sequence[Failure], data: Sequence[str] = ()) -> dict[str, Mapping[str, int]]:
    """What can be chosen from, with the number of wrong answers, in the order of the list."""
    names = ("cell", "view", "stage", "kind")
    found = {"data": Counter(data)} if data else {}
    found |= {name: Counter(str(getattr(failure, name)) for failure in failures) for name in names}
    return {name: dict(counted) for name, counted in found.items()}


def _row(failure: Failure, source: str, text: int) -> dict[str, Any]:
    quotes = [{"text": q.text, "place": q.place, "verbatim": q.verbatim} for q in failure.quotes]
    given = [quote.text for quote in failure.quotes if quote.text]
    told = {name: getattr(failure, name) for name in ("view", "cell", "stage", "kind", "model")}
    told |= {"paper": _paper(failure, source)} | ({"data": source} if source else {})
    answers = {name: list(getattr(failure, name)) for name in ("true", "given", "labelled")}
    marked = marks(failure.passages, given, failure.labelled)
    return {**told, **answers, "quotes": quotes, "text": text, "marks": marked}


def marks(text: str, answer: Sequence[str], labelled: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where quotes stand: start, end, and whose they are: `answer`, `label` or `both`. They do not overlap.

    Offsets count UTF-16 units, as a browser does.
    """
    owned = (("answer", answer), ("label", labelled))
    spans = [(*span, whose) for whose, quotes in owned for span in _spans(text, quotes)]
    edges = sorted({edge for start, end, _ in spans for edge in (start, end)})
    found = []
    for start, end in pairwise(edges):
        owners = {whose for first, last, whose in spans if first <= start and end <= last}
        if owners:
            found.append((_units(text, start), _units(text, end), "both" if len(owners) == 2 else owners.pop()))
    return found


def _spans(text: str, quotes: Sequence[str]) -> list[tuple[int, int]]:
    """The first place of each quote that is in the text, compared as evidence is."""
    found = [_span(text, quote) for quote in quotes if quote]
    return [span for span in found if span]


def _span(text: str, quote: str) -> tuple[int, int] | None:
    if (at := text.find(quote)) >= 0:
        return at, at + len(quote)
    squeezed, offsets = _squeezed(text)
    wanted = squeeze(quote)
    at = squeezed.find(wanted)
    return (offsets[at], offsets[at + len(wanted) - 1] + 1) if wanted and at >= 0 else None


@lru_cache(maxsize=8)
def _squeezed(text: str) -> tuple[str, list[int]]:
    """A text as quotes are compared, and the place of each of its characters in the text."""
    return squeeze(text), [at for at, character in enumerate(text) for _ in squeeze(character)]


def _units(text: str, at: int) -> int:
    return len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
