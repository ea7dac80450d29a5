"""Gaps of CloudWatch."""

from datetime import UTC, datetime, timedelta

_END = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
_TWO = [{"Name": "ClusterName", "Value": "shop"}, {"Name": "ServiceName", "Value": "api"}]


def _values(aws, dimensions, *queries):
    cloudwatch = aws("cloudwatch")
    datum = {
        "MetricName": "Tasks",
        "Timestamp": _END - timedelta(minutes=1),
        "Value": 2.0,
        "Dimensions": _TWO,
    }
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[datum])
    metric = {"Namespace": "Test", "MetricName": "Tasks", "Dimensions": dimensions}
    tasks = {"Id": "tasks", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[tasks, *queries], StartTime=_END - timedelta(minutes=5), EndTime=_END
    )
    return {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}


def composite_alarms(aws):
    """One is put and described."""
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="impact", AlarmRule='ALARM("errors")', ActionsEnabled=True)
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return 'ALARM("errors")' == alarm["AlarmRule"]


def metric_math(aws):
    """An expression is computed from another query's values."""
    return [4.0] == _values(aws, _TWO, {"Id": "twice", "Expression": "2 * tasks"})["twice"]


def order_of_dimensions(aws):
    """A metric is found by its dimensions in the other order."""
    return [2.0] == _values(aws, _TWO[::-1])["tasks"]
