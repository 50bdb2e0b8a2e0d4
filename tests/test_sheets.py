"""The tables of an evaluation."""

from pathlib import Path

import labelling
import pytest
from evaluated import SKILLS, made, results, tallied

from program.answers import STAGES
from ptmreuse.evaluation import sheets
from ptmreuse.evaluation.judged import Cell, Cost
from ptmreuse.evaluation.sheet import Amount, frame, words
from ptmreuse.evaluation.tally import Tally


@pytest.fixture(scope="module")
def tally() -> Tally:
    return made()


def test_one_cell_has_its_stages_as_rows() -> None:
    tally = made(cells=1)
    isolated, end_to_end = sheets.main(tally)
    assert [isolated.name, end_to_end.name] == ["stages_isolated", "stages_end_to_end"]
    assert [row[0] for row in isolated.rows] == list(STAGES)
    assert isolated.columns[:3] == ("stage", "cases", "accuracy")
    assert isolated.rows[0][1] == 40
    named = tally.of("compiled · openai/large", "isolated", "science_step")
    assert isolated.rows[4][2:4] == (named["accuracy"], named["macro_f1"])
    assert isolated.rows[4][4] is None  # kappa is of the yes/no stages


def test_several_cells_are_a_grid(tally: Tally) -> None:
    isolated, end_to_end = sheets.main(tally)
    assert [row[0] for row in isolated.rows] == [cell.name for cell in SKILLS]
    assert isolated.columns == ("program · LM", *STAGES)
    assert end_to_end.columns == ("program · LM", *STAGES, "papers wholly right")
    assert end_to_end.rows[1][-1] == tally.wholly_right["keywords · none"]
    assert isolated.rows[2][3] == tally.of("zero-shot · embedded", "isolated", "names_ptms")["accuracy"]


def test_names_of_files_are_apart_and_every_measure_is_there(tally: Tally) -> None:
    several = sheets.all_sheets(tally)
    assert len({sheet.name for sheet in several}) == len(several) == 2 + 1 + 2 + 1 + 2 + 4 * 2
    detail = next(sheet for sheet in several if sheet.name == "measures_3_end_to_end")
    rows = {row[0]: row for row in detail.rows}
    assert {"cases", "accuracy", "F1", "Cohen's κ", "macro F1, by family", "quotes that are verbatim"} < set(rows)
    named = tally.of("zero-shot · embedded", "end-to-end", "names_ptms")
    assert rows["macro F1, by family"][3] == named["family_macro_f1"]
    assert rows["Cohen's κ"][3] is None


def test_comparisons(tally: Tally) -> None:
    (sheet,) = sheets.comparison_sheets(tally)
    assert len(sheet.rows) == 12
    assert [words(value) for value in sheet.rows[0][3:]] == [
        "majority · none", "keywords · none", "9", "-.250 (-.400 to -.100)", "<.001", ".004", "second is better",
    ]  # fmt: skip
    assert sheet.rows[-1][-1] == "no difference shown"
    assert "all 12 comparisons" in sheet.note


def test_where_errors_began_counts_every_paper_once(tally: Tally) -> None:
    by_stage, by_kind = sheets.origin_sheets(tally)
    for row in by_stage.rows:
        counts = [row[1], *row[3:]]
        assert sum(number for number in counts if isinstance(number, int)) == 40
        first = sum(r[3] for r in by_kind.rows if r[0] == row[0] and isinstance(r[3], int))
        assert first == 40 - row[1]  # type: ignore[operator]


def test_a_price_that_is_not_known_is_unknown_and_missing(tally: Tally) -> None:
    sheet = sheets.cost(tally)
    usd = {str(row[0]): row[5:7] for row in sheet.rows}
    assert usd["zero-shot · embedded"] == (Amount(None, "unknown"), Amount(None, "unknown"))
    assert usd["majority · none"] == (Amount(0.0, "0.00"), Amount(0.0, "0.00"))
    assert [words(value) for value in usd["compiled · openai/large"]] == ["0.16", "4.00"]
    assert frame(sheet)["usd"].isna().sum() == 2


def test_a_cost_without_papers() -> None:
    nothing = Cost(0, None, None, None, ())
    assert sheets.usd_per_thousand(nothing) is sheets.percentile(nothing, 50) is None
    assert sheets.percentile(Cost(0, 0, 0, 0.0, (1.0, 2.0, 3.0)), 50) == 2


def test_repeats_have_their_spread(tmp_path: Path) -> None:
    papers = labelling.papers(tmp_path, "test", train=0, val=0, test=12)
    cells = {Cell("embedded", "zero-shot", repeat): 0.8 for repeat in (1, 2, 3)}
    (sheet,) = sheets.repeats(tallied(results(papers, cells), papers))
    assert len(sheet.rows) == 2 * len(STAGES)
    assert sheet.rows[0][:4] == ("zero-shot · embedded", "isolated", "uses_deep_learning", 3)
    mean, sd, lowest, highest = (value.value for value in sheet.rows[0][4:] if isinstance(value, Amount))
    assert lowest is not None and mean is not None and highest is not None and sd is not None
    assert lowest < mean < highest
    assert 0 < sd < highest - lowest
