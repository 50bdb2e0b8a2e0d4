import pytest
from predictions import PATTERNS, STEPS, models, names, quoted, yes_no
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    precision_recall_fscore_support,
)
from sklearn.preprocessing import MultiLabelBinarizer

from program.catalogue import canonical
from ptmreuse.evaluation.intervals import wilson
from ptmreuse.evaluation.judged import Judged
from ptmreuse.evaluation.measure import Measure
from ptmreuse.evaluation.measures import measures, papers_wholly_right

SEEDS = range(5)


def values(items: list[Judged]) -> dict[str, float | None]:
    return {name: measure.value for name, measure in measures(items).items()}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore:y_pred contains classes not in y_true")
def test_yes_no_equals_scikit_learn(seed: int) -> None:
    items = yes_no(60, seed)
    true, given = [min(item.true) for item in items], [min(item.given, default="unresolved") for item in items]
    found = values(items)
    precision, recall, f1, support = precision_recall_fscore_support(true, given, labels=["yes", "no"])
    assert (found["n_yes"], found["n_no"]) == tuple(support)
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx((precision[0], recall[0], f1[0]))
    assert found["specificity"] == pytest.approx(recall[1])
    assert found["accuracy"] == pytest.approx(accuracy_score(true, given))
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(true, given))
    assert found["kappa"] == pytest.approx(cohen_kappa_score(true, given))
    assert found["unresolved"] == pytest.approx(given.count("unresolved") / 60)


def sets(items: list[Judged], by_family: bool = False) -> tuple[list[set[str]], list[set[str]]]:
    def named(members: frozenset[str]) -> set[str]:
        return {canonical(member).family if by_family else member for member in members}

    return [named(item.true) for item in items], [named(item.given) for item in items]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("by_family", [False, True])
def test_names_equal_scikit_learn(seed: int, by_family: bool) -> None:
    true, given = sets(items := names(40, seed), by_family)
    binary = MultiLabelBinarizer().fit([*true, *given])
    found, prefix = values(items), "family_" * by_family
    for average in ("micro", "macro"):
        scores = precision_recall_fscore_support(
            binary.transform(true), binary.transform(given), average=average, zero_division=0
        )
        ours = [found[f"{prefix}{average}_{name}"] for name in ("precision", "recall", "f1")]
        assert ours == pytest.approx(scores[:3])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("stage", "kinds", "most"), [("reuse_pattern", PATTERNS, 2), ("science_step", STEPS, 1)])
def test_models_equal_scikit_learn(seed: int, stage: str, kinds: tuple[str, ...], most: int) -> None:
    items = models(50, stage, kinds, seed, most)
    true, given = sets(items)
    binary = MultiLabelBinarizer().fit([*true, *given])
    both = binary.transform(true), binary.transform(given)
    found = values(items)
    assert found["accuracy"] == pytest.approx(accuracy_score(*both))
    assert found["micro_f1"] == pytest.approx(f1_score(*both, average="micro", zero_division=0))
    assert found["macro_f1"] == pytest.approx(f1_score(*both, average="macro", zero_division=0))


def one(true: str, given: str, paper: str = "p", stage: str = "reuses_ptm", named: bool = True) -> Judged:
    return Judged(paper, stage, frozenset(true.split()), frozenset(given.split()), "", "" if given else "x", named)


def test_unresolved_is_neither_yes_nor_no() -> None:
    found = values([one("yes", ""), one("no", "", "q"), one("yes", "yes", "r"), one("no", "no", "s")])
    assert (found["accuracy"], found["precision"], found["recall"], found["specificity"]) == (0.5, 1.0, 0.5, 0.5)
    assert found["unresolved"] == 0.5


def test_an_unresolved_set_misses_every_name() -> None:
    found = values([one("A B", "A B", stage="names_ptms"), one("C D", "", "q", "names_ptms")])
    assert (found["micro_precision"], found["micro_recall"], found["accuracy"]) == (1.0, 0.5, 0.5)


