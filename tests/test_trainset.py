"""The trainset of the project as it must be, and loading: files, folders of Parquet, a hub id, a user's labels."""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from papers import FIELD, PREDICTED, TUNED, jats, paper

from program.catalogue import canonical
from ptmreuse.errors import UsageError
from ptmreuse.labelled import LabelledPaper, trainset
from ptmreuse.rows import Split
from ptmreuse.trainset import RUN, counts, digest, load, main, overlaps
from signatures.labels import MAX_QUOTE, Pattern, Step

TRAINSETS = Path(__file__).parent.parent / "trainsets"
PAPERS = TRAINSETS / "papers.jsonl"
ROWS: list[dict[str, Any]] = [json.loads(line) for line in PAPERS.read_text(encoding="utf-8").splitlines()]
SPLITS = get_args(Split)


def kind(row: dict[str, Any]) -> str:
    return "reuse" if row["reuses_ptm"]["answer"] else "deep" if row["uses_deep_learning"]["answer"] else "neither"


def quotes(row: dict[str, Any]) -> list[str]:
    each = [row["uses_deep_learning"]["quote"], row["reuses_ptm"]["quote"]] if kind(row) == "reuse" else []
    each += [row["uses_deep_learning"]["quote"]] if kind(row) == "deep" else []
    for model in row["models"]:
        each += [model["quote"], *(p["quote"] for p in model["patterns"]), model["step_quote"]]
    return each


# --- the project's own trainset ---


def test_every_row_is_valid_and_loads() -> None:
    loaded = load(str(PAPERS))
    assert [labelled.paper.source for labelled in loaded] == [row["id"] for row in ROWS]
    for split in SPLITS:
        assert load(str(PAPERS), split) == trainset(PAPERS, split)


def test_every_row_has_its_size() -> None:
    assert len(ROWS) >= 300
    for row in ROWS:
        assert row.keys() >= {"id", "title", "field", "year", "split", "traps"}, row["id"]
        assert 4 <= len(row["passages"]) <= 12, row["id"]
        assert 300 <= sum(len(passage["text"]) for passage in row["passages"]) <= 4000, row["id"]


def test_every_yes_has_its_quotes_and_they_are_verbatim() -> None:
    for row in ROWS:
        assert all(quotes(row)), row["id"]
        for quote in quotes(row):
            assert len(quote) <= MAX_QUOTE, (row["id"], quote)
            assert any(quote in passage["text"] for passage in row["passages"]), (row["id"], quote)
        for model in row["models"]:
            assert any(model["mention"] in passage["text"] for passage in row["passages"]), (
                row["id"],
                model["mention"],
            )


def test_every_name_is_the_canonical_one() -> None:
    wrong = [(row["id"], m["name"]) for row in ROWS for m in row["models"] if canonical(m["name"]).name != m["name"]]
    assert wrong == []


def test_the_mix_of_answers() -> None:
    share = {name: number / len(ROWS) for name, number in Counter(map(kind, ROWS)).items()}
    assert share == pytest.approx({"neither": 0.40, "deep": 0.25, "reuse": 0.35}, abs=0.03)


def test_fields_years_patterns_and_steps_are_spread() -> None:
    fields = Counter(row["field"] for row in ROWS)
    assert len(fields) == 8
    assert min(fields.values()) >= 0.1 * len(ROWS)
    assert {row["year"] for row in ROWS} == set(range(2012, 2026))
    models = [model for row in ROWS for model in row["models"]]
    patterns = Counter(p["pattern"] for model in models for p in model["patterns"])
    assert patterns.keys() == set(get_args(Pattern))
    assert min(patterns.values()) >= 30
    steps = Counter(model["step"] for model in models)
    assert steps.keys() == set(get_args(Step))
    assert min(steps.values()) >= 9


def test_at_least_a_third_are_traps_of_every_kind() -> None:
    traps = Counter(trap for row in ROWS for trap in set(row["traps"]))
    assert sum(bool(row["traps"]) for row in ROWS) >= len(ROWS) / 3
    hard = {
        "cited_only", "shallow_version", "outlook", "copied_baseline", "version_decides", "embeddings", "two_patterns",
        "composite", "no_version", "review", "homonym",
    }  # fmt: skip
    assert hard <= traps.keys()
    # those that are not just a citation or an outlook make a third as well
    others = [row for row in ROWS if set(row["traps"]) - {"cited_only", "outlook"}]
    assert len(others) >= len(ROWS) / 3


