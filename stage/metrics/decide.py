"""Decides which datapoints each minute gets; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from stage.load_balancer.model import GroupCounts, RequestCounts
from stage.metrics.model import Datapoint, Distribution, Minutes, Reading

# From here on what a task used says more about the machine than about the task.
STARVED_PERCENT = 95.0
HOST_NAMESPACE = "Stage/Host"
_ELB = "AWS/ApplicationELB"


def of_cpu(
    minutes: Minutes, averages: Mapping[tuple[str, str], float], busy: float, *, quota_is_exact: bool
) -> Reading:
    """CPU of services, and of the host; each of several minutes has their mean.

    A minute whose end nobody could read, since the machine gave the reader no time, is starved like one
    in which tasks got less than their quota.

    Args:
        minutes: The minutes that the measurement covers.
        averages: Percent of what a service's tasks reserved, by cluster and service.
        busy: Percent of the machine's time that was not idle.
        quota_is_exact: Tasks get what they reserved even on a busy machine. If not, a busy machine
            makes a loaded task look idle, so no CPU datapoint is put then.
    """
    reading: list[tuple[datetime, Datapoint | Distribution]] = []
    starved = _starved(busy, quota_is_exact=quota_is_exact)
    for minute in minutes:
        late = minute != minutes[-1]
        reading += [
            (minute, Datapoint(HOST_NAMESPACE, "BusyPercent", (), busy, "Percent")),
            (minute, Datapoint(HOST_NAMESPACE, "Starved", (), float(starved or late), "None")),
        ]
    return [*reading, *of_services(minutes, averages, busy, quota_is_exact=quota_is_exact)]


def of_services(
    periods: Minutes, averages: Mapping[tuple[str, str], float], busy: float, *, quota_is_exact: bool
) -> Reading:
    """CPU of services alone; each of several periods has their mean, and none where tasks were starved."""
    if _starved(busy, quota_is_exact=quota_is_exact):
        return []
    return [(begun, _cpu(service, percent)) for begun in periods for service, percent in averages.items()]


def _starved(busy: float, *, quota_is_exact: bool) -> bool:
    return not quota_is_exact and busy >= STARVED_PERCENT


def of_newest(minutes: Minutes, datapoints: Iterable[Datapoint | Distribution]) -> Reading:
    """The newest minute's reading: a count taken at its end says nothing of the minutes before."""
    return [(minutes[-1], datapoint) for datapoint in datapoints]


def requests_since(before: RequestCounts, now: RequestCounts) -> list[Datapoint | Distribution]:
    """Requests, errors and response times between two readings of the load balancer's totals.

    As on AWS there is no datapoint where there is nothing to count.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    if now.load_balancer is None:
        return []
    balancer = (("LoadBalancer", now.load_balancer),)
    found = _counted(
        balancer,
        {
            "RequestCount": now.requests - before.requests,
            "HTTPCode_Target_5XX_Count": now.target_5xx - before.target_5xx,
            "HTTPCode_ELB_5XX_Count": now.elb_5xx - before.elb_5xx,
        },
    )
    every_time: Counter[float] = Counter()
    for name, group in now.groups.items():
        earlier = before.groups.get(name, GroupCounts())
        times = Counter(group.response_times)
        times.subtract(earlier.response_times)
        every_time += times
        dimensions = (*balancer, ("TargetGroup", name))
        found += _counted(
            dimensions,
            {
                "RequestCount": group.requests - earlier.requests,
                "HTTPCode_Target_5XX_Count": group.target_5xx - earlier.target_5xx,
            },
        )
        found += _timed(dimensions, times)
    return [*found, *_timed(balancer, every_time)]


def healthy_hosts(load_balancer: str | None, healthy: Mapping[str, int]) -> list[Datapoint | Distribution]:
    """Healthy targets, by target group.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    if load_balancer is None:
        return []
    return [
        Datapoint(
            _ELB, "HealthyHostCount", (("LoadBalancer", load_balancer), ("TargetGroup", name)), count, "Count"
        )
        for name, count in healthy.items()
    ]


def _counted(
    dimensions: tuple[tuple[str, str], ...], counted: Mapping[str, int]
) -> list[Datapoint | Distribution]:
    return [
        Datapoint(_ELB, name, dimensions, float(count), "Count")
        for name, count in counted.items()
        if count > 0
    ]


def _timed(
    dimensions: tuple[tuple[str, str], ...], times: Mapping[float, int]
) -> list[Datapoint | Distribution]:
    counts = {value: float(count) for value, count in sorted(times.items()) if count > 0}
    return [Distribution(_ELB, "TargetResponseTime", dimensions, counts, "Seconds")] if counts else []


def _cpu(service: tuple[str, str], percent: float) -> Datapoint:
    cluster, name = service
    dimensions = (("ClusterName", cluster), ("ServiceName", name))
    return Datapoint("AWS/ECS", "CPUUtilization", dimensions, percent, "Percent")
