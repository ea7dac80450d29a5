"""The verdict's own reading of CloudWatch's tables on missing data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.alarms.decide import evaluate
from stage.alarms.model import MetricAlarm
from tests.unit.verify import runs
from verify.verdict.target_tracking import (
    below_scale_in,
    look,
    looks_before,
    minutes_standing,
    over_target,
    tasks_asked_for,
)

VALUES = {"X": 100.0, "0": 10.0}


def recorded(datapoints):
    """Datapoints of the documentation's notation: 0 does not breach, X does, - is missing."""
    values = enumerate(datapoints.split())
    return [runs.datapoints([VALUES[value]], minute)[0] for minute, value in values if value != "-"]


def breaches(percent):
    """Whether a datapoint breaches."""
    return percent > 70.0


def stands(datapoints, needed=3):
    """Whether the alarm stands at the end of the last of the minutes."""
    last = runs.moment(len(datapoints.split()) - 1)
    return look(recorded(datapoints), last, needed).stands(breaches)


@pytest.mark.parametrize(
    "datapoints",
    ["0 X X - X", "- - X - -", "X - - - -", "0 - X X X", "X X X - -", "- X X - -", "- - X - X", "0 0 X X X"],
)
def test_an_alarm_stands_over_missing_minutes(datapoints):
    """Every datapoint that is judged breaches, and the oldest has stood for three minutes."""
    assert stands(datapoints)


@pytest.mark.parametrize(
    "datapoints",
    ["0 - X - X", "0 - - - -", "- - - - -", "- - - - X", "- - - X -", "- - - X X", "- - X - 0", "X X X 0 X"],
)
def test_an_alarm_does_not_stand_on_too_little(datapoints):
    """A datapoint within the threshold, or too young a beginning."""
    assert not stands(datapoints)


def test_what_is_older_than_the_evaluation_range_is_not_looked_at():
    """Five minutes back for three datapoints."""
    assert not stands("X X X - - - - -")
    assert stands("0 - - X - -")


def test_a_late_datapoint_may_have_been_missing_to_whoever_decided():
    """At the end of the fifth minute, its own datapoint or only those before may have been known."""
    looks = looks_before(recorded("0 X X X 0"), runs.moment(5.1), 3, delay_minutes=1)

    assert [True, False] == [found.stands(breaches) for found in looks]


def test_minutes_standing_are_counted_where_the_alarm_stood():
    """After the third high minute and the fourth, over a gap."""
    assert 2 == minutes_standing(recorded("X X - X X 0"), 3, breaches)


SERIES = st.lists(st.sampled_from([100.0, 10.0, None]), min_size=1, max_size=22)


@given(SERIES, st.sampled_from([3, 15]))
def test_verdict_and_stage_read_the_documentation_alike(series, needed):
    """They share no code, so one of them is wrong where they differ."""
    last = runs.moment(len(series) - 1)
    points = [runs.datapoints([value], minute)[0] for minute, value in enumerate(series) if value is not None]
    alarm = MetricAlarm(70.0, "GreaterThanThreshold", needed, needed)

    found = look(points, last, needed)

    assert (evaluate(alarm, series) == "ALARM") == found.stands(breaches)
    assert all(last - point.minute < timedelta(minutes=needed + 2) for point in found.points)


@pytest.mark.parametrize(
    ("percent", "out", "scale_in"),
    [(70.1, True, False), (70.0, False, False), (63.0, False, False), (62.9, False, True)],
)
def test_seventy_percent_is_the_line_and_nine_tenths_of_it_the_other(percent, out, scale_in):
    """Between the two nothing is scaled."""
    assert (out, scale_in) == (over_target(percent), below_scale_in(percent))


@pytest.mark.parametrize(("running", "percent", "expected"), [(3, 70.0, 3), (3, 70.1, 4), (2, 101.0, 3)])
def test_capacity_is_what_brings_cpu_to_the_target(running, percent, expected):
    """Rounded up to whole tasks, and a hair of a binary fraction asks for none."""
    assert expected == tasks_asked_for(running, percent)