def test_no_two_rows_share_a_run_of_words() -> None:
    where = defaultdict(set)
    for row in ROWS:
        for text in (row["title"], *(passage["text"] for passage in row["passages"])):
            words = re.findall(r"\w+", text.lower())
            for at in range(len(words) - RUN + 1):
                where[" ".join(words[at : at + RUN])].add(row["id"])
    assert {run: ids for run, ids in where.items() if len(ids) > 1} == {}


def test_the_split_is_stratified_and_disjoint() -> None:
    assert len({row["id"] for row in ROWS}) == len({row["title"].lower() for row in ROWS}) == len(ROWS)
    expected = dict(zip(SPLITS, (0.5, 0.25, 0.25), strict=True))
    for select in (lambda _: "", kind, lambda row: row["field"]):
        groups = defaultdict(list)
        for row in ROWS:
            groups[select(row)].append(row["split"])
        for name, splits in groups.items():
            for split, share in expected.items():
                assert abs(splits.count(split) - share * len(splits)) <= 0.03 * len(splits) + 1, (name, split)
    for first, second in (("train", "val"), ("train", "test"), ("val", "test")):
        assert overlaps(load(str(PAPERS), first), load(str(PAPERS), second), near=0) == []


def test_the_data_card_has_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(PAPERS)]) == 0
    table, last = capsys.readouterr().out.rsplit("\n\n", 1)
    assert table in (TRAINSETS / "README.md").read_text(encoding="utf-8")
    assert last == f"digest {digest(load(str(PAPERS)))}\n"


# --- loading ---

MODEL = {"name": "ResNet-50", "mention": "ResNet-50", "quote": TUNED, "patterns": ["adaptation"], "step": "test"}
YES = {
    "doi": "10.5555/a",
    "uses_deep_learning": {"answer": True, "quote": TUNED},
    "reuses_ptm": True,
    "models": [MODEL],
}
NO = {"doi": "10.5555/b", "uses_deep_learning": False, "reuses_ptm": False, "split": "val"}


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "a.xml").write_bytes(jats(TUNED, PREDICTED, doi="10.5555/a"))
    (folder / "b.xml").write_bytes(jats(FIELD, doi="10.5555/b"))
    return folder


def written(path: Path, *rows: Any) -> str:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def test_a_users_jsonl_is_joined_with_the_papers(tmp_path: Path, copies: Path) -> None:
    yes, no = load(written(tmp_path / "labels.jsonl", YES, "", NO), papers=copies)
    assert (yes.paper.doi, yes.deep_quote, yes.reuse_quote, yes.split) == ("10.5555/a", TUNED, TUNED, "train")
    assert [(m.name, m.patterns, m.step, m.quotes) for m in yes.models] == [
        ("ResNet-50", ("adaptation",), "test", (TUNED,))
    ]
    assert (no.paper.doi, no.uses_deep_learning, no.models, no.split) == ("10.5555/b", False, (), "val")


def test_a_users_csv_is_joined_with_the_papers(tmp_path: Path, copies: Path) -> None:
    source = written(
        tmp_path / "labels.csv",
        "file,split,uses_deep_learning,reuses_ptm,models,reuses_ptm_quote",
        f"a.xml,val,yes,yes,ResNet50 | adaptation | test; AlphaFold 2 | deployment | hypothesis,{TUNED}",
        "b.xml,test,no,no,,",
    )
    yes, no = load(source, papers=copies)
    assert [(m.mention, m.canonical, m.quotes) for m in yes.models] == [
        ("ResNet50", "ResNet-50", ()),
        ("AlphaFold 2", "AlphaFold 2", ()),
    ]
    assert (yes.deep_quote, yes.reuse_quote, yes.split, no.split) == (TUNED, TUNED, "val", "test")


