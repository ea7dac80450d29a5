"""Metrics of two versions, as CloudWatch has them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.pages import listed
from ops.bake.evidence import Latency, Minute
from ops.errors import OpsError

Series = Mapping[datetime, float]
"""Values by the beginnings of their periods."""

MINUTE = timedelta(minutes=1)
# With so many in the mean, hardly a period has less than the fifty that a 99th percentile takes.
_REQUESTS_A_LATENCY = 75


@dataclass(frozen=True)
class Metric:
    """A metric with the statistic that is asked for.

    Attributes:
        namespace: For example "AWS/ApplicationELB".
        name: For example "RequestCount".
        statistic: For example "Sum".
        dimensions: Values by names.
    """

    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, str]

    def asked(self, label: str, period: timedelta) -> dict[str, Any]:
        """The metric as GetMetricData is asked for it.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html

        Args:
            label: Id of the answer.
            period: Length of a datapoint.
        """
        dimensions = [{"Name": name, "Value": value} for name, value in self.dimensions.items()]
        return {
            "Id": label,
            "MetricStat": {
                "Metric": {"Namespace": self.namespace, "MetricName": self.name, "Dimensions": dimensions},
                "Period": int(period.total_seconds()),
                "Stat": self.statistic,
            },
        }


@dataclass(frozen=True)
class Window:
    """CloudWatch between two instants.

    Attributes:
        cloudwatch: boto3's client.
        since: Beginning of the first minute.
        until: End of the last one.
    """

    cloudwatch: Any
    since: datetime
    until: datetime

    @property
    def minutes(self) -> int:
        """How many there are."""
        return max(0, (self.until - self.since) // MINUTE)

    def series(
        self, sides: Mapping[str, Mapping[str, Metric]], period: timedelta = MINUTE
    ) -> dict[str, dict[str, dict[datetime, float]]]:
        """Values of each metric of each side, all asked for at once.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html

        Raises:
            OpsError: CloudWatch did not tell all of it.
        """
        found: dict[str, dict[str, dict[datetime, float]]] = {
            side: {name: {} for name in metrics} for side, metrics in sides.items()
        }
        # It refuses to be asked for no time at all.
        if not self.minutes:
            return found
        queries = [
            metric.asked(f"{side}_{name}", period)
            for side, metrics in sides.items()
            for name, metric in metrics.items()
        ]
        status = {query["Id"]: "missing" for query in queries}
        for result in self._results(queries):
            side, _, name = result["Id"].partition("_")
            # Of a metric with many datapoints each page has a part; what its last part says of it holds.
            status[result["Id"]] = result["StatusCode"]
            for begun, value in zip(result["Timestamps"], result["Values"], strict=True):
                found[side][name][begun.astimezone(UTC)] = value
        lacking = sorted(name for name, code in status.items() if code != "Complete")
        if lacking:
            raise OpsError(f"CloudWatch has told only a part of {', '.join(lacking)}: ask again in a minute")
        return found

    def latencies(
        self, sides: Mapping[str, Mapping[str, Metric]], period: timedelta, seconds: float = 1.0
    ) -> dict[str, list[Latency]]:
        """Latencies of each side in whole periods.

        Args:
            sides: Of each side "count", "p50" and "p99".
            period: Length of each.
            seconds: What the metrics' unit is in seconds.

        Raises:
            OpsError: CloudWatch did not tell all of it.
        """
        found = self.series(sides, period)
        return {side: list(self._whole(found[side], period, seconds)) for side in found}

    def _whole(self, series: Mapping[str, Series], period: timedelta, seconds: float) -> Iterator[Latency]:
        for begun, count in sorted(series["count"].items()):
            if begun + period <= self.until and begun in series["p50"] and begun in series["p99"]:
                p50, p99 = (seconds * series[name][begun] for name in ("p50", "p99"))
                yield Latency(begun, round(count), p50, p99)

    def _results(self, queries: list[dict[str, Any]]) -> list[Any]:
        return listed(
            self.cloudwatch,
            "get_metric_data",
            "MetricDataResults",
            MetricDataQueries=queries,
            StartTime=self.since,
            EndTime=self.until,
            ScanBy="TimestampAscending",
        )


def latency_period(canary: Sequence[Minute], minutes: int) -> timedelta:
    """Time that the canary takes, in the mean, for as much work as a 99th percentile needs.

    Args:
        canary: Its minutes.
        minutes: How many there are in all.
    """
    requests = sum(minute.requests for minute in canary)
    wanted = math.ceil(_REQUESTS_A_LATENCY * minutes / requests) if requests else 1
    return max(1, min(wanted, minutes)) * MINUTE


def newest_in_a_row(minutes: Mapping[datetime, bool]) -> int:
    """The newest minutes in a row of which something holds; one of which nothing is known ends them."""
    count = 0
    expected = max(minutes, default=None)
    while expected is not None and minutes.get(expected):
        count += 1
        expected -= MINUTE
    return count