def test_a_family_is_right_where_the_version_is_not() -> None:
    item = Judged("p", "names_ptms", frozenset({"ResNet-50"}), frozenset({"ResNet-18"}))
    found = values([item])
    assert (found["micro_f1"], found["family_micro_f1"]) == (0.0, 1.0)


def test_rightly_named_leaves_out_models_that_were_not_named() -> None:
    items = [one("test", "test", f"p{at}", "science_step") for at in range(3)]
    items.append(Judged("q", "science_step", frozenset({"analysis"}), frozenset(), "m", "", named=False))
    found = values(items)
    assert (found["n"], found["accuracy"], found["unresolved"]) == (4, 0.75, 0.0)
    assert (found["rightly_named_n"], found["rightly_named_accuracy"], found["rightly_named_macro_f1"]) == (3, 1.0, 1.0)
    assert found["macro_f1"] == 0.5


def test_quotes() -> None:
    found = measures([quoted("p", (True, True), (True, False), (False, False)), quoted("q", (True, None)), quoted("r")])
    assert (found["quotes_verbatim"].value, found["quotes_verbatim"].n) == (0.75, 2)
    assert (found["quotes_labelled"].value, found["quotes_labelled"].n) == (pytest.approx(1 / 3), 1)
    assert measures([quoted("r")])["quotes_verbatim"] == Measure(None, None, None, 0)


def test_cases_are_papers() -> None:
    found = measures(models(50, "science_step", STEPS))
    assert found["n"] == Measure(50.0, None, None, 25)
    assert found["accuracy"].n == 25


def test_every_measure_lies_in_its_interval() -> None:
    several = (yes_no(40), names(30), models(40, "reuse_pattern", PATTERNS, most=2), models(40, "science_step", STEPS))
    for items in several:
        for name, measure in measures(items).items():
            if measure.low is not None and measure.high is not None and measure.value is not None:
                assert -(name == "kappa") <= measure.low <= measure.value <= measure.high <= 1, name
                assert measure.low < measure.high, name


def test_accuracy_over_papers_has_wilson() -> None:
    items = yes_no(40)
    right = sum(item.right for item in items)
    found = measures(items)["accuracy"]
    assert (found.low, found.high) == wilson(right, 40)


def test_one_kind_of_label_leaves_undefined_what_it_must() -> None:
    found = values([one("yes", "yes", f"p{at}") for at in range(4)])
    assert [found[name] for name in ("specificity", "balanced_accuracy", "kappa")] == [None] * 3
    assert found["f1"] == 1.0


def test_a_paper_is_wholly_right_when_every_answer_is() -> None:
    items = [one("yes", "yes", "p"), one("yes", "yes", "q"), one("test", "analysis", "q", "science_step")]
    assert papers_wholly_right(items) == Measure(0.5, *wilson(1, 2), 2)
    assert papers_wholly_right([]).value is None


def test_nothing_and_too_much() -> None:
    assert measures([]) == {}
    with pytest.raises(ValueError, match="names_ptms and reuses_ptm together"):
        measures([one("yes", "yes"), one("A", "A", stage="names_ptms")])


def test_names_of_the_measures() -> None:
    """They are the names in tables, in JSON and in MLflow."""
    three = [f"{kind}_{name}" for kind in ("micro", "macro") for name in ("precision", "recall", "f1")]
    given = ["unresolved", "quotes_verbatim", "quotes_labelled"]
    binary = ["n_yes", "n_no", "precision", "recall", "specificity", "f1", "balanced_accuracy", "kappa"]
    per_model = ["n", "accuracy", "micro_f1", "macro_f1"]
    assert list(measures(yes_no(9))) == ["n", "accuracy", *binary, *given]
    assert list(measures(names(9))) == ["n", "accuracy", *three, *[f"family_{name}" for name in three], *given]
    found = list(measures(models(9, "science_step", STEPS)))
    assert found == [*per_model, *[f"rightly_named_{name}" for name in per_model], *given]


def test_draws_are_seeded() -> None:
    assert measures(names(30)) == measures(names(30))
