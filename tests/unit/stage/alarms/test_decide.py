"""Changes of state: what is watched, what a machine without time hides, and what people are told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.alarms.decide import changes_of_composites, evaluation_of, starved_minutes
from stage.alarms.model import CompositeAlarm, Metric, MetricAlarm, WatchedAlarm
from stage.control_plane.metric_math import UnsupportedExpressionError

MINUTE = timedelta(minutes=1)
END = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
REQUESTS = Metric("AWS/ApplicationELB", "RequestCount", (("LoadBalancer", "app/x/1"),), "Sum")
ERRORS = Metric("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", (("LoadBalancer", "app/x/1"),), "Sum")
LATENCY = Metric("AWS/ApplicationELB", "TargetResponseTime", (("LoadBalancer", "app/x/1"),), "p99")


def latency(state="OK", periods=3, needed=2, treat_missing_data="missing"):
    """An alarm on a p99 of more than a second."""
    definition = MetricAlarm(1.0, "GreaterThanThreshold", periods, needed, treat_missing_data)
    return WatchedAlarm("latency", definition, MINUTE, {"m": LATENCY}, {}, "m", state)


def error_rate(expression, state="OK", treat_missing_data="notBreaching"):
    """An alarm on metric math over requests and errors, of three out of five minutes."""
    definition = MetricAlarm(1.0, "GreaterThanThreshold", 5, 3, treat_missing_data)
    metrics = {"requests": REQUESTS, "errors": ERRORS}
    return WatchedAlarm("error-rate", definition, MINUTE, metrics, {"rate": expression}, "rate", state)


def minutes(*values):
    """Values of the last minutes, oldest first; None is a missing one."""
    return {
        END - MINUTE * (len(values) - position): value
        for position, value in enumerate(values)
        if value is not None
    }


def change_of(*given):
    """Change of an alarm's state by an evaluation; None if there is none."""
    return evaluation_of(*given).change


RATE = "IF(FILL(requests, 0) >= 20, 100 * FILL(errors, 0) / requests, 0)"


@pytest.mark.parametrize(
    ("requests", "errors", "state"),
    [
        ((100, 100, 100, 100, 100), (None, None, None, None, None), None),
        ((100, 100, 100, 100, 100), (5, None, 5, None, 5), "ALARM"),
        ((100, 100, 100, 100, 100), (5, None, None, None, 5), None),
        ((10, 10, 10, 10, 10), (5, 5, 5, 5, 5), None),
        ((None, None, None, None, None), (None, None, None, None, None), None),
    ],
    ids=["no errors", "three of five", "two of five", "too few requests", "no requests"],
)
def test_an_expression_is_evaluated_before_it_is_judged(requests, errors, state):
    """The rate of failed requests as our Terraform declares it; a count of zero is not there at all."""
    change = change_of(error_rate(RATE), {REQUESTS: minutes(*requests), ERRORS: minutes(*errors)}, set(), END)

    assert state == (change and change.state)


def test_expressions_may_name_each_other():
    """Whatever their order."""
    alarm = error_rate("100 * errors / asked")
    expressions = {**alarm.expressions, "asked": "MAX([FILL(requests, 0), errors])"}
    alarm = WatchedAlarm(
        alarm.name, alarm.definition, MINUTE, alarm.metrics, expressions, "rate", alarm.state
    )

    change = change_of(alarm, {ERRORS: minutes(1, 1, 1, 1, 1)}, set(), END)

    assert "ALARM" == change.state


def test_an_expression_that_cannot_be_evaluated_is_named():
    """Rather than taken for one that never breaches."""
    with pytest.raises(UnsupportedExpressionError, match="STDDEV"):
        change_of(error_rate("STDDEV(requests)"), {REQUESTS: minutes(1, 2)}, set(), END)


def test_what_is_older_than_the_evaluation_range_does_not_fill_it():
    """A request half an hour ago does not make minutes without requests known."""
    alarm = error_rate("FILL(requests, 9)", treat_missing_data="missing")

    change = change_of(alarm, {REQUESTS: {END - 30 * MINUTE: 1.0}}, set(), END)

    assert "INSUFFICIENT_DATA" == change.state


def test_a_state_that_stays_is_no_change():
    """Nothing is written into an alarm's history for it."""
    assert None is change_of(latency("ALARM"), {LATENCY: minutes(2, 2, 2)}, set(), END)


@pytest.mark.parametrize(
    ("state", "values", "starved", "expected"),
    [
        ("OK", (None, None, None), (1, 2, 3), None),
        ("ALARM", (0.5, None, None), (1, 2), None),
        ("ALARM", (0.5, 0.5, None), (1,), "OK"),
        ("OK", (2, None, 2), (2,), "ALARM"),
        ("OK", (2, None, None), (1, 2), None),
        ("OK", (2, 2, 2), (1, 2, 3), "ALARM"),
    ],
    ids=["all", "could be ALARM", "cannot be ALARM", "is ALARM anyway", "could be OK", "none missing"],
)
def test_a_minute_without_time_changes_no_state(state, values, starved, expected):
    """Where the machine starved the stage, only what is certain whatever was missed is believed."""
    alarm = latency(state)
    found = change_of(
        alarm, {LATENCY: minutes(0.5, 0.5, *values)}, {END - MINUTE * back for back in starved}, END
    )

    assert expected == (found and found.state)


