"""Alarms as our Terraform declares them, from datapoints to states."""

import logging
from datetime import timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from stage.alarms.loop import AlarmEvaluation
from stage.clock import Clock, minute_of
from stage.metrics.embedded import settled_until
from stage.metrics.lag import AT_ONCE, HIGH_RESOLUTION, Lags
from tests.waiting import eventually

from .conftest import MINUTE, NOON, listed, put_alarm, put_values, query, states

HOST = {"namespace": "Stage/Host", "dimensions": {}}


@pytest.fixture
def evaluation(aws):
    """Evaluates when the test says so, as if every metric came at once."""
    return AlarmEvaluation(aws, Clock(), AT_ONCE, ignored)


def ignored(_alarms):
    """Act on no alarm."""


def put_error_rate(cloudwatch):
    """The alarm on requests that fail, of the load balancer as a whole."""
    put_alarm(
        cloudwatch,
        "error-rate",
        EvaluationPeriods=5,
        DatapointsToAlarm=3,
        Metrics=[
            {
                "Id": "rate",
                "Expression": "IF(asked >= 20, 100 * failed / asked, 0)",
                "ReturnData": True,
            },
            {"Id": "asked", "Expression": "MAX([FILL(requests, 0), failed])", "ReturnData": False},
            {
                "Id": "failed",
                "Expression": "FILL(target_errors, 0) + FILL(balancer_errors, 0)",
                "ReturnData": False,
            },
            query("requests", "RequestCount"),
            query("target_errors", "HTTPCode_Target_5XX_Count"),
            query("balancer_errors", "HTTPCode_ELB_5XX_Count"),
        ],
    )


def test_a_rate_of_errors_goes_to_alarm_and_back(cloudwatch, evaluation):
    """Three of five minutes with too many; the history has both changes."""
    put_error_rate(cloudwatch)
    put_values(cloudwatch, "RequestCount", 100, 100, 100, 100, 100)
    evaluation.evaluate(NOON)
    quiet = states(cloudwatch)
    put_values(cloudwatch, "HTTPCode_Target_5XX_Count", 5, None, None, 5, 5)
    evaluation.evaluate(NOON)
    failing = states(cloudwatch)
    end = NOON + 5 * MINUTE
    put_values(cloudwatch, "RequestCount", 100, 100, 100, 100, 100, end=end)
    evaluation.evaluate(end)

    assert ({"error-rate": "OK"}, {"error-rate": "ALARM"}, {"error-rate": "OK"}) == (
        quiet,
        failing,
        states(cloudwatch),
    )
    history = cloudwatch.describe_alarm_history(AlarmName="error-rate", ScanBy="TimestampAscending")
    assert [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ] == [item["HistorySummary"] for item in history["AlarmHistoryItems"]]


def test_requests_that_find_no_target_are_failures(cloudwatch, evaluation):
    """They are no requests of the load balancer's own count: with every task gone there is none."""
    put_error_rate(cloudwatch)
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", 50, 50, 50)
    evaluation.evaluate(NOON)

    assert {"error-rate": "ALARM"} == states(cloudwatch)


def test_a_percentile_is_evaluated(cloudwatch, evaluation):
    """One slow request in a hundred is not the hundredth part too many; two are."""
    put_alarm(cloudwatch, "latency", MetricName="TargetResponseTime", ExtendedStatistic="p99")

    def respond(slow, minute):
        entry = {
            "MetricName": "TargetResponseTime",
            "Dimensions": listed({"LoadBalancer": "app/x/1"}),
            "Timestamp": minute,
            "Values": [0.1, 3.0],
            "Counts": [100 - slow, slow],
        }
        cloudwatch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=[entry])

    respond(1, NOON - MINUTE)
    evaluation.evaluate(NOON)
    fast = states(cloudwatch)
    respond(2, NOON)
    evaluation.evaluate(NOON + MINUTE)

    assert ({"latency": "OK"}, {"latency": "ALARM"}) == (fast, states(cloudwatch))


def test_a_composite_alarm_follows_in_the_same_minute(cloudwatch, evaluation):
    """It watches states, also one that somebody has set."""
    put_alarm(cloudwatch)
    cloudwatch.put_composite_alarm(AlarmName="user-impact", AlarmRule='ALARM("errors")')
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", 2)
    evaluation.evaluate(NOON)

    assert {"errors": "ALARM", "user-impact": "ALARM"} == states(cloudwatch)


