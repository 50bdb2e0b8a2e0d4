import pytest

from ptmreuse.reporting.rogan_gladen import delta_interval, rogan_gladen


@pytest.mark.parametrize(
    ("raw", "sensitivity", "specificity", "expected"),
    [
        (0.036, 0.9, 0.99, 0.0292),  # the notes on the study have both
        (0.036, 0.9, 0.97, 0.0069),
        (0.25, 1.0, 1.0, 0.25),
        (0.02, 0.9, 0.95, 0.0),  # fewer yes than false alarms alone would give
        (0.99, 0.9, 0.99, 1.0),
        (0.3, 0.5, 0.5, None),  # the answers tell nothing apart
    ],
)
def test_corrected(raw: float, sensitivity: float, specificity: float, expected: float | None) -> None:
    found = rogan_gladen(raw, sensitivity, specificity)
    assert found == (pytest.approx(expected, abs=5e-5) if expected is not None else None)


def test_limits_shrink_with_labels_to_nothing() -> None:
    wide, narrow = (delta_interval(0.1, 0.9, 0.95, n, 10 * n) for n in (50, 5_000))
    assert wide is not None
    assert narrow is not None
    value = rogan_gladen(0.1, 0.9, 0.95)
    assert value == pytest.approx((narrow[0] + narrow[1]) / 2)
    assert (wide[1] - wide[0]) / (narrow[1] - narrow[0]) == pytest.approx(10)


@pytest.mark.parametrize("about", [(0.3, 0.5, 0.5, 10, 10), (0.3, 0.9, 0.9, 0, 10), (0.3, 0.9, 0.9, 10, 0)])
def test_no_limits_without_a_value_or_labels(about: tuple[float, ...]) -> None:
    assert delta_interval(*about) is None
