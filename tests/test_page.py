"""The page in a real browser: a paper dropped, the answers, and the way from an answer to its quote and back."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from papers import FIELD, TUNED
from serving import started, wait

EXAMPLE = Path(__file__).parent.parent / "examples" / "papers" / "07_septoria-leaves.xml"
CORPUS = [str(EXAMPLE), str(EXAMPLE.with_name("05_karst-spring.xml"))]
DOI = "10.5555/ptm-demo.2021.0077"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PAGE = Path(__file__).parent.parent / "ptmreuse" / "serving" / "page"
TOKEN = "a-secret-of-this-service"  # noqa: S105


def test_it_loads_nothing_from_elsewhere() -> None:
    for each in PAGE.iterdir():
        text = each.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//" not in text.replace("// ", "") or "http" not in text, each.name
        assert "innerHTML" not in text, each.name


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
def base(tmp_path_factory: pytest.TempPathFactory, python: dict[str, str]) -> Iterator[str]:
    """A real service that asks for a token."""
    with started(
        tmp_path_factory.mktemp("page"), {**python, "PTMREUSE_TOKEN": TOKEN}, "--jobs", "1", "--corpus", *CORPUS
    ) as (client, _):
        wait(lambda: client.get("/v1/corpus", headers={"authorization": f"Bearer {TOKEN}"}).json()["is_complete"])
        yield str(client.base_url)


@pytest.fixture
def page(browser: Any, base: str) -> Iterator[Any]:
    """The page, with its token given; a fault of a script or of the content policy fails the test."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda m: faults.append(m.text) if m.type == "error" and "Failed to load" not in m.text else None
    )
    page.goto(base)
    page.evaluate("token => { document.getElementById('token').value = token }", TOKEN)
    yield page
    context.close()
    assert faults == []


def answered(page: Any) -> None:
    page.wait_for_selector("#json:enabled", timeout=30_000)


def test_a_file_its_answers_and_quotes(page: Any) -> None:
    page.set_input_files("#file", str(EXAMPLE))
    answered(page)
    assert page.locator("#stages .value").all_inner_texts() == ["yes", "yes", "4", "4", "4"]
    assert page.locator("#models tbody tr").count() == 4
    assert "Grading leaf blotch" in page.inner_text("#paper-title")
    page.locator("#stages li:nth-child(3) button.quote").first.click()
    active = page.locator("mark.active")
    assert page.locator("button.quote.active span").inner_text() == active.first.inner_text()
    assert active.first.evaluate("e => document.activeElement === e")
    page.keyboard.press("Enter")  # and back, to the first answer that rests on it or the next one
    assert page.evaluate("document.activeElement.className") == "quote active"


def test_pasted_text_with_letters_of_two_units_and_markup(page: Any) -> None:
    body = f"𝛼𝛽 <b>bold</b> & so on. {TUNED} 𝛾 was kept. {FIELD}"
    text = f"# <img src=x onerror=alert(1)>\n\n## Methods\n\n{body}\n"
    page.fill("#text", text)
    page.keyboard.press("Control+Enter")
    answered(page)
    marks = page.locator("mark").all_inner_texts()
    assert set(marks) == set(page.locator("button.quote").all_inner_texts())
    assert any(TUNED in each for each in marks)
    assert page.locator("#paper img, #paper b").count() == 0


def test_copies(page: Any) -> None:
    page.click("#try")
    answered(page)
    page.click("#json")
    page.get_by_text("Copied.").wait_for()
    told = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert [each["value"] for each in told["answers"]][:2] == ["yes", "yes"]
    page.click("#csv")
    page.wait_for_timeout(300)
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0].startswith("source,doi,stage")
    assert len(lines) == 1 + sum(max(1, len(each["findings"])) for each in told["answers"])


