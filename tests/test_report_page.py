"""The report's page: everything in it, nothing from outside, and no text of a paper that becomes markup."""

import base64
import hashlib
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from ledgers import NEITHER, found, one, reuse, wrote, yes
from papers import TUNED
from study import study
from test_report import EVIL, Page

from program.answers import STAGES
from ptmreuse.evaluation.sheet import Sheet
from ptmreuse.reporting import browsed
from ptmreuse.reporting.estimated import estimated
from ptmreuse.reporting.pictures import drawn
from ptmreuse.reporting.report_page import html
from ptmreuse.reporting.results import Results, results
from ptmreuse.reporting.tabulated import all_sheets

ABOUT = Sheet("about", "About", ("", "value"), (("run", EVIL),))


def page_of(run: Results, pictures: bool = False) -> str:
    return html(run, estimated(run), all_sheets(run), drawn(run) if pictures else [], ABOUT)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    run = study(tmp_path_factory.mktemp("run"), 300)
    return page_of(results(run, run / "works.jsonl"), pictures=True)


def test_headlines_come_first_and_everything_is_there(text: str) -> None:
    page = Page(text)
    order = [page.text.index(words) for words in (
        "of the papers reuse a pre-trained model, uncorrected",
        "How common it is",
        "Papers that reuse a PTM by field",
        "Pattern by step",
        "Reused families of models",
        "The way of the papers",
        "Beside the published study",
        "About this report",
    )]  # fmt: skip
    assert order == sorted(order)
    assert len([tag for tag, _ in page.tags if tag == "svg"]) == 9
    assert len(page.data["papers"]) == 309
    assert page.data["models"][0][3] >= page.data["models"][1][3]


def test_nothing_comes_from_outside_and_no_other_script_runs(text: str) -> None:
    page = Page(text)
    own = base64.b64encode(hashlib.sha256(page.scripts[1].encode()).digest()).decode()
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"script-src 'sha256-{own}'" in policy
    for _, attributes in page.tags:
        links = [v for name, v in attributes.items() if name in ("src", "href", "xlink:href", "action", "srcset")]
        assert all(link and link.startswith("#") for link in links)
        assert not [name for name in attributes if name.startswith("on")]
    assert "url(http" not in text
    assert "@import" not in text


def test_ids_are_unique_and_links_lead_somewhere(text: str) -> None:
    page = Page(text)
    ids = [a["id"] for tag, a in page.tags if "id" in a and tag not in ("path", "clippath", "pattern")]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for tag, a in page.tags if tag == "a"} <= set(ids)


def test_a_paper_is_data(tmp_path: Path) -> None:
    plain = one(1, title=EVIL, source=EVIL, doi=f"javascript:{EVIL}")
    paper = replace(plain, journal=EVIL, subjects=(EVIL,))
    answers = [yes(stage, found(EVIL, EVIL, EVIL)) for stage in STAGES]
    run = results(wrote(tmp_path / "run", [(paper, answers)], unreadable=[f"{EVIL}2"]))
    text = page_of(run, pictures=True)
    page = Page(text)
    assert len([tag for tag, _ in page.tags if tag == "script"]) == 2
    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert "alert(" not in page.scripts[1]
    told = page.data["papers"][0]
    assert (told["title"], told["source"], told["models"][0]["mention"]) == (EVIL, EVIL, EVIL)
    assert EVIL in page.text


def test_more_papers_than_a_page_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = results(wrote(tmp_path / "run", [(one(n), NEITHER) for n in range(9)] + [(one(9), reuse())]))
    monkeypatch.setattr(browsed.browsed_papers, "__defaults__", (3,))
    page = Page(page_of(run))
    assert [paper["answer"] for paper in page.data["papers"]] == [browsed.REUSE, browsed.NEITHER, browsed.NEITHER]
    assert "holds 3 papers, those that reuse a model first; 7 more are in papers.csv" in page.text


BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
CHECK = """
document.querySelectorAll("#models-table tbody button")[1].click();
const all = [...document.querySelectorAll("#papers-list details")];
all[0].open = true;
setTimeout(() => {
  const quote = all[0].querySelector("blockquote")?.textContent;
  const told = [all.length, document.getElementById("papers-count").textContent, quote,
    document.querySelectorAll("main img, main script, #papers-list b > b").length, typeof window.evil];
  document.documentElement.innerHTML = "<pre id='told'></pre>";
  document.getElementById("told").textContent = "TOLD" + JSON.stringify(told) + "TOLD";
}, 100);
"""  # chooses the second model, opens its first paper, tells what is there


@pytest.mark.skipif(not BROWSER, reason="needs a Chromium")
def test_it_works_in_a_browser_and_hostile_text_does_nothing(tmp_path: Path) -> None:
    evil = "</script><img src=x onerror='window.evil=1'><b>bold</b>"
    answers = reuse((evil, "adaptation", "test"), ("VGG-16", "deployment", "test"))
    papers = [(one(n, title=f"{evil} {n}"), answers) for n in range(50)]
    run = results(wrote(tmp_path / "run", [*papers, (one(99), reuse())]))
    text = page_of(run)
    digest = base64.b64encode(hashlib.sha256(CHECK.encode()).digest()).decode()
    allowed = text.replace("script-src '", f"script-src 'sha256-{digest}' '", 1).replace(
        "</body>", f"<script>{CHECK}</script></body>"
    )
    path = tmp_path / "report.html"
    path.write_text(allowed, encoding="utf-8")
    assert BROWSER
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    told = subprocess.run(
        [BROWSER, *flags, "--virtual-time-budget=3000", "--dump-dom", path.as_uri()],
        check=True, capture_output=True, text=True, timeout=120,
    ).stdout  # fmt: skip
    shown, counted, quote, markup, ran = json.loads(told.split("TOLD")[1])
    assert (shown, counted, quote) == (40, "50 of 51 papers", TUNED)
    assert (markup, ran) == (0, "undefined")
