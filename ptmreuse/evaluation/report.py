"""The report: one page that holds everything and needs nothing, and beside it the tables and figures as files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ptmreuse.evaluation import browser, gallery, sheet, sheets
from ptmreuse.evaluation.gallery import ACCURACY, ORIGINS, PARETO, Drawn
from ptmreuse.evaluation.headline import differences, headline, means_compared
from ptmreuse.evaluation.sheet import Sheet
from ptmreuse.evaluation.tally import Tally
from ptmreuse.evaluation.template import page_file, script_hash, template

PAGE = "report.html"
_PACKAGE = "ptmreuse.evaluation"
_TITLE = "How well the stages answer"
_UNNAMED = re.compile(r"[^a-z0-9]+")  # what does not stand in anchors and names of folders


@dataclass(frozen=True)
class Part:
    """What the page says of one source of papers. `several` when there are others beside it."""

    tally: Tally
    pictures: Sequence[Drawn]
    several: bool = False

    @property
    def stem(self) -> str:
        """The source as a name of folders and anchors; "" where it is the only one."""
        return _UNNAMED.sub("-", self.tally.data.lower()).strip("-") if self.several else ""

    def told(self) -> dict[str, Any]:
        """The part as the page shows it."""
        by_name = {each.name: each for each in self.pictures}
        tally = self.tally
        return {
            "id": f"{self.stem}-" if self.several else "",
            "title": f"{tally.data}: {len(tally.labelled)} papers" if self.several else "",
            "headline": headline(tally),
            "figures": {name: by_name.get(name) for name in (ACCURACY, ORIGINS, PARETO)},
            "confusions": [each for each in self.pictures if each.name not in (ACCURACY, ORIGINS, PARETO)],
            "main_sheets": sheets.main(tally),
            "more_sheets": sheets.details(tally),
            "comparisons": means_compared(tally),
            "differences": differences(tally),
            "comparison_sheets": sheets.comparison_sheets(tally),
            "error_sheets": sheets.origin_sheets(tally),
            "cost_sheets": [sheets.cost(tally)],
        }


def write_report(folder: Path, tallies: Sequence[Tally], about: Mapping[str, Any]) -> list[Path]:
    """Write report.html, tables/ (CSV, LaTeX, Markdown) and figures/ (PNG, SVG); the paths, the page first.

    Tables and figures of several sources of papers lie in a folder of each. `about` says what was evaluated (data,
    program and LM, versions, digests), in the order in which it is shown.
    """
    parts = [Part(tally, gallery.drawn(tally), len(tallies) > 1) for tally in tallies]
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / PAGE
    page.write_text(html(parts, about), encoding="utf-8", errors="replace")
    return [page, *(path for part in parts for path in _write_part(folder / part.stem, part))]


def _write_part(folder: Path, part: Part) -> list[Path]:
    return [*write_tables(folder / "tables", part.tally), *gallery.write(folder / "figures", part.pictures)]


def write_tables(folder: Path, tally: Tally) -> list[Path]:
    """Every table as CSV, as LaTeX and as Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for each in sheets.all_sheets(tally):
        rows = folder / f"{each.name}.csv"
        sheet.frame(each).to_csv(rows, index=False)
        texts = {".tex": sheet.latex(each), ".md": sheet.markdown(each)}
        for suffix, text in texts.items():
            rows.with_suffix(suffix).write_text(text, encoding="utf-8", errors="replace")
        paths += [rows, *map(rows.with_suffix, texts)]
    return paths


def html(parts: Sequence[Part], about: Mapping[str, Any]) -> str:
    """The page. Everything of papers is escaped; scripts that are not ours can't run in it."""
    script = page_file(_PACKAGE, "report.js")
    found = [(failure, part.tally.data) for part in parts for failure in part.tally.failures]
    kept = found[: browser.MOST]
    wrong, data = [failure for failure, _ in kept], [each for _, each in kept] if len(parts) > 1 else []
    page: str = template(_PACKAGE).render(
        title=_TITLE,
        subtitle=_subtitle([part.tally for part in parts], about),
        style=page_file(_PACKAGE, "report.css"),
        script=script,
        script_hash=script_hash(script),
        parts=[part.told() for part in parts],
        about=_about(about),
        choices=browser.choices(wrong, data),
        kept=len(kept),
        left_out=len(found) - len(kept),
        data=browser.script_data(browser.document(wrong, data)),
    )
    return page


def _subtitle(tallies: Sequence[Tally], about: Mapping[str, Any]) -> str:
    cells = max(len(tally.cells) for tally in tallies)
    shown = "1 program and LM" if cells == 1 else f"{cells} cells of program and LM"
    papers = sum(len(tally.labelled) for tally in tallies)
    told = [f"{papers} labelled papers", shown, about.get("data", ""), about.get("date", "")]
    return " · ".join(str(each) for each in told if each)


def _about(about: Mapping[str, Any]) -> Sheet:
    rows = tuple((name, str(value)) for name, value in about.items() if value not in (None, ""))
    return Sheet("about", "What was evaluated", ("", "value"), rows)
