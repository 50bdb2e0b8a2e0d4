"""An evaluation in a few sentences."""

from dataclasses import replace

from evaluated import made

from ptmreuse.evaluation.headline import differences, headline, mean_accuracy, means_compared, ranking
from ptmreuse.evaluation.judged import Result


def test_the_best_cell_and_how_it_stands_to_the_others() -> None:
    tally = made()
    ranked = ranking(tally)
    values = [tally.wholly_right[cell].value or 0 for cell in ranked]
    assert values == sorted(values, reverse=True)
    first, *rest = headline(tally)
    assert first.startswith(f"{ranked[0]} gets the most right: end to end, .")
    assert first.endswith(" of 40 papers are wholly right.")
    assert len(rest) == 3
    assert all(sentence.startswith("end-to-end, mean: ") and ranked[0] in sentence for sentence in rest)
    assert len(means_compared(tally)) == 12
    assert means_compared(tally)[0].startswith("end-to-end")
    assert differences(tally) == []


def test_one_cell_is_not_the_best_of_anything() -> None:
    (said,) = headline(made(cells=1))
    assert said.startswith("compiled · openai/large: end to end, .")
    assert "best" not in said


def test_few_papers_are_called_few() -> None:
    said = headline(made(cells=1, papers=12))
    assert said[-1] == "Only 12 papers: too few to rely on any of these numbers."


def test_without_the_end_to_end_view_the_mean_accuracy_decides() -> None:
    tally = made()
    results = tuple(Result(r.cell, {"isolated": r.judged["isolated"]}, {}) for r in tally.results)
    isolated = replace(tally, results=results)
    means = [mean_accuracy(isolated, cell, "isolated") or 0 for cell in ranking(isolated)]
    assert means == sorted(means, reverse=True)
    assert f"mean accuracy {f'{means[0]:.3f}'[1:]} over the stages, isolated" in headline(isolated)[0]
