"""The report: one page that holds everything and needs nothing, and beside it the tables and figures as files."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from ptmreuse.evaluation import browser, gallery, sheet, sheets
from ptmreuse.evaluation.gallery import ACCURACY, ORIGINS, PARETO, Drawn
from ptmreuse.evaluation.headline import differences, headline, means_compared
from ptmreuse.evaluation.sheet import Sheet
from ptmreuse.evaluation.tally import Tally

PAGE = "report.html"
_TITLE = "How well the stages answer"


def write_report(folder: Path, tally: Tally, about: Mapping[str, Any]) -> list[Path]:
    """Write report.html, tables/ (CSV, LaTeX) and figures/ (PNG, SVG) into a folder; the paths, the page first.

    `about` says what was evaluated (data, program and LM, versions, digests), in the order in which it is shown.
    """
    pictures = gallery.drawn(tally)
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / PAGE
    page.write_text(html(tally, about, pictures), encoding="utf-8", errors="replace")
    return [page, *write_tables(folder / "tables", tally), *gallery.write(folder / "figures", pictures)]


def write_tables(folder: Path, tally: Tally) -> list[Path]:
    """Every table as CSV and as LaTeX."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for each in sheets.all_sheets(tally):
        rows, text = folder / f"{each.name}.csv", folder / f"{each.name}.tex"
        sheet.frame(each).to_csv(rows, index=False)
        text.write_text(sheet.latex(each), encoding="utf-8", errors="replace")
        paths += [rows, text]
    return paths


def html(tally: Tally, about: Mapping[str, Any], pictures: Sequence[Drawn]) -> str:
    """The page. Everything of papers is escaped; scripts that are not ours can't run in it."""
    script = _page("report.js")
    found = tally.failures
    kept = found[: browser.MOST]
    by_name = {each.name: each for each in pictures}
    page: str = _template().render(
        title=_TITLE,
        subtitle=_subtitle(tally, about),
        style=_page("report.css"),
        script=script,
        script_hash=_hash(script),
        headline=headline(tally),
        figures={name: by_name.get(name) for name in (ACCURACY, ORIGINS, PARETO)},
        confusions=[each for each in pictures if each.name not in (ACCURACY, ORIGINS, PARETO)],
        main_sheets=sheets.main(tally),
        more_sheets=sheets.details(tally),
        comparisons=means_compared(tally),
        differences=differences(tally),
        comparison_sheets=sheets.comparison_sheets(tally),
        error_sheets=sheets.origin_sheets(tally),
        cost_sheets=[sheets.cost(tally)],
        about=_about(about),
        choices=browser.choices(kept),
        kept=len(kept),
        left_out=len(found) - len(kept),
        data=browser.script_data(browser.document(kept)),
    )
    return page


def _subtitle(tally: Tally, about: Mapping[str, Any]) -> str:
    cells = "1 program and LM" if len(tally.cells) == 1 else f"{len(tally.cells)} cells of program and LM"
    told = [f"{len(tally.labelled)} labelled papers", cells, about.get("data", ""), about.get("date", "")]
    return " · ".join(str(each) for each in told if each)


def _about(about: Mapping[str, Any]) -> Sheet:
    rows = tuple((name, str(value)) for name, value in about.items() if value not in (None, ""))
    return Sheet("about", "What was evaluated", ("", "value"), rows)


def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.globals |= {"brief": sheet.brief, "numeric": sheet.numeric}
    return environment.from_string(_page("report.html.j2"))


def _page(name: str) -> str:
    return (files("ptmreuse.evaluation") / "page" / name).read_text(encoding="utf-8")


def _hash(script: str) -> str:
    """The hash by which a page allows its own script and no other."""
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"