def parquet(folder: Path, copies: Path) -> str:
    assert copies
    for split, row in (("train", YES), ("validation", NO | {"split": None})):
        full = {name: row.get(name) for name in {**YES, **NO}}
        answers = {
            name: a if isinstance(a, dict) else {"answer": a, "quote": None}
            for name, a in full.items()
            if name[-1] in "gm"
        }
        pq.write_table(pa.Table.from_pylist([full | answers]), folder / f"{split}.parquet")
    return str(folder)


def test_a_folder_of_parquet(tmp_path: Path, copies: Path) -> None:
    folder = tmp_path / "parquet"
    folder.mkdir()
    source = parquet(folder, copies)
    loaded = load(source, papers=copies)
    assert [(labelled.paper.doi, labelled.split, len(labelled.models)) for labelled in loaded] == [
        ("10.5555/a", "train", 1),
        ("10.5555/b", "val", 0),
    ]
    assert [each.paper.doi for each in load(source, "val", copies)] == ["10.5555/b"]
    assert [each.paper.doi for each in load(f"{source}/train.parquet", papers=copies)] == ["10.5555/a"]


def test_quotes_of_one_answer_stand_for_the_others(tmp_path: Path, copies: Path) -> None:
    model = MODEL | {"quote": "", "patterns": [{"pattern": "adaptation", "quote": TUNED}]}
    (labelled,) = load(written(tmp_path / "labels.jsonl", YES | {"models": [model]}), papers=copies)
    assert labelled.models[0].quotes == (TUNED, TUNED, TUNED)


def test_every_faulty_row_is_told_at_once(tmp_path: Path) -> None:
    source = written(
        tmp_path / "labels.jsonl",
        YES,
        "{",
        YES | {"doi": "10.5555/c", "split": "dev", "uses_deep_learning": "perhaps"},
        YES,
        "[]",
    )
    with pytest.raises(UsageError) as caught:
        load(source)
    said = str(caught.value).splitlines()
    assert said[0] == f"{source}: 5 at fault; correct them and load it again"
    starts = (
        "line 2: not JSON", "line 3: split = 'dev': Input should be", "line 3: uses_deep_learning.answer = 'perhaps'",
        "line 4: 10.5555/a is labelled in line 1 already", "line 5: ",
    )  # fmt: skip
    assert [line.strip().startswith(start) for line, start in zip(said[1:], starts, strict=True)] == [True] * 5


def test_every_missing_paper_is_told_at_once(tmp_path: Path, copies: Path) -> None:
    rows = [YES, NO, *(NO | {"doi": f"10.5555/{n}"} for n in range(3))]
    source = written(tmp_path / "labels.jsonl", *rows)
    with pytest.raises(UsageError) as caught:
        load(source, papers=copies)
    assert str(caught.value).startswith(f"{source}: 3 at fault; add the papers, or remove their rows")
    assert [f"10.5555/{n}: no copy of it" in str(caught.value) for n in range(3)] == [True] * 3
    with pytest.raises(UsageError, match="5 papers without their text; give the folder"):
        load(source)
    assert len(load(written(tmp_path / "labels.jsonl", YES, NO), papers=copies)) == 2


def test_every_quote_that_is_not_in_its_paper_is_told_at_once(tmp_path: Path, copies: Path) -> None:
    elsewhere = {"place": "x", "start": 0, "end": 9, "digest": "0" * 12}
    models = [MODEL | {"quote": "Nobody wrote this sentence.", "step_quote": elsewhere}]
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path / "labels.jsonl", YES | {"models": models}), papers=copies)
    assert "line 1: models[0].quote = 'Nobody wrote this sentence.': is not in 10.5555/a" in str(caught.value)
    assert "line 1: models[0].step_quote: the paragraph at" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: str(folder / "none.jsonl"), "no such file; give a .jsonl"),
        (lambda folder: written(folder / "labels.xlsx", "x"), "not a trainset; give a .jsonl"),
        (lambda folder: written(folder / "empty.jsonl"), "holds no labelled paper"),
        (lambda folder: written(folder / "empty.csv", "doi,uses_deep_learning"), "holds no labelled paper"),
        (lambda folder: written(folder / "broken.parquet", "x"), "can't be loaded"),
        (lambda folder: latin(folder / "latin.jsonl"), "can't be loaded"),
        (lambda folder: str(folder), "can't be loaded"),
    ],
)
def test_a_source_that_is_no_trainset(tmp_path: Path, make: Callable[[Path], str], says: str) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    source = make(folder)
    with pytest.raises(UsageError) as caught:
        load(source)
    assert str(caught.value).startswith(source)
    assert says in str(caught.value)


