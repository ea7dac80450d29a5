"""CloudWatch metric that a policy tracks, from its configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from stage.target_tracking.alarms import MINUTE
from stage.target_tracking.model import Metric

_PREDEFINED_CPU = "ECSServiceAverageCPUUtilization"


class UnsupportedMetricError(Exception):
    """A policy tracks a metric that the stage does not have; the message names it."""


def tracked_metric(configuration: Mapping[str, Any], cluster: str, service: str) -> Metric:
    """The metric of a target tracking configuration as the API returns it.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html

    Raises:
        UnsupportedMetricError: A predefined metric other than CPU.
    """
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined:
        kind = predefined["PredefinedMetricType"]
        if kind != _PREDEFINED_CPU:
            raise UnsupportedMetricError(f"predefined metric {kind}")
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        return _single("AWS/ECS", "CPUUtilization", dimensions, "Average")
    customized = configuration["CustomizedMetricSpecification"]
    if customized.get("Metrics"):
        return Metric(tuple(_query(metric) for metric in customized["Metrics"]))
    return _single(
        customized["Namespace"],
        customized["MetricName"],
        customized.get("Dimensions", []),
        customized["Statistic"],
    )


def _single(namespace: str, name: str, dimensions: Sequence[Mapping[str, str]], stat: str) -> Metric:
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": list(dimensions)}
    return Metric((_query({"Id": "tracked", "MetricStat": {"Metric": metric, "Stat": stat}}),))


def _query(metric: Mapping[str, Any]) -> dict[str, Any]:
    """A policy's query as GetMetricData takes it: target tracking looks at minutes."""
    if "MetricStat" not in metric:
        return dict(metric)
    return {**metric, "MetricStat": {**metric["MetricStat"], "Period": int(MINUTE.total_seconds())}}
