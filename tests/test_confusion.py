from predictions import PATTERNS, STEPS, models, yes_no
from sklearn.metrics import confusion_matrix

from ptmreuse.evaluation.confusion import NOT_NAMED, UNRESOLVED, confusion
from ptmreuse.evaluation.judged import Judged


def model(true: set[str], given: set[str], reason: str = "", named: bool = True) -> Judged:
    return Judged("p", "reuse_pattern", frozenset(true), frozenset(given), "m", reason, named)


def test_sets_are_answers() -> None:
    found = confusion(
        [
            model({"deployment"}, {"deployment"}),
            model({"deployment"}, {"deployment", "conceptual"}),
            model({"conceptual", "deployment"}, {"adaptation"}),
        ]
    )
    both = "conceptual + deployment"
    assert list(found.index) == ["deployment", both]
    assert list(found.columns) == ["adaptation", "deployment", both, UNRESOLVED, NOT_NAMED]
    assert found.to_numpy().tolist() == [[0, 1, 1, 0, 0], [1, 0, 0, 0, 0]]


def test_no_answer_and_why() -> None:
    """A model that nobody named is not named, unless that is because a stage before was unresolved."""
    found = confusion(
        [
            model({"deployment"}, set(), "unparsable"),
            model({"deployment"}, set(), named=False),
            model({"deployment"}, set(), "too_long", named=False),
        ]
    )
    assert found.to_dict("index") == {"deployment": {"deployment": 0, UNRESOLVED: 2, NOT_NAMED: 1}}


def test_equals_scikit_learn() -> None:
    for items in (yes_no(90), models(90, "science_step", STEPS), models(60, "reuse_pattern", PATTERNS)):
        found = confusion(items)
        labels = list(found.columns[:-1])
        true, given = [min(item.true) for item in items], [min(item.given, default=UNRESOLVED) for item in items]
        matrix = confusion_matrix(true, given, labels=labels)
        assert found[labels].to_numpy().tolist() == matrix[: len(found)].tolist()
        assert found.to_numpy().sum() == len(items)


def test_without_items_it_is_empty() -> None:
    assert confusion([]).empty
