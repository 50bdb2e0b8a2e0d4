"""The compiled state of a stage: what it keeps, whose demos it has, what its instruction copies."""

from pathlib import Path

import dspy
from labelling import task

from ptmreuse.states import copied, fresh, instructions_of, module_of, state_of, strangers


def test_demos_keep_the_signatures_fields_only(tmp_path: Path) -> None:
    given = task(tmp_path)
    module = given.student()
    module.predict.demos = [*given.train[:2], dspy.Example(augmented=True, **given.bare(given.train[2]))]
    state = state_of(module)
    fields = {"title", "year", "passages", "uses_deep_learning", "evidence"}
    assert [set(demo) for demo in state["demos"]] == [fields, fields, {*fields, "augmented"}]
    assert state["lm"] is None
    assert state_of(module_of(given.stage, state)) == state


def test_strangers_are_demos_of_other_papers(tmp_path: Path) -> None:
    given = task(tmp_path)
    module = given.student()
    module.predict.demos = [given.train[0], given.val[0]]
    assert strangers(state_of(module), given.train) == [given.val[0].title]


def test_runs_of_words_copied_from_a_paper_are_found_once_and_whole(tmp_path: Path) -> None:
    given = task(tmp_path)
    zero = state_of(given.student())
    texts = [paragraph.text for example in given.train for paragraph in example.labelled.paper.paragraphs]
    words = texts[4].split()[5:17]
    module = given.student()
    rule = f"Note that {' '.join(words)} is an example. {' '.join(words[:7])}"
    module.predict.signature = module.predict.signature.with_instructions(f"{instructions_of(zero)} {rule}")
    assert copied(state_of(module), zero, texts) == [" ".join(words)]
    assert copied(zero, zero, texts) == []


def test_a_fresh_stage_has_no_demos() -> None:
    assert state_of(fresh("names_ptms"))["demos"] == []
