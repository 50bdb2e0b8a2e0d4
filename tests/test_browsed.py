"""Papers and models as the page has them."""

from pathlib import Path

import pytest
from ledgers import DEEP, LOST, NEITHER, ONLY_DEEP, REUSE, found, one, reuse, wrote, yes
from papers import TUNED

from program.answers import Answer, unresolved
from ptmreuse.reporting import browsed
from ptmreuse.reporting.browsed import browsed_models, browsed_papers
from ptmreuse.reporting.results import results

ANSWERS: dict[str, tuple[Answer, ...]] = {
    browsed.REUSE: reuse(),
    browsed.DEEP_OPEN: LOST,
    browsed.OPEN: (unresolved(DEEP, "unparsable"),),
    browsed.DEEP: ONLY_DEEP,
    browsed.NOT_ASKED: (),
    browsed.NEITHER: NEITHER,
}


def test_what_matters_most_comes_first(tmp_path: Path) -> None:
    papers = [(one(n), answers) for n, answers in enumerate(reversed(ANSWERS.values()))]
    run = results(wrote(tmp_path, papers, unreadable=["z.xml"], duplicates={"again.xml": "in/0.xml"}))
    order = [paper["answer"] for paper in browsed_papers(run)]
    assert order == [*list(ANSWERS)[:4], browsed.UNREADABLE, *list(ANSWERS)[4:]]
    assert [paper["answer"] for paper in browsed_papers(run, most=2)] == order[:2]


def test_the_newest_comes_first_and_what_is_empty_is_left_out(tmp_path: Path) -> None:
    run = results(wrote(tmp_path, [(one(n, year=2000 + n), NEITHER) for n in range(3)]))
    papers = browsed_papers(run)
    assert [paper["year"] for paper in papers] == ["2002", "2001", "2000"]
    assert set(papers[0]) == {"source", "doi", "title", "field", "answer", "year"}


def test_a_paper_has_its_answers_with_quotes_and_places(tmp_path: Path) -> None:
    run = results(wrote(tmp_path, [(one(1), reuse(("ResNet-50", "adaptation;deployment", "test")))]))
    (paper,) = browsed_papers(run)
    quote = [TUNED, f"Methods · /*[1] · 0-{len(TUNED)}"]
    assert (paper["deep"], paper["reuse"]) == ([quote], [quote])
    (model,) = paper["models"]
    assert (model["pattern"], model["pattern_quotes"]) == ("adaptation;deployment", [quote, quote])
    assert (model["step"], model["step_quotes"]) == ("test", [quote])


@pytest.mark.parametrize("quote", ["A | B", "A | B | C"])
def test_a_quote_with_a_bar_stays_whole(quote: str, tmp_path: Path) -> None:
    answers = (yes(DEEP, found(quote=quote)), yes(REUSE, found(quote=quote)))
    (paper,) = browsed_papers(results(wrote(tmp_path, [(one(1), answers)])))
    assert [each[0] for each in paper["deep"]] == [quote]


def test_models_have_counts_and_years(tmp_path: Path) -> None:
    both = reuse(("ResNet-50", "adaptation", "test"), ("Our Net", "adaptation;deployment", "test"))
    run = results(wrote(tmp_path, [(one(1, year=2019), both), (one(2, year=2021), reuse())]))
    assert browsed_models(run) == [
        ["ResNet-50", "ResNet", True, 2, 2, 0, 2, 0, 2019, 2021],
        ["Our Net", "Our Net", False, 1, 2, 0, 1, 1, 2019, 2019],
    ]
