"""Gaps of CloudWatch."""

from datetime import UTC, datetime, timedelta

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.unit.stage.control_plane.extensions.gaps.world import REGION

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


def _alarm(aws, threshold=1.0):
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="Test",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        ComparisonOperator="GreaterThanThreshold",
        Threshold=threshold,
    )
    return cloudwatch


def all_dimensions(aws):
    """A metric of a service is none of the cluster."""
    _values(aws, _TWO)
    answer = aws("cloudwatch").get_metric_statistics(
        Namespace="Test",
        MetricName="Tasks",
        Dimensions=_TWO[:1],
        StartTime=_END - timedelta(minutes=5),
        EndTime=_END,
        Period=60,
        Statistics=["Sum"],
    )
    return [] == answer["Datapoints"]


def percentiles(aws):
    """The value that so many percent of the others do not exceed."""
    metric = {"Namespace": "Test", "MetricName": "Tasks", "Dimensions": _TWO}
    p99 = {"Id": "p99", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "p99"}}
    return [2.0] == _values(aws, _TWO, p99)["p99"]


def cost_of_datapoints(aws):
    """A thousand observations of one entry are one object."""
    entry = {"MetricName": "Times", "Values": [0.1, 0.2], "Counts": [900, 100]}
    aws("cloudwatch").put_metric_data(Namespace="Test", MetricData=[entry])
    backend = get_backend("cloudwatch")[DEFAULT_ACCOUNT_ID][REGION]
    return 1 == len(backend.metric_data)


def state_of_a_new_alarm(aws):
    """It has insufficient data."""
    (alarm,) = _alarm(aws).describe_alarms()["MetricAlarms"]
    return "INSUFFICIENT_DATA" == alarm["StateValue"]


def state_kept(aws):
    """It is in ALARM with another threshold, too."""
    cloudwatch = _alarm(aws)
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="three of five")
    _alarm(aws, threshold=2.0)
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    return "ALARM" == alarm["StateValue"]


def alarm_history(aws):
    """A change is in it."""
    cloudwatch = _alarm(aws)
    cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="three of five")
    (item,) = cloudwatch.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]
    return item["HistorySummary"].endswith("to ALARM")
