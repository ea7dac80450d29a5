"""Reads scalable targets with their policies, their services' tasks and the tracked metrics."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from stage.control_plane.pages import described_services, listed
from stage.target_tracking.alarms import HISTORY
from stage.target_tracking.metric import UnsupportedMetricError, tracked_metric
from stage.target_tracking.model import (
    DIMENSION,
    Bounds,
    Datapoint,
    Metric,
    Policy,
    ScalableTarget,
    Suspended,
    TaskCounts,
    TrackedPolicy,
)

# Of ECS services, for policies that say nothing
# (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
_DEFAULT_COOLDOWN_SECONDS = 300


def read_targets(autoscaling: Any) -> list[ScalableTarget]:
    """All ECS services that are registered as scalable targets."""
    policies = listed(autoscaling, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs")
    return [
        _target(described, [p for p in policies if p["ResourceId"] == described["ResourceId"]])
        for described in listed(
            autoscaling, "describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs"
        )
        if described["ScalableDimension"] == DIMENSION
    ]


def read_counts(ecs: Any, targets: Iterable[ScalableTarget]) -> dict[tuple[str, str], TaskCounts]:
    """Tasks of the targets' services that exist, by cluster and service."""
    names: dict[str, set[str]] = {}
    for target in targets:
        names.setdefault(target.cluster, set()).add(target.service)
    return {
        (cluster, service["serviceName"]): _counts(service)
        for cluster, services in sorted(names.items())
        for service in described_services(ecs, cluster, sorted(services))
        if service["status"] == "ACTIVE"
    }


def read_datapoints(cloudwatch: Any, metric: Metric, now: datetime) -> list[Datapoint]:
    """One-minute datapoints of the minutes that are over, in no particular order."""
    end = now.replace(second=0, microsecond=0)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=list(metric.queries), StartTime=end - HISTORY, EndTime=end
    )
    (result,) = answer["MetricDataResults"]
    return [
        Datapoint(minute, value) for minute, value in zip(result["Timestamps"], result["Values"], strict=True)
    ]


def _target(described: dict[str, Any], policies: list[dict[str, Any]]) -> ScalableTarget:
    _, cluster, service = described["ResourceId"].split("/")
    suspended = described.get("SuspendedState") or {}
    tracked: list[TrackedPolicy] = []
    unsupported: list[str] = []
    for policy in policies:
        try:
            tracked.append(_policy(policy, cluster, service))
        except UnsupportedMetricError as reason:
            unsupported.append(
                f"scaling policy {policy['PolicyName']} is not evaluated: the stage does not support {reason}"
            )
    return ScalableTarget(
        described["ResourceId"],
        cluster,
        service,
        Bounds(described["MinCapacity"], described["MaxCapacity"]),
        Suspended(
            scale_out=bool(suspended.get("DynamicScalingOutSuspended")),
            scale_in=bool(suspended.get("DynamicScalingInSuspended")),
        ),
        tuple(tracked),
        tuple(unsupported),
    )


def _policy(described: dict[str, Any], cluster: str, service: str) -> TrackedPolicy:
    configuration = described.get("TargetTrackingScalingPolicyConfiguration")
    if not configuration:
        raise UnsupportedMetricError(f"policy type {described['PolicyType']}")
    metric = tracked_metric(configuration, cluster, service)
    alarms = [alarm["AlarmName"] for alarm in described.get("Alarms", [])]
    policy = Policy(
        described["PolicyName"],
        float(configuration["TargetValue"]),
        float(configuration.get("ScaleOutCooldown", _DEFAULT_COOLDOWN_SECONDS)),
        float(configuration.get("ScaleInCooldown", _DEFAULT_COOLDOWN_SECONDS)),
        bool(configuration.get("DisableScaleIn")),
        alarm_high=next((name for name in alarms if "AlarmHigh" in name), ""),
        alarm_low=next((name for name in alarms if "AlarmLow" in name), ""),
    )
    return TrackedPolicy(policy, metric)


def _counts(service: dict[str, Any]) -> TaskCounts:
    deployments = service.get("deployments", [])
    deploying = len(deployments) > 1 or any(d.get("rolloutState") == "IN_PROGRESS" for d in deployments)
    return TaskCounts(service["desiredCount"], service["runningCount"], deploying)
