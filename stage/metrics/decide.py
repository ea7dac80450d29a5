"""Decides which datapoints each minute gets; pure."""

from collections.abc import Iterable, Mapping

from stage.load_balancer.model import RequestCounts
from stage.metrics.model import Datapoint, Minutes, Reading

# From here on what a task used says more about the machine than about the task.
STARVED_PERCENT = 95.0
HOST_NAMESPACE = "Stage/Host"


def of_cpu(
    minutes: Minutes, averages: Mapping[tuple[str, str], float], busy: float, *, quota_is_exact: bool
) -> Reading:
    """CPU of every service, and of the host; each of several minutes has their mean.

    A minute whose end nobody could read, since the machine gave the reader no time, is starved like one
    in which tasks got less than their quota.

    Args:
        minutes: The minutes that the measurement covers.
        averages: Percent of what a service's tasks reserved, by cluster and service.
        busy: Percent of the machine's time that was not idle.
        quota_is_exact: Tasks get what they reserved even on a busy machine. If not, a busy machine
            makes a loaded task look idle, so no CPU datapoint is put then.
    """
    starved = not quota_is_exact and busy >= STARVED_PERCENT
    reading = []
    for minute in minutes:
        late = minute != minutes[-1]
        reading += [
            (minute, Datapoint(HOST_NAMESPACE, "BusyPercent", (), busy, "Percent")),
            (minute, Datapoint(HOST_NAMESPACE, "Starved", (), float(starved or late), "None")),
        ]
        if not starved:
            reading += [(minute, _cpu(service, percent)) for service, percent in averages.items()]
    return reading


def of_newest(minutes: Minutes, datapoints: Iterable[Datapoint]) -> Reading:
    """The newest minute's reading: a count taken at its end says nothing of the minutes before."""
    return [(minutes[-1], datapoint) for datapoint in datapoints]


def requests_since(before: RequestCounts, now: RequestCounts) -> list[Datapoint]:
    """Requests and errors between two readings of the load balancer's totals.

    As on AWS there is no datapoint where there is nothing to count.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    if now.load_balancer is None:
        return []
    counted = {
        "RequestCount": now.requests - before.requests,
        "HTTPCode_Target_5XX_Count": now.target_5xx - before.target_5xx,
        "HTTPCode_ELB_5XX_Count": now.elb_5xx - before.elb_5xx,
    }
    dimensions = (("LoadBalancer", now.load_balancer),)
    return [
        Datapoint("AWS/ApplicationELB", name, dimensions, float(count), "Count")
        for name, count in counted.items()
        if count > 0
    ]


def _cpu(service: tuple[str, str], percent: float) -> Datapoint:
    cluster, name = service
    dimensions = (("ClusterName", cluster), ("ServiceName", name))
    return Datapoint("AWS/ECS", "CPUUtilization", dimensions, percent, "Percent")