@given(
    st.lists(st.sampled_from([2.0, 0.5]), min_size=5, max_size=5),
    st.sets(st.integers(1, 5)),
    st.sampled_from(["ALARM", "OK"]),
    st.sampled_from(["missing", "ignore", "breaching", "notBreaching"]),
)
def test_what_a_starved_machine_hides_turns_no_alarm_that_had_not_turned(values, hidden, state, treatment):
    """With datapoints hidden there is the change that there is with all of them, or none."""
    alarm = latency(state, treat_missing_data=treatment)
    whole = minutes(*values)
    starved = {END - MINUTE * back for back in hidden}
    seen = {instant: value for instant, value in whole.items() if instant not in starved}

    change = change_of(alarm, {LATENCY: seen}, starved, END)

    # The newest three are judged, unless they are hidden: then older ones are, as on AWS.
    possible = {state} | {
        found.state
        for extreme in (whole, seen)
        if (found := change_of(alarm, {LATENCY: extreme}, set(), END))
    }
    assert change is None or change.state in possible


@pytest.mark.parametrize(
    ("state", "values", "treatment", "reason"),
    [
        (
            "OK",
            (2.0, 0.5, 3.0),
            "missing",
            (
                "Threshold Crossed: 2 out of the last 3 datapoints [3.0 (01/01/26 11:59:00), 2.0 (01/01/26 "
                "11:57:00)] were greater than the threshold (1.0) (minimum 2 datapoints for OK -> ALARM "
                "transition)."
            ),
        ),
        (
            "ALARM",
            (2.0, 0.5, 0.25),
            "missing",
            (
                "Threshold Crossed: 2 out of the last 3 datapoints [0.25 (01/01/26 11:59:00), 0.5 (01/01/26 "
                "11:58:00)] were not greater than the threshold (1.0) (minimum 2 datapoints for ALARM -> OK "
                "transition)."
            ),
        ),
        (
            "ALARM",
            (None, None, None),
            "notBreaching",
            (
                "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were "
                "treated as [NonBreaching]."
            ),
        ),
        ("OK", (None, None, None), "missing", "Insufficient Data: 3 datapoints were unknown."),
    ],
)
def test_the_reason_is_cloudwatchs_own(state, values, treatment, reason):
    """With the datapoints that decided, the newest first."""
    change = change_of(latency(state, treat_missing_data=treatment), {LATENCY: minutes(*values)}, set(), END)

    assert reason == change.reason


def test_the_data_of_a_change_say_what_was_looked_at():
    """In AWS time, which the emulator's own time stamps are not."""
    change = change_of(latency(), {LATENCY: minutes(2.0, 2.0)}, set(), END)

    assert (END.isoformat(), 60, [2.0, 2.0], 1.0) == tuple(
        change.data[key] for key in ("queryDate", "period", "recentDatapoints", "threshold")
    )


def test_a_composite_alarm_follows_its_rule():
    """In ALARM while it holds, else OK; without a change nothing is said."""
    rule = 'ALARM("latency") OR ALARM("errors")'
    off, on, fresh = (
        CompositeAlarm(f"user-impact-{state}", rule, state) for state in ("OK", "ALARM", "INSUFFICIENT_DATA")
    )
    watched = {"latency": "ALARM", "errors": "OK"}

    changes = changes_of_composites([off, on, fresh], watched)

    assert [("user-impact-OK", "ALARM"), ("user-impact-INSUFFICIENT_DATA", "ALARM")] == [
        (change.alarm, change.state) for change in changes
    ]
    assert {"triggeringAlarms": ["latency"]} == changes[0].data


def test_composite_alarms_may_watch_each_other():
    """In one evaluation, whatever their order."""
    outer = CompositeAlarm("outer", "ALARM(inner)", "OK")
    inner = CompositeAlarm("inner", "ALARM(errors)", "OK")

    changes = changes_of_composites([outer, inner], {"errors": "ALARM"})

    assert {("outer", "ALARM"), ("inner", "ALARM")} == {(change.alarm, change.state) for change in changes}


@pytest.mark.parametrize(
    ("said", "starved"),
    [
        ((), ()),
        ((0, 0, 0), ()),
        ((0, 1, 0), (2,)),
        ((0, None, 0), (2,)),
        ((0, 0, None), (1,)),
        ((None, 0, 0), ()),
    ],
    ids=["no stage", "never", "said so", "could not say", "newest not said", "not up yet"],
)
def test_minutes_without_time_are_those_of_which_the_stage_says_so(said, starved):
    """Or of which it could not even do that."""
    assert {END - MINUTE * back for back in starved} == starved_minutes(minutes(*said), END)
