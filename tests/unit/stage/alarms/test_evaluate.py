"""Every row of CloudWatch's tables on missing data, and what its text says beside them.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.alarms.decide import evaluate
from stage.alarms.model import MetricAlarm

RETAINED = "retain current state"
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
THRESHOLD = 70.0
VALUES = {"X": 100.0, "0": 10.0, "-": None}


def alarm(needed, periods, treat_missing_data="missing", comparison="GreaterThanThreshold"):
    """An alarm that needs so many datapoints out of so many periods."""
    return MetricAlarm(THRESHOLD, comparison, periods, needed, treat_missing_data)


def values(datapoints):
    """Values of the documentation's notation: 0 does not breach, X does, - is missing."""
    return [VALUES[datapoint] for datapoint in datapoints.split()]


# The columns are those of the tables: missing, ignore, breaching, notBreaching.
THREE_OF_THREE = [
    ("0 - X - X", ("OK", "OK", "OK", "OK")),
    ("0 - - - -", ("OK", "OK", "OK", "OK")),
    ("- - - - -", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    ("0 X X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("- - X - -", ("ALARM", RETAINED, "ALARM", "OK")),
    # Rows that the page had until 2019 and has replaced by words.
    ("- - - - X", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    ("X - - - -", ("ALARM", RETAINED, "ALARM", "OK")),
    # What the text below the tables says of premature transitions, and the rules above them.
    ("- - - X -", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    ("- - - X 0", ("OK", "OK", "OK", "OK")),
    ("- - X - 0", ("OK", "OK", "OK", "OK")),
    ("- - - X X", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    ("- - X - X", ("ALARM", RETAINED, "ALARM", "OK")),
    ("- - X X -", ("ALARM", RETAINED, "ALARM", "OK")),
    ("- X X - -", ("ALARM", RETAINED, "ALARM", "OK")),
    ("X X X - -", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("X - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 - X X X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("- - - - 0", ("OK", "OK", "OK", "OK")),
    ("X X 0 - -", ("OK", "OK", "OK", "OK")),
    ("X X X 0 X", ("OK", "OK", "OK", "OK")),
    ("0 0 X X X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    # The alarm is younger than its evaluation range.
    ("X X X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("X X", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    # What is older than the evaluation range has no say.
    ("X X X - - - - -", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    ("0 - - X - -", ("ALARM", RETAINED, "ALARM", "OK")),
]
TWO_OF_THREE = [
    ("0 - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 0 X 0 X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 - X - -", ("OK", "OK", "ALARM", "OK")),
    ("- - - - 0", ("OK", "OK", "ALARM", "OK")),
    ("- - - X -", ("ALARM", RETAINED, "ALARM", "OK")),
    # The rules in words.
    ("- - - - X", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
    ("- - - X X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("X X 0 0 X", ("OK", "OK", "OK", "OK")),
    ("- - - - -", ("INSUFFICIENT_DATA", RETAINED, "ALARM", "OK")),
]
ROWS = [
    (needed, datapoints, treatment, expected)
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for datapoints, columns in table
    for treatment, expected in zip(TREATMENTS, columns, strict=True)
]


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize(("needed", "datapoints", "treatment", "expected"), ROWS)
def test_the_documented_table(needed, datapoints, treatment, expected, before):
    """Each cell of the tables, from each state that the alarm may have had."""
    found = evaluate(alarm(needed, 3, treatment), values(datapoints), before)

    assert (before if expected == RETAINED else expected) == found


@pytest.mark.parametrize(
    ("comparison", "at_threshold", "above", "below"),
    [
        ("GreaterThanThreshold", "OK", "ALARM", "OK"),
        ("GreaterThanOrEqualToThreshold", "ALARM", "ALARM", "OK"),
        ("LessThanThreshold", "OK", "OK", "ALARM"),
        ("LessThanOrEqualToThreshold", "ALARM", "OK", "ALARM"),
    ],
)
def test_the_comparison_operators(comparison, at_threshold, above, below):
    """Each says what it does at, above and below the threshold."""
    one_of_one = alarm(1, 1, comparison=comparison)

    found = [evaluate(one_of_one, [value]) for value in (70.0, 70.1, 69.9)]

    assert [at_threshold, above, below] == found


@pytest.mark.parametrize(
    ("missing", "state"), [(0, "ALARM"), (2, "ALARM"), (3, "ALARM"), (14, "ALARM"), (17, "INSUFFICIENT_DATA")]
)
def test_a_long_alarm_looks_two_periods_further(missing, state):
    """Of 15 of 15, the evaluation range is 17; what has stood for 15 periods is believed."""
    found = evaluate(alarm(15, 15), [100.0] * (17 - missing) + [None] * missing)

    assert state == found


def test_a_zero_is_a_datapoint():
    """Nothing to do is not the same as nothing known."""
    assert "ALARM" == evaluate(alarm(3, 3, comparison="LessThanThreshold"), [0.0, 0.0, 0.0])


@given(
    st.lists(st.sampled_from([100.0, 10.0, None]), max_size=12),
    st.integers(1, 5),
    st.integers(0, 4),
    st.sampled_from(TREATMENTS),
    st.sampled_from(STATES),
)
def test_an_alarm_never_goes_off_without_a_breaching_datapoint(series, needed, more, treatment, before):
    """Only where missing data counts as breaching, or keeps a state, is there ALARM without one."""
    definition = alarm(needed, needed + more, treatment)

    found = evaluate(definition, series, before)

    if treatment in ("missing", "notBreaching"):
        assert found != "ALARM" or 100.0 in series[-definition.evaluation_range :]
