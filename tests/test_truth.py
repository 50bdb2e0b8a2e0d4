"""True answers as the program would give them."""

from dataclasses import replace
from pathlib import Path

from labelling import papers

from program.pipeline import unanswered
from ptmreuse.evaluation.truth import true_answers


def test_they_end_at_the_first_no(tmp_path: Path) -> None:
    told = [{stage: a.value for stage, a in true_answers(p).items()} for p in papers(tmp_path, train=4)]
    yes = {"uses_deep_learning": "yes", "reuses_ptm": "yes", "names_ptms": "yes"}
    assert told == [yes, yes, {"uses_deep_learning": "yes", "reuses_ptm": "no"}, {"uses_deep_learning": "no"}]


def test_models_are_by_canonical_name_with_their_quotes(tmp_path: Path) -> None:
    labelled = papers(tmp_path, train=1)[0]
    twice = replace(labelled, models=(*labelled.models, replace(labelled.models[0], mention="resnet50")))
    (finding,) = true_answers(twice)["names_ptms"].resolved
    assert (finding.model, finding.value) == ("ResNet-50", "resnet50")
    assert finding.evidence
    assert finding.evidence.quote == labelled.models[0].quote


def test_labels_without_quotes_are_true_all_the_same(tmp_path: Path) -> None:
    labelled = papers(tmp_path, train=1)[0]
    bare = replace(labelled, quotes=(), models=tuple(replace(model, quotes=()) for model in labelled.models))
    answers = true_answers(bare)
    assert [finding.model for finding in answers["names_ptms"].resolved] == ["ResNet-50"]
    assert unanswered(answers) == ("reuse_pattern", "science_step")