def test_a_state_that_somebody_has_set_lasts_until_the_next_evaluation(cloudwatch, evaluation):
    """As SetAlarmState says of itself: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html."""
    put_alarm(cloudwatch)
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a rehearsal")
    evaluation.evaluate(NOON)

    assert {"errors": "OK"} == states(cloudwatch)


def test_a_starved_machine_changes_no_state(cloudwatch, evaluation):
    """Queues that nobody counted are not quiet, and tasks that nobody counted not gone."""
    put_alarm(cloudwatch)
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", 2)
    put_values(cloudwatch, "Starved", 0, 0, 0, **HOST)
    evaluation.evaluate(NOON)
    put_values(cloudwatch, "Starved", 1, 1, 1, end=NOON + 3 * MINUTE, **HOST)
    evaluation.evaluate(NOON + 3 * MINUTE)
    starved = states(cloudwatch)
    put_values(cloudwatch, "Starved", 0, 0, 0, end=NOON + 6 * MINUTE, **HOST)
    evaluation.evaluate(NOON + 6 * MINUTE)

    assert ({"errors": "ALARM"}, {"errors": "OK"}) == (starved, states(cloudwatch))


def test_metrics_of_log_lines_are_looked_at_when_they_are_there(cloudwatch, aws):
    """Later than AWS's own: a service writes several AWS minutes at once."""
    clock = Clock(2.0)
    minute = minute_of(clock.now())
    put_alarm(cloudwatch, "refused", Namespace="Notifications", MetricName="MailsRefused")
    settled = settled_until(clock, minute)
    put_values(cloudwatch, "MailsRefused", 2, namespace="Notifications", end=settled)

    AlarmEvaluation(aws, clock, AT_ONCE, ignored).evaluate(minute)

    assert settled < minute
    assert {"refused": "ALARM"} == states(cloudwatch)


def test_a_long_period_ends_where_periods_end(cloudwatch, evaluation):
    """On the hour, and stays what it is until the next one is over."""
    put_alarm(cloudwatch, "bounces", Period=3600, TreatMissingData="missing")
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", *[1] * 60)
    evaluation.evaluate(NOON + timedelta(minutes=17))

    assert {"bounces": "ALARM"} == states(cloudwatch)


@pytest.mark.parametrize(
    ("rule", "expression", "said"),
    [
        ("ALARM(errors)", "STDDEV(errors)", "alarm odd is not evaluated"),
        ("MAYBE(errors)", "errors + 1", "composite alarms are not evaluated"),
    ],
)
def test_what_cannot_be_evaluated_is_named_once(cloudwatch, evaluation, caplog, rule, expression, said):
    """And the other alarms are evaluated all the same."""
    put_alarm(cloudwatch)
    odd = {"Id": "odd", "Expression": expression, "ReturnData": True}
    put_alarm(cloudwatch, "odd", Metrics=[odd, query("errors", "HTTPCode_ELB_5XX_Count")])
    cloudwatch.put_composite_alarm(AlarmName="user-impact", AlarmRule=rule)
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", 2)
    with caplog.at_level(logging.WARNING):
        evaluation.evaluate(NOON)
        evaluation.evaluate(NOON)

    assert "ALARM" == states(cloudwatch)["errors"]
    assert 1 == caplog.text.count(said)


def test_the_thread_evaluates_every_minute_whatever_happens(cloudwatch, aws, monkeypatch, caplog):
    """A minute without CloudWatch is logged, and the next one goes well."""
    put_alarm(cloudwatch)
    failures = [EndpointConnectionError(endpoint_url="http://gone")]
    paginator = cloudwatch.get_paginator

    def failing_once(operation):
        if failures:
            raise failures.pop()
        return paginator(operation)

    monkeypatch.setattr(cloudwatch, "get_paginator", failing_once)
    evaluation = AlarmEvaluation(aws, Clock(0.1), AT_ONCE, ignored)
    evaluation.start()
    eventually(lambda: states(cloudwatch) == {"errors": "OK"})
    evaluation.close()

    assert "alarms were not evaluated this minute" in caplog.text


def put_high_cpu(cloudwatch, name="high", **given):
    """The alarm of a target tracking policy of 70 % CPU."""
    service = {"ClusterName": "c", "ServiceName": "api"}
    metric = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average"}
    put_alarm(
        cloudwatch,
        name,
        **{**metric, "Dimensions": listed(service), "EvaluationPeriods": 3, "Threshold": 70.0, **given},
    )


