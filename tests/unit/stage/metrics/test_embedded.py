"""Lines in embedded metric format, by AWS's specification and as our services write them."""

import io
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.metrics import FLUSH_SECONDS, Metrics
from stage.clock import Clock, minute_of
from stage.metrics.embedded import (
    MAX_COVERED_SECONDS,
    SETTLING_SECONDS,
    Embedded,
    EmbeddedMetrics,
    parse,
    settled_until,
    spread,
)

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
SERVICE = (("Service", "email-sender"), ("Environment", "staging"))


def line(metrics, *, dimensions=(("Service",),), namespace="Notifications", **members):
    """A line of that time with these definitions and members."""
    directive = {"Namespace": namespace, "Dimensions": dimensions, "Metrics": metrics}
    return json.dumps(
        {
            "_aws": {"Timestamp": 1_767_268_800_000, "CloudWatchMetrics": [directive]},
            "Service": "api",
            **members,
        }
    )


def test_a_line_of_our_services_is_read_as_they_mean_it():
    """Counters, durations and levels, each set of dimensions by itself."""
    stream = io.StringIO()
    metrics = Metrics("email-sender", "staging", stream=stream, now=lambda: 1_767_268_800.0)
    metrics.count("MailsSent", 3)
    metrics.observe("SendDuration", 12.5, "Milliseconds")
    metrics.observe("SendDuration", 14.0, "Milliseconds")
    metrics.gauge("InFlight", lambda: 7.0, Provider="ses")
    metrics.flush()

    plain, of_provider = (parse(text) for text in stream.getvalue().splitlines())

    assert (
        1_767_268_800.0,
        [
            Embedded("Notifications", "MailsSent", SERVICE, "Count", (3.0,), total=True),
            Embedded("Notifications", "SendDuration", SERVICE, "Milliseconds", (12.5, 14.0), total=False),
        ],
    ) == plain
    provider = (*SERVICE, ("Provider", "ses"))
    assert [Embedded("Notifications", "InFlight", provider, "Count", (7.0,), total=False)] == of_provider[1]


def test_a_line_covers_no_longer_than_the_services_collect():
    """The stage knows of it, since a line does not say when the one before it was written."""
    assert FLUSH_SECONDS == MAX_COVERED_SECONDS
    assert SETTLING_SECONDS > FLUSH_SECONDS


def test_each_set_of_dimensions_is_a_metric():
    """Also the empty one."""
    _, found = parse(line([{"Name": "Hits"}], dimensions=[[], ["Service"]], Hits=1))

    assert [((), "None"), ((("Service", "api"),), "None")] == [(one.dimensions, one.unit) for one in found]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"Hits": "1"},
        {"Hits": None},
        {"Hits": [1, "2"]},
        {"Hits": []},
        {"Hits": True},
        {"Hits": 1, "Service": 5},
    ],
)
def test_what_cloudwatch_does_not_take_is_left_out(members):
    """A metric without numbers, or without one of its dimensions; the others of the line stay."""
    text = line([{"Name": "Hits"}, {"Name": "Good"}], dimensions=[["Service"], []], **{"Good": 1, **members})

    names = Counter(one.name for one in parse(text)[1])

    assert names["Good"] == (1 if "Service" in members else 2)
    assert names["Hits"] == (1 if "Service" in members else 0)


@pytest.mark.parametrize(
    "text",
    ["", "GET / 200", '{"event": "started"}', '"_aws"', '{"_aws": 3}', '{"_aws": {"Timestamp": 1}}'],
)
def test_any_other_line_has_no_metrics(text):
    """Whatever is in it."""
    assert None is parse(text)


def minutes(metric, begun, ended, minute_seconds=2.0):
    """Values by AWS minutes since noon."""

    def minute_at(seconds):
        return minute_of(NOON + MINUTE * (seconds / minute_seconds))

    found = {}
    for minute, value in spread(metric, begun, ended, minute_at):
        found.setdefault((minute - NOON) // MINUTE, []).append(value)
    return found


def metric(*values, unit="Count", total=False):
    """A metric of a line."""
    return Embedded("Notifications", "m", (), unit, tuple(map(float, values)), total)


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (10, {0: [2], 1: [2], 2: [2], 3: [2], 4: [2]}),
        (7, {0: [1], 1: [1], 2: [2], 3: [1], 4: [2]}),
        (1, {4: [1]}),
        (0, {4: [0]}),
        (2.5, {0: [0.5], 1: [0.5], 2: [0.5], 3: [0.5], 4: [0.5]}),
    ],
)
def test_a_counter_is_laid_over_the_minutes_that_it_covers(total, expected):
    """Ten seconds of two-second minutes; a whole number stays one in each of them."""
    assert expected == minutes(metric(total, total=True), 0.0, 10.0)


