"""Datapoints by metric: distributions with percentiles, found without a look at every other metric.

moto keeps each value as an object of its own in one list, goes through all of it for each period of each
query, knows no percentiles, and takes a metric with more dimensions for one with fewer.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from moto.cloudwatch import models
from moto.cloudwatch.exceptions import InvalidParameterValue
from moto.cloudwatch.models import (
    MetricAggregatedDatum,
    MetricDatum,
    MetricDatumBase,
    Statistics,
)

from stage.control_plane.extensions.registration import overrides

Key = tuple[str, str, tuple[tuple[str, str], ...]]
_PERCENTILE = re.compile(r"p(?P<percent>\d{1,3}(\.\d+)?)")
# A sum of counts times a percentage may come out a hair above what it is.
_ROUNDING = 1e-9


class Distribution(MetricAggregatedDatum):
    """Values of one metric with their counts, as `Values` and `Counts` of PutMetricData.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html

    Attributes:
        counts: How often each value was observed.
    """

    def __init__(self, namespace: str, entry: Mapping[str, Any], counts: Mapping[float, float]) -> None:
        super().__init__(
            namespace,
            entry["MetricName"],
            min_stat=min(counts),
            max_stat=max(counts),
            sample_count=sum(counts.values()),
            sum_stat=sum(value * count for value, count in counts.items()),
            dimensions=entry.get("Dimensions") or [],
            timestamp=entry.get("Timestamp"),
            unit=entry.get("Unit"),
        )
        self.counts = counts


class CloudWatchBackend(models.CloudWatchBackend):
    """CloudWatch that keeps one object for each entry that is put, and finds it by its metric."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._by_metric: dict[Key, list[MetricDatumBase]] = defaultdict(list)

    @overrides
    def put_metric_data(self, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        """Take datapoints and distributions."""
        before = len(self.metric_data)
        plain = []
        for entry in metric_data:
            values = entry.get("Values")
            # What moto refuses, it is given to refuse.
            if values and "Value" not in entry and "StatisticValues" not in entry:
                counts: dict[float, float] = defaultdict(float)
                for value, count in zip(values, entry.get("Counts") or [1.0] * len(values), strict=True):
                    counts[float(value)] += float(count)
                self.metric_data.append(Distribution(namespace, entry, counts))
            else:
                plain.append(entry)
        super().put_metric_data(namespace, plain)
        for datum in self.metric_data[before:]:
            dimensions = tuple(sorted((one.name, one.value) for one in datum.dimensions))
            self._by_metric[datum.namespace, datum.name, dimensions].append(datum)

    def forget_datapoints(self) -> None:
        """Forget all data of all metrics."""
        self.metric_data.clear()
        self._by_metric.clear()

    @overrides
    def get_metric_statistics(  # noqa: PLR0913, PLR0917 - moto's own arguments
        self,
        namespace: str,
        metric_name: str,
        start_time: datetime,
        end_time: datetime,
        period: int,
        stats: list[str],
        dimensions: list[dict[str, str]],
        unit: str | None = None,
    ) -> list[Statistics]:
        """Statistics of the one metric that has these dimensions and no others."""
        if start_time >= end_time:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        data = self._by_metric.get(_key(namespace, metric_name, dimensions), [])
        answer = []
        for begun, some in _periods(data, unit, timedelta(seconds=period), start_time, end_time).items():
            statistics = Statistics(stats, begun)
            statistics.metric_data, statistics.unit = some, some[0].unit
            answer.append(statistics)
        return answer

    def results_of(
        self, queries: Iterable[Mapping[str, Any]], start: datetime, end: datetime
    ) -> list[dict[str, Any]]:
        """Results of GetMetricData's queries for one metric each, the oldest datapoint first."""
        return [self._result(query, start, end) for query in queries]

    def _result(self, query: Mapping[str, Any], start: datetime, end: datetime) -> dict[str, Any]:
        asked = query["MetricStat"]
        metric, stat = asked["Metric"], asked["Stat"]
        key = _key(metric["Namespace"], metric["MetricName"], metric.get("Dimensions") or [])
        data = self._by_metric.get(key, [])
        periods = _periods(data, asked.get("Unit"), timedelta(seconds=int(asked["Period"])), start, end)
        found = {
            begun: value
            for begun, some in periods.items()
            if (value := _statistic(stat, begun, some)) is not None
        }
        return {
            "id": query["Id"],
            "label": query.get("Label") or f"{metric['MetricName']} {stat}",
            "values": list(found.values()),
            "timestamps": list(found),
            "status_code": "Complete",
        }


def _periods(
    data: Iterable[MetricDatumBase], unit: str | None, period: timedelta, start: datetime, end: datetime
) -> dict[datetime, list[MetricDatumBase]]:
    """Data of a metric by the beginnings of periods, oldest first; none where nothing was put."""
    # As CloudWatch rounds it.
    begin = start.replace(second=0, microsecond=0)
    periods: dict[int, list[MetricDatumBase]] = defaultdict(list)
    for datum in data:
        if begin <= datum.timestamp < end and unit in {None, datum.unit}:
            periods[(datum.timestamp - begin) // period].append(datum)
    return {begin + number * period: periods[number] for number in sorted(periods)}


def _statistic(stat: str, begun: datetime, data: list[MetricDatumBase]) -> float | None:
    percentile = _PERCENTILE.fullmatch(stat)
    if percentile:
        return _percentile(float(percentile["percent"]), data)
    statistics = Statistics([stat], begun)
    statistics.metric_data = data
    value = statistics.get_statistics_for_type(stat)
    return None if value is None else float(value)


def _percentile(percent: float, data: Iterable[MetricDatumBase]) -> float | None:
    """The smallest value that so many percent of the observations do not exceed; None of sums alone.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
    """
    counts: dict[float, float] = defaultdict(float)
    for datum in data:
        match datum:
            case Distribution(counts=more):
                for value, count in more.items():
                    counts[value] += count
            case MetricDatum(value=value):
                counts[value] += 1.0
    needed = sum(counts.values()) * percent / 100.0
    for value in sorted(counts):
        needed -= counts[value]
        if needed <= _ROUNDING:
            return value
    return None


def _key(namespace: str, name: str, dimensions: Iterable[Mapping[str, str]]) -> Key:
    return namespace, name, tuple(sorted((one["Name"], one["Value"]) for one in dimensions))
