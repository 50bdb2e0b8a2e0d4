"""The report: everything in one page, nothing from outside, and no text of a paper that becomes markup."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from evaluated import ABOUT, SKILLS, made, results, tallied

from program.paper import Paper, Paragraph
from ptmreuse.evaluation import browser
from ptmreuse.evaluation.gallery import drawn
from ptmreuse.evaluation.judged import Cell
from ptmreuse.evaluation.report import Part, html, write_report, write_tables

EVIL = "</script><script>alert('x')</script><img src=x onerror=alert(1)>"


class Page(HTMLParser):
    """Tags, attributes, texts and the contents of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "script" and self.lasttag == "script" and self.cdata_elem == "script":
            self.scripts.append(data)
        else:
            self.text += data

    @property
    def data(self) -> Any:
        return json.loads(self.scripts[0])


@pytest.fixture(scope="module")
def text() -> str:
    tally = made(cells=2)
    return html([Part(tally, drawn(tally)[:3])], ABOUT)


def test_the_page_says_what_is_in_the_evaluation(text: str) -> None:
    page = Page(text)
    for words in (
        "gets the most right: end to end",
        "Accuracy, isolated",
        "Comparisons",
        "unknown",
        "0123abcd",
        "Where errors began",
    ):
        assert words in page.text
    assert len([tag for tag, _ in page.tags if tag == "svg"]) == 3
    assert len(page.data["failures"]) == len(made(cells=2).failures)


def test_nothing_comes_from_outside_and_no_other_script_runs(text: str) -> None:
    page = Page(text)
    own = base64.b64encode(hashlib.sha256(page.scripts[1].encode()).digest()).decode()
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert f"script-src 'sha256-{own}'" in policy
    assert policy.startswith("default-src 'none'")
    for _, attributes in page.tags:
        links = [v for name, v in attributes.items() if name in ("src", "href", "xlink:href", "action", "srcset")]
        assert all(link and link.startswith("#") for link in links)
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(http" not in text
    assert "@import" not in text


def test_ids_are_unique_and_labels_lead_somewhere(text: str) -> None:
    page = Page(text)
    ids = [a["id"] for tag, a in page.tags if "id" in a and tag not in ("path", "clippath", "pattern")]
    assert len(ids) == len(set(ids))
    targets = {a["href"] for tag, a in page.tags if tag == "a"}
    assert {str(target)[1:] for target in targets} <= set(ids)


def test_a_paper_is_data(tmp_path: Path) -> None:
    plain = made(papers=12).labelled[0]
    paragraphs = (Paragraph(f"We trained a deep network. {EVIL}", "methods", EVIL, EVIL),)
    paper = replace(plain, paper=Paper(EVIL, EVIL, paragraphs), models=(), quotes=(EVIL,))
    cell = Cell(EVIL, EVIL)
    tally = tallied(results([paper], {cell: 0.0}), [paper])
    assert tally.failures
    text = html([Part(tally, drawn(tally))], {EVIL: EVIL})
    page = Page(text)
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 2
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert "alert(" not in page.scripts[1]
    assert page.data["papers"][EVIL]["title"] == EVIL
    assert EVIL in page.text
    paths = write_report(tmp_path, [tally], {EVIL: EVIL})
    assert all(path.is_relative_to(tmp_path) for path in paths)
    svgs = [path.read_text(encoding="utf-8") for path in paths if path.suffix == ".svg"]
    assert svgs
    assert not any("<script" in svg or "<img" in svg for svg in svgs)


def test_more_failures_than_a_page_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    tally = made(cells=2)
    monkeypatch.setattr(browser, "MOST", 7)
    page = Page(html([Part(tally, [])], {}))
    assert len(page.data["failures"]) == 7
    assert f"holds 7 of them; {len(tally.failures) - 7} more are in the JSON document" in page.text


def test_one_cell_has_no_comparisons() -> None:
    page = Page(html([Part(made(cells=1), [])], {}))
    assert "comparisons" not in {a.get("id") for _, a in page.tags}
    assert "compiled · openai/large, isolated" in page.text


def test_tables_are_files(tmp_path: Path) -> None:
    paths = {path.name: path for path in write_tables(tmp_path / "new", made())}
    assert {
        "accuracy_isolated.csv",
        "accuracy_isolated.tex",
        "comparisons.csv",
        "cost.csv",
        "measures_4_isolated.csv",
    } < set(paths)
    table = pd.read_csv(paths["accuracy_isolated.csv"])
    assert table["program_lm"].tolist() == [cell.name for cell in SKILLS]
    measure = made().of("zero-shot · embedded", "isolated", "reuses_ptm")["accuracy"]
    numbers = table.loc[2, ["reuses_ptm", "reuses_ptm_low", "reuses_ptm_high", "reuses_ptm_n"]].tolist()
    assert numbers == pytest.approx([measure.value, measure.low, measure.high, measure.n])
    for path in paths.values():
        if path.suffix == ".tex":
            body = path.read_text(encoding="utf-8").partition("\n")[2]
            assert not re.search(r"(?<!\\)[_%#]", body), path


def test_the_report_lies_in_its_folder(tmp_path: Path) -> None:
    paths = write_report(tmp_path / "report", [made(cells=1)], ABOUT)
    assert paths[0] == tmp_path / "report" / "report.html"
    assert {path.parent.name for path in paths} == {"report", "tables", "figures"}
    assert all(path.stat().st_size for path in paths)


def test_several_sources_of_papers_are_parts_of_one_page(tmp_path: Path) -> None:
    first, second = replace(made(cells=1), data="test"), replace(made(cells=1), data="a b/real", notes=("In sample.",))
    paths = write_report(tmp_path, [first, second], ABOUT)
    page = Page(paths[0].read_text(encoding="utf-8"))
    ids = [a["id"] for _, a in page.tags if a.get("id") and "clip" not in str(a["id"])]
    assert {"test-result", "a-b-real-result", "test-cost", "failures"} < set(ids)
    links = {str(a["href"])[1:] for tag, a in page.tags if tag == "a"}
    assert links <= set(ids)
    assert "In sample." in page.text
    assert {failure["data"] for failure in page.data["failures"]} == {"test", "a b/real"}
    assert len(page.data["failures"]) == 2 * len(first.failures)
    assert {path.parts[-3] for path in paths[1:]} == {"test", "a-b-real"}
    assert len(set(paths)) == len(paths)