def test_observations_are_laid_out_in_their_order():
    """They were made one after the other; a duration goes into a bin of a few per cent."""
    found = minutes(metric(11.26, 12, 13, 14, 15.71, unit="Milliseconds"), 0.0, 10.0)

    assert {0: [11.0], 1: [12.0], 2: [13.0], 3: [14.0], 4: [16.0]} == found


def test_a_level_holds_in_every_minute():
    """A relay that cannot be reached cannot be reached between two lines either."""
    assert {0: [1], 1: [1], 2: [1], 3: [1], 4: [1]} == minutes(metric(1), 0.0, 10.0)
    assert {2: [50.0]} == minutes(metric(50, unit="Milliseconds"), 0.0, 10.0)


def test_where_a_minute_is_a_minute_a_line_is_in_one():
    """As on AWS, where six lines are."""
    assert {0: [7]} == minutes(metric(7, total=True), 20.0, 30.0, minute_seconds=60.0)
    assert {0: [7]} == minutes(metric(7, total=True), 55.0, 65.0, minute_seconds=60.0)
    assert {1: [7]} == minutes(metric(7, total=True), 65.0, 75.0, minute_seconds=60.0)


@given(
    st.integers(0, 1000),
    st.floats(0, 100),
    st.floats(0.01, 10),
    st.sampled_from([0.5, 2.0, 12.0, 60.0]),
)
def test_no_count_is_lost_or_made(total, begun, lasted, minute_seconds):
    """Whatever part of how many minutes a line covers."""
    found = minutes(metric(total, total=True), begun, begun + lasted, minute_seconds)

    assert total == sum(sum(values) for values in found.values())


@pytest.fixture
def collected():
    """Metrics of lines on a clock of two-second minutes that started a minute ago."""
    return EmbeddedMetrics(Clock(2.0))


def write(collected, seconds_ago, stream="task/1", **counts):
    """Have a task write a line of counters so many real seconds ago."""
    text = json.loads(line([{"Name": name, "Unit": "Count"} for name in counts], **counts))
    text["_aws"]["Timestamp"] = (time.time() - seconds_ago) * 1000
    collected.take(stream, json.dumps(text))


def sums(reading):
    """Sums by metric."""
    found = Counter()
    for _, one in reading:
        found[one.name] += sum(value * count for value, count in one.counts.items())
    return found


def test_lines_of_all_tasks_are_one_metric(collected):
    """By minute, name, dimensions and unit; what is settled is given once."""
    write(collected, 40.0, "task/1", MailsSent=10)
    write(collected, 40.0, "task/2", MailsSent=5)
    write(collected, 30.0, "task/1", MailsSent=10, MailsRefused=1)

    reading = collected.settled()

    assert {"MailsSent": 25, "MailsRefused": 1} == sums(reading)
    assert len(reading) == len({(minute, one.name) for minute, one in reading})
    assert [] == collected.settled()


def test_a_minute_waits_for_its_last_line(collected):
    """A task writes after ten seconds what it has counted in each of them."""
    write(collected, 0.0, MailsSent=10)

    assert [] == collected.settled()


def test_a_line_covers_the_time_since_the_one_before(collected):
    """Of the same task and dimensions: one that was full went out early."""
    write(collected, 40.0, MailsSent=10)
    write(collected, 38.0, MailsSent=8)

    by_minute = Counter()
    for minute, one in collected.settled():
        by_minute[minute] += sum(value * count for value, count in one.counts.items())

    last = max(by_minute)
    assert 8 <= by_minute[last]
    assert all(MINUTE == later - earlier for earlier, later in pairwise(sorted(by_minute)))


def test_what_is_settled_does_not_depend_on_when_one_asks():
    """Of a moment that has passed as of the present one: so many real seconds before."""
    clock = Clock(2.0)
    moment = clock.now() - 3 * MINUTE

    expected = moment - MINUTE * (SETTLING_SECONDS / 2.0)

    assert abs(settled_until(clock, moment) - expected) <= MINUTE
