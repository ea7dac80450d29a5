"""Which CloudWatch metric a policy tracks, and its one-minute datapoints."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stage.target_tracking.alarms import MINUTE, SCALE_IN_PERIODS
from stage.target_tracking.model import Datapoint

_SIMPLE_STATISTICS = frozenset({"Average", "Minimum", "Maximum", "Sum", "SampleCount"})
_PREDEFINED_CPU = "ECSServiceAverageCPUUtilization"
# The longest alarm needs fifteen minutes; what is older decides nothing.
_HISTORY: timedelta = MINUTE * SCALE_IN_PERIODS


class UnsupportedMetricError(Exception):
    """What the policy tracks, and that the stage cannot."""


@dataclass(frozen=True)
class Metric:
    """A CloudWatch metric and the statistic that is tracked."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


def tracked_metric(configuration: dict[str, Any], cluster: str, service: str) -> Metric:
    """The metric of a target tracking configuration as the API returns it.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html

    Raises:
        UnsupportedMetricError: A predefined metric other than CPU, or metric math.
    """
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined:
        kind = predefined["PredefinedMetricType"]
        if kind != _PREDEFINED_CPU:
            raise UnsupportedMetricError(f"predefined metric {kind}")
        return Metric(
            "AWS/ECS", "CPUUtilization", (("ClusterName", cluster), ("ServiceName", service)), "Average"
        )
    customized = configuration.get("CustomizedMetricSpecification", {})
    if customized.get("Statistic") not in _SIMPLE_STATISTICS:
        raise UnsupportedMetricError("a customized metric without a simple statistic (metric math)")
    return Metric(
        customized["Namespace"],
        customized["MetricName"],
        tuple((dimension["Name"], dimension["Value"]) for dimension in customized.get("Dimensions", [])),
        customized["Statistic"],
    )


def read_datapoints(cloudwatch: Any, metric: Metric, now: datetime) -> list[Datapoint]:
    """One-minute datapoints of the minutes that are over, in no particular order."""
    end = now.replace(second=0, microsecond=0)
    answer = cloudwatch.get_metric_statistics(
        Namespace=metric.namespace,
        MetricName=metric.name,
        Dimensions=[{"Name": name, "Value": value} for name, value in metric.dimensions],
        StartTime=end - _HISTORY,
        EndTime=end,
        Period=int(MINUTE.total_seconds()),
        Statistics=[metric.statistic],
    )
    return [Datapoint(point["Timestamp"], point[metric.statistic]) for point in answer["Datapoints"]]