def put_cpu(cloudwatch, *values, end=NOON, period=MINUTE):
    """CPU of the periods before an end, oldest first."""
    data = [
        {
            "MetricName": "CPUUtilization",
            "Dimensions": listed({"ClusterName": "c", "ServiceName": "api"}),
            "Timestamp": end - period * (len(values) - position),
            "Value": value,
        }
        for position, value in enumerate(values)
    ]
    cloudwatch.put_metric_data(Namespace="AWS/ECS", MetricData=data)


def test_an_alarm_is_judged_up_to_what_its_metric_is_late(cloudwatch, aws):
    """The newest minutes are not missing but on their way: two for CPU, one for requests."""
    put_high_cpu(cloudwatch, TreatMissingData="missing")
    put_alarm(cloudwatch)
    put_cpu(cloudwatch, 90, 90, 90, end=NOON - 2 * MINUTE)
    put_cpu(cloudwatch, 10, 10, end=NOON)
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", 2, end=NOON - MINUTE)
    evaluation = AlarmEvaluation(aws, Clock(), Lags(), ignored)
    evaluation.evaluate(NOON)
    first = states(cloudwatch)
    evaluation.evaluate(NOON + MINUTE)

    assert ({"high": "ALARM", "errors": "ALARM"}, {"high": "OK", "errors": "ALARM"}) == (
        first,
        states(cloudwatch),
    )


@pytest.fixture
def triggered(aws):
    """Evaluates when the test says so, and what was triggered each time."""
    calls = []
    evaluation = AlarmEvaluation(aws, Clock(), AT_ONCE, lambda names: calls.append(sorted(names)))
    return evaluation, calls


def test_an_alarm_triggers_each_minute_as_long_as_it_lasts(cloudwatch, triggered):
    """As actions that scale are invoked; nothing triggers while no alarm is in ALARM."""
    evaluation, calls = triggered
    put_high_cpu(cloudwatch)
    for number, value in enumerate((10, 90, 90, 90, 90, 10)):
        put_cpu(cloudwatch, value, end=NOON + number * MINUTE)
        evaluation.evaluate(NOON + number * MINUTE)

    assert [["high"], ["high"]] == calls


def test_a_state_that_nobody_could_measure_triggers_nothing(cloudwatch, triggered):
    """The state stays, and no step is taken on what is not known."""
    evaluation, calls = triggered
    put_high_cpu(cloudwatch, TreatMissingData="missing")
    put_values(cloudwatch, "Starved", 0, 0, 0, **HOST)
    put_cpu(cloudwatch, 90, 90, 90)
    evaluation.evaluate(NOON)
    put_values(cloudwatch, "Starved", 1, 1, 1, end=NOON + 3 * MINUTE, **HOST)
    evaluation.evaluate(NOON + 3 * MINUTE)

    assert ([["high"]], {"high": "ALARM"}) == (calls, states(cloudwatch))


def test_an_alarm_of_twenty_seconds_goes_off_within_the_minute(cloudwatch, triggered):
    """Three datapoints of twenty seconds; then it triggers with the others, once a minute."""
    evaluation, calls = triggered
    put_high_cpu(cloudwatch, Period=20)
    put_cpu(cloudwatch, 90, 90, 90, end=NOON + 3 * HIGH_RESOLUTION, period=HIGH_RESOLUTION)
    seen = []
    for number in range(1, 5):
        if number == 1:
            evaluation.evaluate(NOON)
        evaluation.evaluate_fast(NOON + number * HIGH_RESOLUTION)
        seen.append(states(cloudwatch)["high"])
    evaluation.evaluate(NOON + 2 * MINUTE)

    assert (["OK", "OK", "ALARM", "ALARM"], [["high"], ["high"]]) == (seen, calls)


def test_without_alarms_of_seconds_nobody_looks_within_the_minute(cloudwatch, evaluation, monkeypatch):
    """Reading all alarms six times a minute is for who needs it."""
    put_alarm(cloudwatch)
    evaluation.evaluate(NOON)
    monkeypatch.setattr(cloudwatch, "get_paginator", None)

    evaluation.evaluate_fast(NOON + HIGH_RESOLUTION)