def test_a_problem_and_a_token(page: Any) -> None:
    page.set_input_files("#file", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"no pdf"})
    page.wait_for_selector("#problem:visible")
    assert "not the format that it claims to be" in page.inner_text("#problem")
    page.evaluate("document.getElementById('token').value = ''")
    page.click("#try")
    page.wait_for_selector("#locked:visible")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    answered(page)
    assert not page.is_visible("#problem")
    assert not page.is_visible("#locked")


def test_a_paper_of_the_corpus_by_words_of_its_title(page: Any) -> None:
    page.focus("#doi")
    page.wait_for_selector("#matches:visible")
    assert page.locator("#matches li").count() == 2
    page.keyboard.type("LEAF wheat")
    page.wait_for_selector("#matches li:only-child")
    assert DOI in page.inner_text("#matches li")
    assert page.inner_text("#corpus-note") == "2 papers"
    page.keyboard.press("ArrowDown")
    chosen = page.get_attribute("#doi", "aria-activedescendant")
    assert page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    page.keyboard.press("Enter")
    answered(page)
    assert (page.input_value("#doi"), page.is_visible("#matches")) == (DOI, False)
    assert "Grading leaf blotch" in page.inner_text("#paper-title")
    assert page.locator("#models tbody tr").count() == 4
    page.locator("mark").first.click()
    assert page.locator("button.quote.active").count() == 1


def test_a_match_is_clicked_and_escape_closes_the_matches(page: Any) -> None:
    page.focus("#doi")
    page.wait_for_selector("#matches:visible")
    page.keyboard.press("Escape")
    assert not page.is_visible("#matches")
    page.keyboard.press("ArrowDown")
    page.click("#matches li:has-text('leaf blotch')")
    answered(page)
    assert "Grading leaf blotch" in page.inner_text("#paper-title")


def test_a_doi_is_pasted_or_is_not_there(page: Any) -> None:
    page.fill("#doi", "10.5555/none")
    page.click("#ask-doi")
    page.wait_for_selector("#problem:visible")
    assert "no paper of the corpus has this DOI" in page.inner_text("#problem")
    page.fill("#doi", f"https://doi.org/{DOI.upper()}")
    page.keyboard.press("Enter")
    answered(page)
    assert not page.is_visible("#problem")
    assert "Grading leaf blotch" in page.inner_text("#paper-title")


def test_matches_ask_for_the_token(page: Any) -> None:
    page.evaluate("document.getElementById('token').value = ''")
    page.fill("#doi", DOI)
    page.focus("#doi")
    page.wait_for_selector("#locked:visible")
    page.fill("#token", TOKEN)
    page.keyboard.press("Enter")
    answered(page)
    page.fill("#text", f"# Other\n\n## Methods\n\n{FIELD} {FIELD} {FIELD}\n")
    page.click("#form button.main >> nth=0")
    page.wait_for_selector("#paper-title:text-is('Other')")


def test_a_stream_that_breaks_off_is_told_and_what_keeps_it_open_is_not(page: Any) -> None:
    begun = ': wait\n\nevent: paper\ndata: {"title": "Begun", "source": "a", "paragraphs": 0, "body": []}\n\n: wait\n\n'
    page.route("**/v1/papers?*", lambda route: route.fulfill(body=begun, content_type="text/event-stream"))
    page.click("#try")
    page.wait_for_selector("#problem:visible")
    assert "broke off" in page.inner_text("#problem")
    assert page.inner_text("#status") == ""


def test_dragged_words_are_left_to_the_browser(page: Any) -> None:
    prevented = """kind => {
        const dataTransfer = new DataTransfer();
        if (kind === "words") dataTransfer.setData("text/plain", "leaf");
        else dataTransfer.items.add(new File(["# Leaf"], "leaf.md"));
        return !window.dispatchEvent(new DragEvent("dragover", { dataTransfer, cancelable: true }));
    }"""
    assert page.evaluate(prevented, "file")
    assert not page.evaluate(prevented, "words")


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_hangs_over_the_edge(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.set_input_files("#file", str(EXAMPLE))
    answered(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