def latin(path: Path) -> str:
    path.write_bytes('{"title": "Bl\xe4tter"}\n'.encode("latin-1"))
    return str(path)


def test_a_hub_id_goes_through_datasets_and_nothing_is_left_behind(tmp_path: Path, python: dict[str, str]) -> None:
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    offline = {**python, "HF_HUB_OFFLINE": "1", "HOME": str(home), "HF_HOME": str(home), "TMPDIR": str(home / "tmp")}
    code = f"from ptmreuse.trainset import load; print(len(load({str(PAPERS)!r}))); load('nobody/labels')"
    ended = subprocess.run([sys.executable, "-c", code], env=offline, capture_output=True, text=True, check=False)
    assert ended.stdout == f"{len(ROWS)}\n"
    assert "UsageError: nobody/labels: can't be loaded (ConnectionError: " in ended.stderr
    assert "as a hub id it needs the network" in ended.stderr
    assert [path for path in home.rglob("*") if path.is_file() and "dspy" not in str(path)] == []


def test_datasets_is_imported_by_loading_only(python: dict[str, str]) -> None:
    code = "import sys, ptmreuse.run, ptmreuse.trainset; sys.exit('datasets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env=python, check=False).returncode == 0


def test_the_command_tells_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.csv")]) == 2
    assert "no such file" in capsys.readouterr().err


# --- digest, overlaps, counts ---


def labelled(*sentences: str, **about: Any) -> LabelledPaper:
    return LabelledPaper(paper(*sentences, **about), False, False, (), ())


def test_the_digest_follows_texts_and_labels_and_not_the_order() -> None:
    one, two = labelled(TUNED, source="one"), labelled(FIELD, source="two")
    assert digest([one, two]) == digest([two, one])
    others = [[one], [one, labelled(PREDICTED)], [replace(one, uses_deep_learning=True), two]]
    assert len({digest(each) for each in ([one, two], *others)}) == 4


def test_the_field_is_told_and_changes_no_digest(tmp_path: Path) -> None:
    rows = [json.loads(line) for line in PAPERS.read_text(encoding="utf-8").splitlines()[:8]]
    without = tmp_path / "without.jsonl"
    without.write_text("".join(f"{json.dumps({n: v for n, v in row.items() if n != 'field'})}\n" for row in rows))
    told, bare = load(str(PAPERS))[:8], load(str(without))
    assert [labelled.paper.subjects for labelled in told] == [(row["field"],) for row in rows]
    assert [labelled.paper.subjects for labelled in bare] == [()] * 8
    assert [labelled.paper.text_hash for labelled in told] == [labelled.paper.text_hash for labelled in bare]
    assert digest(told) == digest(bare)


def test_overlaps_are_the_same_paper_or_much_of_its_text() -> None:
    long = labelled(TUNED, FIELD, PREDICTED, source="long", title="Long")
    first = [long, labelled(FIELD, source="x", doi="10.5555/A", title="X")]
    assert (
        overlaps(first, [labelled("Nothing of the kind was ever said by anyone in here.", source="n", title="N")]) == []
    )
    part = labelled(TUNED.upper(), source="part", title="Part")
    assert overlaps([long], [part]) == [("long", "part", 1.0)]
    (some,) = overlaps(
        [long], [labelled(TUNED, "Another sentence with quite a few words that nobody else has.", source="s")]
    )
    assert 0.1 < some.share < 1
    assert [
        (o.first, o.second, o.share) for o in overlaps(first, [labelled(PREDICTED, source="y", doi="10.5555/a")])
    ] == [
        ("long", "y", 1.0),
        ("x", "y", 1.0),
    ]
    assert [o.share for o in overlaps([long], [labelled("Short.", source="long")])] == [1.0]


def test_counts_of_nothing_are_noughts() -> None:
    lines = counts([]).splitlines()
    assert lines[2] == "| papers | 0 | 0 | 0 | 0 |"
    assert len(lines) == 16
