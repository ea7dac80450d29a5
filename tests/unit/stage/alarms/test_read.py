from datetime import timedelta

import pytest

from stage.alarms.model import CompositeAlarm, Metric, MetricAlarm
from stage.alarms.read import read_alarms, read_series

from .conftest import BALANCER, MINUTE, NOON, listed, put_alarm, put_values, query

DIMENSIONS = (("LoadBalancer", "app/x/1"),)
ERRORS = Metric("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", DIMENSIONS, "Sum")
TIMES = Metric("AWS/ApplicationELB", "TargetResponseTime", DIMENSIONS, "p99")


def only(cloudwatch):
    """The only metric alarm."""
    (alarm,) = read_alarms(cloudwatch).metric_alarms
    return alarm


def test_a_plain_alarm_watches_one_metric(cloudwatch):
    """With its definition in the words of PutMetricAlarm."""
    put_alarm(cloudwatch, EvaluationPeriods=5, DatapointsToAlarm=3, TreatMissingData="ignore")

    alarm = only(cloudwatch)

    assert MetricAlarm(1.0, "GreaterThanThreshold", 5, 3, "ignore") == alarm.definition
    assert [ERRORS] == list(alarm.metrics.values())
    assert ({}, MINUTE, "INSUFFICIENT_DATA") == (alarm.expressions, alarm.period, alarm.state)
    assert alarm.result in alarm.metrics


def test_what_is_not_given_is_cloudwatchs_default(cloudwatch):
    """All periods, and missing data is missing."""
    put_alarm(cloudwatch, EvaluationPeriods=4, TreatMissingData="missing")

    assert (4, "missing") == (
        only(cloudwatch).definition.datapoints_to_alarm,
        only(cloudwatch).definition.treat_missing_data,
    )


def test_a_percentile_is_a_statistic(cloudwatch):
    """PutMetricAlarm has a parameter of its own for it."""
    put_alarm(cloudwatch, MetricName="TargetResponseTime", ExtendedStatistic="p99", Period=300)

    assert [TIMES] == list(only(cloudwatch).metrics.values())
    assert timedelta(minutes=5) == only(cloudwatch).period


def test_metric_math_is_read_with_its_metrics(cloudwatch):
    """By their ids; the threshold is compared with what returns data."""
    rate = {"Id": "rate", "Expression": "FILL(errors, 0) / 2", "ReturnData": True}
    errors = query("errors", "HTTPCode_ELB_5XX_Count")
    put_alarm(cloudwatch, Metrics=[rate, errors])

    alarm = only(cloudwatch)

    assert ({"errors": ERRORS}, {"rate": "FILL(errors, 0) / 2"}, "rate") == (
        alarm.metrics,
        alarm.expressions,
        alarm.result,
    )


def test_composite_alarms_are_read_with_their_rules(cloudwatch):
    """Beside the metric alarms, with the states of all."""
    put_alarm(cloudwatch)
    cloudwatch.put_composite_alarm(AlarmName="user-impact", AlarmRule="ALARM(errors)")

    alarms = read_alarms(cloudwatch)

    assert (CompositeAlarm("user-impact", "ALARM(errors)", "INSUFFICIENT_DATA"),) == alarms.composite_alarms
    assert {"errors": "INSUFFICIENT_DATA", "user-impact": "INSUFFICIENT_DATA"} == alarms.states


def test_target_trackings_alarms_are_alarms_as_all_others(cloudwatch):
    """One evaluator judges them, by the same rules."""
    put_alarm(cloudwatch, "TargetTracking-service/a/b-AlarmHigh-1")

    alarms = read_alarms(cloudwatch)

    assert ["TargetTracking-service/a/b-AlarmHigh-1"] == [alarm.name for alarm in alarms.metric_alarms]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (
            {
                "Metrics": [
                    {"Id": "q", "Expression": "SELECT SUM(m) FROM n", "Period": 60, "ReturnData": True}
                ]
            },
            "Metrics Insights",
        ),
        (
            {"ComparisonOperator": "GreaterThanUpperThreshold", "ThresholdMetricId": "band"},
            "anomaly detection",
        ),
        (
            {"ExtendedStatistic": "p99", "EvaluateLowSampleCountPercentile": "ignore"},
            "percentiles that wait",
        ),
    ],
)
def test_an_alarm_that_is_not_supported_is_named(cloudwatch, given, what):
    """Rather than left in a state that nobody looked into."""
    put_alarm(cloudwatch, **given)

    alarms = read_alarms(cloudwatch)

    assert () == alarms.metric_alarms
    assert f"alarm errors is not evaluated: the stage does not support {what}" in alarms.unsupported[0]


def test_alarms_of_log_lines_are_told_from_those_of_aws(cloudwatch):
    """By their namespace; one metric of log lines is enough."""
    put_alarm(cloudwatch, "aws")
    put_alarm(cloudwatch, "ecs", Namespace="ECS/ContainerInsights")
    put_alarm(cloudwatch, "own", Namespace="Notifications")
    mixed = [
        {"Id": "sum", "Expression": "a + b", "ReturnData": True},
        query("a", "RequestCount"),
        query("b", "MailsSent", namespace="Notifications"),
    ]
    put_alarm(cloudwatch, "mixed", Metrics=mixed)

    found = {alarm.name: alarm.of_log_lines for alarm in read_alarms(cloudwatch).metric_alarms}

    assert {"aws": False, "ecs": False, "own": True, "mixed": True} == found


def test_series_are_read_by_metric(cloudwatch):
    """Each with the statistic that the alarm takes; a metric without datapoints is empty."""
    put_values(cloudwatch, "HTTPCode_ELB_5XX_Count", 1, None, 3)

    found = read_series(cloudwatch, [ERRORS, TIMES, ERRORS], MINUTE, NOON - 5 * MINUTE, NOON)

    assert {ERRORS: {NOON - 3 * MINUTE: 1.0, NOON - MINUTE: 3.0}, TIMES: {}} == found


def test_more_metrics_than_a_call_takes_are_read(cloudwatch):
    """GetMetricData takes 500 queries."""
    cloudwatch.put_metric_data(
        Namespace="AWS/ApplicationELB",
        MetricData=[
            {
                "MetricName": f"m{number}",
                "Dimensions": listed(BALANCER),
                "Timestamp": NOON - MINUTE,
                "Value": number,
            }
            for number in range(501)
        ],
    )
    metrics = [Metric("AWS/ApplicationELB", f"m{number}", DIMENSIONS, "Sum") for number in range(501)]

    found = read_series(cloudwatch, metrics, MINUTE, NOON - MINUTE, NOON)

    assert {metric: {NOON - MINUTE: float(number)} for number, metric in enumerate(metrics)} == found
