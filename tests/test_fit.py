"""Fitting the prior: what is learned from labelled papers, which labels count, and the command."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from papers import jats, paper
from prompts import ask, inputs, passages, shown

from program.answers import STAGES
from ptmreuse.embedded.engine import HEADS
from ptmreuse.embedded.fit import fit, names_of
from ptmreuse.embedded.prior import Weights, replaced
from ptmreuse.errors import UsageError
from ptmreuse.examples import LabelledModel, LabelledPaper

THINGS = ("leaves", "roots", "fungi", "moths", "grains", "ears", "petals", "stems")
TUNED = "We fine-tuned ResNet-50 pre-trained on ImageNet to classify images of {}."
RUN = "Structures of the receptors of {} were predicted with AlphaFold 2 to choose the mutants."
OWN = "We designed a convolutional neural network of five layers and trained it on images of {}."
CITED = "VGG-16 has been proposed by others for images of {}."
FIELD = "We sowed the field and counted the {} by hand."


def labelled(text: str, thing: str, *models: LabelledModel, deep: bool = True) -> LabelledPaper:
    told = (text.format(thing), CITED.format(thing)) if models else (text.format(thing),)
    return LabelledPaper(paper(*told), deep, bool(models), models, told[:1] if deep else ())


def tuned(thing: str) -> LabelledModel:
    return LabelledModel("ResNet-50", "ResNet-50", ("adaptation",), "test", (TUNED.format(thing),))


def run(thing: str) -> LabelledModel:
    return LabelledModel("AlphaFold 2", "AlphaFold 2", ("deployment",), "hypothesis", (RUN.format(thing),))


PAPERS = [
    *(labelled(TUNED, thing, tuned(thing)) for thing in THINGS),
    *(labelled(RUN, thing, run(thing)) for thing in THINGS),
    *(labelled(OWN, thing) for thing in THINGS),
    *(labelled(FIELD, thing, deep=False) for thing in THINGS),
]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return fit(PAPERS)


def test_every_head_is_fitted(weights: Weights) -> None:
    assert {head: len(rows) for head, rows in weights.items()} == {
        "own_use": 1,
        **{stage: len(HEADS[stage].CLASSES) for stage in STAGES},
    }


LEARNED: list[tuple[str, tuple[str, ...], tuple[str, ...], Any]] = [
    ("uses_deep_learning", (TUNED, CITED), (), True),
    ("uses_deep_learning", (OWN,), (), True),
    ("uses_deep_learning", (FIELD,), (), False),
    ("reuses_ptm", (TUNED, CITED), (), True),
    ("reuses_ptm", (RUN, CITED), (), True),
    ("reuses_ptm", (OWN,), (), False),
    ("names_ptms", (TUNED, CITED), (), ["ResNet-50"]),
    ("names_ptms", (RUN, CITED), (), ["AlphaFold 2"]),
    ("reuse_pattern", (TUNED, CITED), ("ResNet-50",), [("ResNet-50", "adaptation")]),
    ("reuse_pattern", (RUN, CITED), ("AlphaFold 2",), [("AlphaFold 2", "deployment")]),
    ("science_step", (TUNED, CITED), ("ResNet-50",), [("ResNet-50", "test")]),
    ("science_step", (RUN, CITED), ("AlphaFold 2",), [("AlphaFold 2", "hypothesis")]),
]


def answered(stage: str, texts: tuple[str, ...], models: tuple[str, ...] = ()) -> Any:
    """The answer about sentences of a thing that no paper was about."""
    return shown(stage, ask(stage, inputs(stage, passages(*(text.format("spores") for text in texts)), models)))


@pytest.mark.parametrize(("stage", "texts", "models", "expected"), LEARNED)
def test_what_it_learned_it_answers(
    weights: Weights, stage: str, texts: tuple[str, ...], models: tuple[str, ...], expected: Any
) -> None:
    with replaced(weights):
        assert answered(stage, texts, models) == expected


def test_it_learns_from_the_labels_not_from_the_words() -> None:
    none: dict[str, Any] = {"uses_deep_learning": False, "reuses_ptm": False, "models": (), "quotes": ()}
    with replaced(fit([*(replace(each, **none) for each in PAPERS[:8]), *PAPERS[8:]])):
        assert answered("uses_deep_learning", (TUNED, CITED)) is False
        assert answered("uses_deep_learning", (RUN, CITED)) is True


def test_the_same_papers_give_the_same_weights(weights: Weights) -> None:
    assert fit(PAPERS) == weights


def test_an_optional_model_is_neither_right_nor_wrong() -> None:
    def changed(**labels: Any) -> Weights:
        return fit([replace(p, models=tuple(replace(m, **labels) for m in p.models)) for p in PAPERS])

    required, optional, other = changed(), changed(optional=True), changed(name="U-Net", mention="U-Net")
    weights = [each["names_ptms"][0].get("family_ResNet", 0.0) for each in (required, optional, other)]
    assert weights[0] > 0 > weights[2]
    assert weights[1] == 0.0


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (LabelledModel("ResNet-50", "resnet50", (), "test", ()), {"ResNet-50"}),  # type: ignore[arg-type]
        (LabelledModel("AlphaFold 2", "AlphaFold", (), "test", (), ("AF2",)), {"AlphaFold 2", "AlphaFold"}),
        (LabelledModel("Nowhere-Net", "the net", (), "test", ()), {"Nowhere-Net", "the net"}),
    ],
)
def test_names_by_which_a_model_may_be_listed(model: LabelledModel, names: set[str]) -> None:
    assert names_of(model) == names


def test_a_label_without_a_quote_makes_no_sentence_evidence(weights: Weights) -> None:
    def unquoted(models: tuple[LabelledModel, ...]) -> tuple[LabelledModel, ...]:
        return tuple(replace(model, quotes=(*model.quotes, "")) for model in models)

    papers = [replace(each, quotes=("", *each.quotes), models=unquoted(each.models)) for each in PAPERS]
    assert fit(papers)["own_use"] == weights["own_use"]


@pytest.mark.parametrize(
    ("papers", "head"),
    [([], "own_use"), (PAPERS[24:], "own_use"), (PAPERS[16:], "names_ptms")],
    ids=["no paper", "no deep learning", "no reuse"],
)
def test_papers_that_leave_a_head_without_items_are_refused(papers: list[LabelledPaper], head: str) -> None:
    with pytest.raises(UsageError, match=f"no labelled item to fit {head} on"):
        fit(papers)


def row(each: LabelledPaper, number: int) -> dict[str, Any]:
    """A labelled paper as a row of a trainset."""
    quote = each.quotes[0] if each.quotes else ""
    paragraphs = [{"text": p.text, "kind": p.kind, "section": p.section} for p in each.paper.paragraphs]
    models = [
        {"name": m.name, "mention": m.mention, "quote": quote, "step": m.step, "step_quote": quote}
        | {"patterns": [{"pattern": pattern, "quote": quote} for pattern in m.patterns]}
        for m in each.models
    ]
    answers = {
        stage: {"answer": value, "quote": quote if value else ""}
        for stage, value in (("uses_deep_learning", each.uses_deep_learning), ("reuses_ptm", each.reuses_ptm))
    }
    about = {"id": f"p{number}", "title": each.paper.title, "year": 2022, "passages": paragraphs}
    return about | answers | {"models": models}


def command(python: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    arguments = ["--trainset", folder / "rows.jsonl", "--gold", folder, "--out", folder / "prior.json"]
    called = [sys.executable, "-m", "ptmreuse.embedded.fit", *map(str, arguments)]
    return subprocess.run(called, env=python, capture_output=True, text=True)


def test_the_command_writes_the_weights_of_both_sources(tmp_path: Path, python: dict[str, str]) -> None:
    rows = [row(each, number) for number, each in enumerate(PAPERS)]
    hidden = row(labelled("We trained SLEAP on videos of {}.", "moths", tuned("moths")), 99) | {"split": "test"}
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(each) for each in [*rows, *[hidden] * 8]))
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.xml").write_bytes(jats(OWN.format("leaves"), title="Leaves"))
    gold = {"file": "a.xml", "uses_deep_learning": True, "reuses_ptm": False, "models": []}
    gold["dl_quote"] = OWN.format("leaves")
    (tmp_path / "dev.jsonl").write_text(json.dumps(gold) + "\n")
    done = command(python, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    written = json.loads((tmp_path / "prior.json").read_text())
    assert set(written) == {"own_use", *STAGES}
    assert not any("SLEAP" in name for head in written.values() for one in head for name in one)


def test_the_command_says_in_one_line_what_is_missing(tmp_path: Path, python: dict[str, str]) -> None:
    done = command(python, tmp_path)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"error: {tmp_path / 'rows.jsonl'}: can't be read")
    assert not (tmp_path / "prior.json").exists()
