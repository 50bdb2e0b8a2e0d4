"""The page for people who label, in a real browser: by keyboard alone, by two annotators, with the server killed."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from ledgers import answered_by_embedded
from papers import FIELD, LIKELIHOOD, PREDICTED, TUNED, jats, write
from reviewing import reviewed

from ptmreuse.rows import PaperRow

pytest.importorskip("ptmreuse.reviewing.review_command")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PAGE = Path(__file__).parent.parent / "ptmreuse" / "reviewing" / "page"
Opened = Callable[..., Any]

# What is pressed for a paper, by a word that it holds; a name in < > is typed into the field that is open.
LEAVES = ["/", "<fine-tuned>", "Enter", "y", "e", "y", "e", "i", "<ResNet-50>", "Enter", "e", "2", "e", "4", "e"]
RECEPTOR = ["/", "<predicted>", "Enter", "e", "e", "i", "<AlphaFold 2>", "Enter", "e", "3", "e", "3", "e"]
BARLEY = ["n"]
LONGEST = "[...document.querySelectorAll('#body p')].sort((a, b) => a.innerText.length - b.innerText.length).at(-1)"


def test_it_loads_nothing_from_elsewhere() -> None:
    for each in PAGE.iterdir():
        text = each.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in text, each.name
        assert "innerHTML" not in text, each.name


def test_every_key_of_the_table_does_something() -> None:
    main, keys = ((PAGE / name).read_text(encoding="utf-8") for name in ("main.js", "keys.js"))
    acts = {line.split('"], "')[1].split('"')[0] for line in keys.splitlines() if '"], "' in line}
    assert len(acts) > 20
    assert [each for each in sorted(acts) if f"  {each}: " not in main and f"  {each}," not in main] == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: the page is not tried")
    if not CHROMIUM:
        pytest.skip("there is no chromium: the page is not tried")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three papers: leaves, barley and a receptor."""
    folder = tmp_path_factory.mktemp("reviewed")
    (folder / "in").mkdir()
    for n, sentence in enumerate((TUNED, FIELD, PREDICTED)):
        text = jats(sentence, f"{LIKELIHOOD} " * 4, title=f"Paper {n}", doi=f"10.5555/p.{n}")
        write(folder / "in" / f"{n:03}.xml", text)
    return answered_by_embedded(folder / "in", folder / "run")


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Opens the page as someone; a fault of a script or of the content policy fails the test."""
    contexts, faults = [], list[str]()

    def _opened(base: str, annotator: str = "anna", **options: Any) -> Any:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: m.type == "error" and "ERR_CONN" not in m.text and faults.append(m.text))
        page.goto(f"{base}/?annotator={annotator}")
        page.wait_for_selector(".field")
        return page

    yield _opened
    for each in contexts:
        each.close()
    assert faults == []


def until(page: Any, expression: str, given: object = None) -> None:
    """Wait until it is true in the page, whose content policy lets nothing wait there."""
    end = time.monotonic() + 20
    while not page.evaluate(expression, given):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


def press(page: Any, keys: Sequence[str]) -> None:
    for key in keys:
        if key.startswith("<"):
            page.keyboard.type(key[1:-1])
        else:
            page.keyboard.press(key)
        if key == "Enter":
            until(page, "!document.activeElement.matches('input, textarea')")


def keys_for(page: Any) -> list[str]:
    text = page.inner_text("#body")
    return LEAVES if TUNED in text else RECEPTOR if PREDICTED in text else BARLEY


def label(page: Any, keys: Sequence[str]) -> None:
    """One paper by keyboard, to the next."""
    here = page.inner_text("#paper-title")
    press(page, keys)
    page.keyboard.press("Enter")
    until(
        page,
        "here => document.getElementById('paper-title').innerText !== here"
        " || document.getElementById('saved').innerText.startsWith('Every')",
        here,
    )


def label_all(page: Any, leaves: Sequence[str] = LEAVES, papers: int = 3) -> None:
    for _ in range(papers):
        keys = keys_for(page)
        label(page, leaves if keys is LEAVES else keys)


def labelled(path: Path) -> dict[str, PaperRow]:
    rows = [PaperRow.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row.models[0].name if row.models else "": row for row in rows}


def test_three_papers_by_keyboard_alone(run: Path, opened: Opened, python: dict[str, str], tmp_path: Path) -> None:
    with reviewed(python, run, tmp_path / "labels.jsonl", "--annotator", "anna") as (base, _):
        page = opened(base)
        label_all(page)
        assert page.inner_text("#count") == "3 of 3"
    found = labelled(tmp_path / "labels.jsonl")
    assert set(found) == {"ResNet-50", "AlphaFold 2", ""}
    leaves, receptor = found["ResNet-50"], found["AlphaFold 2"]
    assert (leaves.uses_deep_learning.quote, leaves.reuses_ptm.quote) == (TUNED, TUNED)
    assert [(p.pattern, p.quote) for p in leaves.models[0].patterns] == [("adaptation", TUNED)]
    model = leaves.models[0]
    assert (model.step, model.step_quote, model.mention) == ("test", TUNED, "ResNet-50")
    assert [(p.pattern, p.quote) for p in receptor.models[0].patterns] == [("deployment", PREDICTED)]
    assert receptor.models[0].step == "hypothesis"
    assert not found[""].uses_deep_learning.answer


def test_two_annotators_adjudicate_and_export(
    run: Path, opened: Opened, python: dict[str, str], tmp_path: Path
) -> None:
    with reviewed(python, run, tmp_path / "labels.jsonl") as (base, _):
        label_all(opened(base, "anna"))
        page = opened(base, "bo", accept_downloads=True)
        label_all(page, leaves=["1" if key == "2" else key for key in LEAVES])
        page.keyboard.press("a")
        page.wait_for_selector("#agreement tbody tr")
        assert page.locator("#agreement tbody tr").count() == 5
        assert page.locator("#agreement tbody td").first.inner_text() == "3"
        page.keyboard.press("d")
        page.wait_for_selector("#disagreements .here")
        assert page.locator("#disagreements li").count() == 1
        choice = page.locator("#disagreements .choices button", has_text="adaptation").locator("kbd").inner_text()
        press(page, [choice, "<published weights were loaded>"])
        page.keyboard.press("Enter")
        page.wait_for_selector("#disagreements .ruling")
        assert "bo: published weights were loaded" in page.inner_text("#disagreements .ruling")
        with page.expect_download() as download:
            page.keyboard.press("Shift+E")
        rows = labelled(Path(download.value.path()))
    assert [p.pattern for p in rows["ResNet-50"].models[0].patterns] == ["adaptation"]
    assert set(rows) == {"ResNet-50", "AlphaFold 2", ""}


def test_nothing_saved_is_lost_when_the_server_is_killed(
    run: Path, opened: Opened, python: dict[str, str], tmp_path: Path
) -> None:
    labels = tmp_path / "labels.jsonl"
    with reviewed(python, run, labels, "--annotator", "anna") as (base, process):
        page = opened(base)
        first = keys_for(page)
        label(page, first)
        second = keys_for(page)
        process.kill()
        process.wait(30)
        press(page, second)
        page.wait_for_selector("#saved.unreached")
    with reviewed(python, run, labels, "--annotator", "anna", port=urlsplit(base).port or 0):
        page.wait_for_selector("#saved.saved", timeout=30_000)
        page.reload()
        page.wait_for_selector(".field")
        label_all(page, papers=1) if second is BARLEY else page.keyboard.press("Enter")
        until(page, "document.getElementById('count').innerText === '2 of 3'")
    assert len(labelled(labels)) == 2


def test_blind_until_answered(run: Path, opened: Opened, python: dict[str, str], tmp_path: Path) -> None:
    with reviewed(python, run, tmp_path / "labels.jsonl", "--blind", "--annotator", "anna") as (base, _):
        page = opened(base)
        while keys_for(page) is not LEAVES:
            page.keyboard.press("Shift+J")
            page.wait_for_timeout(200)
        title = page.inner_text("#paper-title")
        press(page, LEAVES)
        assert page.locator("mark.machine").count() == 0
        assert "Machine" not in page.inner_text("#questions")
        page.keyboard.press("Enter")
        page.wait_for_selector("#questions .here :text('Machine:')")
        assert page.inner_text("#paper-title") == title
        page.keyboard.press("Enter")
        until(page, "title => document.getElementById('paper-title').innerText !== title", title)


def test_undo_reasons_and_quotes_that_are_too_long(
    run: Path, opened: Opened, python: dict[str, str], tmp_path: Path
) -> None:
    with reviewed(python, run, tmp_path / "labels.jsonl", "--annotator", "anna") as (base, _):
        page = opened(base)
        press(page, ["j", "y"])
        page.wait_for_selector("#saved.saved")
        press(page, ["n", "u"])
        page.wait_for_selector(".choices .chosen.yes")
        long = (
            "[...document.querySelectorAll('#body p')].sort((a, b) => a.innerText.length - b.innerText.length).at(-1)"
        )
        page.evaluate(f"getSelection().selectAllChildren({long})")
        press(page, ["h", "h", "e"])
        page.get_by_text("A quote has at most 300 characters").wait_for()
        press(page, ["c", "<two readings>"])
        title = page.inner_text("#paper-title")
        page.keyboard.press("Enter")
        until(page, "title => document.getElementById('paper-title').innerText !== title", title)
        assert page.locator("#papers .mark.cannot").count() == 1
        press(page, ["?"])
        assert page.is_visible("#keys")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_hangs_over_the_edge(
    run: Path, opened: Opened, python: dict[str, str], tmp_path: Path, width: int
) -> None:
    with reviewed(python, run, tmp_path / "labels.jsonl", "--annotator", "anna") as (base, _):
        page = opened(base, viewport={"width": width, "height": 844})
        for keys in ([], ["Shift+T"], ["a"], ["d"]):
            press(page, keys)
            page.wait_for_timeout(200)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
