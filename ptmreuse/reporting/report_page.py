"""The report's page: one file that holds everything and loads nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ptmreuse.evaluation.browser import script_data
from ptmreuse.evaluation.gallery import Drawn
from ptmreuse.evaluation.sheet import Sheet
from ptmreuse.evaluation.template import page_file, script_hash, template
from ptmreuse.reporting.browsed import ANSWERS, browsed_models, browsed_papers
from ptmreuse.reporting.estimate_sheets import estimate_sheets
from ptmreuse.reporting.estimated import Estimated
from ptmreuse.reporting.headlines import headlines, standing
from ptmreuse.reporting.results import Results
from ptmreuse.reporting.study import DIFFERENCES, study_sheets
from ptmreuse.reporting.tabulated import OPEN, PATTERNS, STEPS, shortened

PAGE = "report.html"
_PACKAGE = "ptmreuse.reporting"
_SHORT = 40  # rows of a table on the page; its CSV has all


def html(results: Results, found: Estimated, tables: Sequence[Sheet], pictures: Sequence[Drawn], about: Sheet) -> str:
    """The page. Everything of papers is escaped; scripts that are not ours can't run in it."""
    script = page_file(_PACKAGE, "report.js")
    papers = browsed_papers(results)
    page: str = template(_PACKAGE).render(
        title="Which pre-trained models these papers reuse",
        subtitle=_subtitle(results),
        style=page_file("ptmreuse.evaluation", "report.css") + page_file(_PACKAGE, "report.css"),
        script=script,
        script_hash=script_hash(script),
        headlines=[sentence.replace(" %", "\N{NO-BREAK SPACE}%") for sentence in headlines(results, found)],
        standing=standing(results, found),
        estimates=_sheets(estimate_sheets(found)),
        parts=_parts(_sheets(tables), pictures),
        study=study_sheets(results, found),
        differences=DIFFERENCES,
        about=about,
        choices=_choices(papers),
        kept=len(papers),
        left_out=len(results.unique) - len(papers),
        models=results.models["model"].nunique(),
        data=script_data({"papers": papers, "models": browsed_models(results), "patterns": PATTERNS}),
    )
    return page


def _subtitle(results: Results) -> str:
    number = len(results.unique)
    run = str(results.run.name or results.run)
    return " · ".join([f"{number:,} paper{'' if number == 1 else 's'}", f"run {run}", results.asked.words])


def _sheets(several: Sequence[Sheet]) -> list[Sheet]:
    return [shortened(each, _SHORT) for each in several]


class _Part(NamedTuple):
    """A section, what the names of its figures and tables begin with, which table is open first, its name on top."""

    id: str
    title: str
    text: str
    begins: tuple[str, ...]
    main: tuple[str, ...]
    short: str


_PARTS = (
    _Part(
        "fields",
        "By field and year",
        "How many papers reuse a pre-trained model, and how many use deep learning, by field, year and journal.",
        ("reuse_", "deep_learning_", "share_", "field", "year"),
        ("reuse_by_subject", "reuse_by_field"),
        "Fields and years",
    ),
    _Part(
        "patterns",
        "How, and for which step of science",
        "Conceptual: rebuilt. Adaptation: weights loaded and changed. Deployment: run as it is. The unit is an"
        " instance: a paper, a model and a pattern, or a step.",
        ("pattern", "step"),
        ("pattern_by_step",),
        "Patterns and steps",
    ),
    _Part("models", "Which models", "", ("model", "famil", "co_reuse", "top", "adoption", "lag"), (), "Models"),
    _Part(
        "flow",
        "The way of the papers",
        "From what was found to what was answered; every number is counted from the run's ledger.",
        ("flow", "metadata"),
        (),
        "Flow",
    ),
)


def _parts(sheets: Sequence[Sheet], pictures: Sequence[Drawn]) -> list[dict[str, Any]]:
    """Each section with its figures and tables; what is in no section comes to the first."""
    return [
        {
            "id": part.id,
            "title": part.title,
            "short": part.short,
            "text": part.text,
            "figures": [each for each in pictures if _home(each.name) is part],
            "sheets": [each for each in sheets if each is _open(part, sheets)],
            "more": [each for each in sheets if _home(each.name) is part and each is not _open(part, sheets)],
        }
        for part in _PARTS
    ]


def _open(part: _Part, sheets: Sequence[Sheet]) -> Sheet | None:
    """The table of a section that is open from the start: the first of those named, if there is one."""
    by_name = {each.name: each for each in sheets}
    return next((by_name[name] for name in part.main if name in by_name), None)


def _home(name: str) -> _Part:
    return next((part for part in _PARTS if name.startswith(part.begins)), _PARTS[0])


def _choices(papers: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """What papers can be chosen by, with how many there are."""
    answers = Counter(paper["answer"] for paper in papers)
    values = {
        name: Counter(
            v for p in papers for v in {v for m in p.get("models", ()) for v in m.get(name, "").split(";") if v}
        )
        for name in ("pattern", "step")
    }
    return {
        "answer": {name: answers[name] for name in ANSWERS if answers[name]},
        "field": dict(Counter(paper["field"] for paper in papers).most_common()),
        "year": dict(sorted(Counter(paper["year"] for paper in papers).items(), reverse=True)),
        "pattern": {name: values["pattern"][name] for name in (*PATTERNS, OPEN) if values["pattern"][name]},
        "step": {name: values["step"][name] for name in (*STEPS, OPEN) if values["step"][name]},
    }
