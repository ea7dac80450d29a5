"""Reads alarms, and the datapoints of the metrics that they watch."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, get_args

from stage.alarms.model import Alarms, Comparison, CompositeAlarm, Metric, MetricAlarm, Series, WatchedAlarm
from stage.metrics.decide import HOST_NAMESPACE

_ONLY_METRIC = "metric"
STARVED = Metric(HOST_NAMESPACE, "Starved", (), "Maximum")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
_QUERIES_A_CALL = 500


def read_alarms(cloudwatch: Any) -> Alarms:
    """All alarms with their states, those of target tracking policies among them."""
    metric_alarms: list[dict[str, Any]] = []
    composite_alarms: list[dict[str, Any]] = []
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    for page in pages:
        metric_alarms += page.get("MetricAlarms", [])
        composite_alarms += page.get("CompositeAlarms", [])
    return Alarms(
        tuple(_watched(one) for one in metric_alarms if not _lacking(one)),
        tuple(
            CompositeAlarm(one["AlarmName"], one["AlarmRule"], one["StateValue"]) for one in composite_alarms
        ),
        {one["AlarmName"]: one["StateValue"] for one in (*metric_alarms, *composite_alarms)},
        tuple(
            f"alarm {one['AlarmName']} is not evaluated: the stage does not support {lacking}"
            for one in metric_alarms
            if (lacking := _lacking(one))
        ),
    )


def read_series(
    cloudwatch: Any, metrics: Iterable[Metric], period: timedelta, start: datetime, end: datetime
) -> dict[Metric, Series]:
    """Datapoints of metrics by the beginnings of their periods, in as few calls as it takes."""
    wanted = list(dict.fromkeys(metrics))
    found: dict[Metric, dict[datetime, float]] = {metric: {} for metric in wanted}
    for first in range(0, len(wanted), _QUERIES_A_CALL):
        some = dict(enumerate(wanted[first : first + _QUERIES_A_CALL], first))
        pages = cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=[_query(number, metric, period) for number, metric in some.items()],
            StartTime=start,
            EndTime=end,
        )
        for page in pages:
            for result in page["MetricDataResults"]:
                series = found[some[int(result["Id"][1:])]]
                series |= zip(result["Timestamps"], result["Values"], strict=True)
    return dict(found)


def _query(number: int, metric: Metric, period: timedelta) -> dict[str, Any]:
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
            },
            "Period": int(period.total_seconds()),
            "Stat": metric.statistic,
        },
    }


def _lacking(described: Mapping[str, Any]) -> str:
    """Words for what of an alarm is not evaluated here; none if all of it is."""
    if described["ComparisonOperator"] not in get_args(Comparison) or described.get("ThresholdMetricId"):
        return "anomaly detection"
    if described.get("EvaluateLowSampleCountPercentile") == "ignore":
        return "percentiles that wait for enough samples"
    if any("Expression" in one and one["Expression"].startswith("SELECT") for one in _queries(described)):
        return "Metrics Insights queries"
    return ""


def _watched(described: Mapping[str, Any]) -> WatchedAlarm:
    queries = _queries(described)
    if queries:
        stats = {one["Id"]: one["MetricStat"] for one in queries if one.get("MetricStat")}
        metrics = {name: _metric(stat["Metric"], stat["Stat"]) for name, stat in stats.items()}
        seconds = max(int(stat["Period"]) for stat in stats.values())
        result = next(one["Id"] for one in queries if one.get("ReturnData", True))
    else:
        statistic = described.get("ExtendedStatistic") or described["Statistic"]
        metrics, result = {_ONLY_METRIC: _metric(described, statistic)}, _ONLY_METRIC
        seconds = int(described["Period"])
    periods = int(described["EvaluationPeriods"])
    return WatchedAlarm(
        name=described["AlarmName"],
        definition=MetricAlarm(
            float(described["Threshold"]),
            described["ComparisonOperator"],
            periods,
            int(described.get("DatapointsToAlarm") or periods),
            described.get("TreatMissingData") or "missing",
        ),
        period=timedelta(seconds=seconds),
        metrics=metrics,
        expressions={one["Id"]: one["Expression"] for one in queries if one.get("Expression")},
        result=result,
        state=described["StateValue"],
    )


def _queries(described: Mapping[str, Any]) -> Collection[Mapping[str, Any]]:
    return described.get("Metrics") or []


def _metric(described: Mapping[str, Any], statistic: str) -> Metric:
    dimensions = sorted((one["Name"], one["Value"]) for one in described.get("Dimensions", []))
    return Metric(described["Namespace"], described["MetricName"], tuple(dimensions), statistic)
