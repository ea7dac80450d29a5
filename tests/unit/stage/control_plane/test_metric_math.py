from datetime import UTC, datetime, timedelta

import pytest

from stage.control_plane.metric_math import (
    UnsupportedExpressionError,
    evaluate,
    names_in,
)

FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def series(*values):
    """Datapoints of consecutive minutes; None is a missing one."""
    return {
        FIRST + timedelta(minutes=number): float(value)
        for number, value in enumerate(values)
        if value is not None
    }


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", series(11, 22, 33)),
        ("a - b", series(-9, -18, -27)),
        ("2 * a + 1", series(3, 5, 7)),
        ("b / a", series(10, 10, 10)),
        ("100 * a / (a + b)", series(100 / 11, 100 / 11, 100 / 11)),
        ("-a", series(-1, -2, -3)),
        ("a", series(1, 2, 3)),
        ("5", series(5, 5, 5)),
        ("2 + 3", series(5, 5, 5)),
        ("a >= 2", series(0, 1, 1)),
        ("IF(a > 1, b, 0)", series(0, 20, 30)),
        ("IF(1 > 2, a, b)", series(10, 20, 30)),
        ("IF(a != 2, a, -1)", series(1, -1, 3)),
        ("MAX([a, 2])", series(2, 2, 3)),
        ("MIN([a, b, 2])", series(1, 2, 2)),
    ],
)
def test_an_expression_is_evaluated_instant_by_instant(expression, expected):
    """Arithmetic, comparisons and the functions that our alarms use."""
    assert expected == evaluate(expression, {"a": series(1, 2, 3), "b": series(10, 20, 30)})


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", series(11)),
        ("a / b", series(0.1)),
        ("FILL(a, 0) + FILL(b, 0)", series(11, 2, 30)),
        ("IF(FILL(b, 0) >= 10, b, 7)", series(10, 7, 30)),
        ("IF(FILL(b, 0) >= 0, a, 7)", series(1, 2)),
    ],
)
def test_a_missing_datapoint_stays_missing_unless_it_is_filled(expression, expected):
    """Nothing is known of a minute that one side lacks."""
    assert expected == evaluate(expression, {"a": series(1, 2, None), "b": series(10, None, 30)})


def test_a_division_by_zero_has_no_datapoint():
    """A backlog per task does not exist while no task runs."""
    assert series(None, 5) == evaluate("a / b", {"a": series(10, 10), "b": series(0, 2)})


@pytest.mark.parametrize(
    "expression",
    ["a ** 2", "lost + 1", "METRICS()", "MAX([])", "a > 1 > 2", "FILL(a, REPEAT)", "'text'", "a ="],
)
def test_what_is_not_evaluated_is_refused(expression):
    """A wrong figure would look like a right one."""
    with pytest.raises(UnsupportedExpressionError, match="metric math"):
        evaluate(expression, {"a": series(1)})


def test_the_names_of_an_expression_are_found():
    """Functions are among them; no query has such an id."""
    assert {"IF", "asked", "failed"} == names_in("IF(asked >= 20, 100 * failed / asked, 0)")
