"""Evidence on requests, from the load balancer before both versions.

A request failed if its target answered 5xx or did not answer: the load balancer's own 502 and 504 have no
dimension for the target group, but a request that no target answers has no response time either.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from collections.abc import Mapping
from typing import Any

from ops.bake.evidence import Evidence, Minute, Side
from ops.bake.metrics import MINUTE, Metric, Series, Window, latency_period, newest_in_a_row
from ops.bake.outputs import Api
from ops.errors import OpsError

_NAMESPACE = "AWS/ApplicationELB"
# Name and statistic of each metric, a minute's.
_COUNTS = {
    "requests": ("RequestCount", "Sum"),
    "errors": ("HTTPCode_Target_5XX_Count", "Sum"),
    "answered": ("TargetResponseTime", "SampleCount"),
    # As the node of the load balancer sees it that sees the most of them.
    "healthy": ("HealthyHostCount", "Maximum"),
}
_LATENCIES = {
    "count": ("TargetResponseTime", "SampleCount"),
    "p50": ("TargetResponseTime", "p50"),
    "p99": ("TargetResponseTime", "p99"),
}


def read_requests(window: Window, elbv2: Any, service: Api) -> Evidence:
    """Figures of a service behind a load balancer and of its canary, without their alarms.

    Raises:
        OpsError: CloudWatch did not tell all of it, or there is no load balancer.
        ClientError: AWS refuses.
        BotoCoreError: AWS does not answer.
    """
    balancer = _balancer_of(elbv2, service.stable_target_group)
    groups = {"canary": service.canary_target_group, "stable": service.stable_target_group}
    dimensions = {
        side: {"LoadBalancer": balancer, "TargetGroup": arn.rpartition(":")[2]}
        for side, arn in groups.items()
    }
    counts = window.series(_metrics(_COUNTS, dimensions))
    minutes = {side: _minutes(counts[side]) for side in dimensions}
    period = latency_period(minutes["canary"], window.minutes)
    latencies = window.latencies(_metrics(_LATENCIES, dimensions), period)
    canary, stable = (
        Side(
            minutes=minutes[side],
            latencies=latencies[side],
            minutes_without_tasks=newest_in_a_row(
                {begun: healthy == 0 for begun, healthy in counts[side]["healthy"].items()}
            ),
        )
        for side in ("canary", "stable")
    )
    return Evidence(
        service.stable_service,
        canary,
        stable,
        share=service.share,
        latency_minutes=period // MINUTE,
        minutes=window.minutes,
    )


def arrivals(elbv2: Any, service: Api) -> Metric:
    """Metric of which there is a datapoint in each minute in which a request comes, to whichever version.

    Raises:
        OpsError: There is no load balancer.
        ClientError: AWS refuses.
        BotoCoreError: AWS does not answer.
    """
    dimensions = {"LoadBalancer": _balancer_of(elbv2, service.stable_target_group)}
    return Metric(_NAMESPACE, "RequestCount", "Sum", dimensions)


def _balancer_of(elbv2: Any, target_group: str) -> str:
    """Name of the load balancer before a target group, as CloudWatch has it."""
    groups = elbv2.describe_target_groups(TargetGroupArns=[target_group])["TargetGroups"]
    balancers = groups[0].get("LoadBalancerArns") or []
    if not balancers:
        raise OpsError(f"no load balancer forwards to {target_group}: apply first")
    return str(balancers[0].partition(":loadbalancer/")[2])


def _metrics(
    names: Mapping[str, tuple[str, str]], dimensions: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, Metric]]:
    return {
        side: {label: Metric(_NAMESPACE, *metric, dimensions[side]) for label, metric in names.items()}
        for side in dimensions
    }


def _minutes(counts: Mapping[str, Series]) -> list[Minute]:
    """Minutes with requests; of one without any there is no datapoint, nor of a count that is zero."""
    minutes = []
    for begun, value in sorted(counts["requests"].items()):
        requests = round(value)
        unanswered = max(0, requests - round(counts["answered"].get(begun, 0.0)))
        failed = min(requests, unanswered + round(counts["errors"].get(begun, 0.0)))
        if requests:
            minutes.append(Minute(begun, requests, failed))
    return minutes
