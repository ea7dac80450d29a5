"""Scalable targets and their policies, as registered with Application Auto Scaling."""

from dataclasses import dataclass
from typing import Any

from stage.target_tracking.metric import Metric, UnsupportedMetricError, tracked_metric
from stage.target_tracking.model import Bounds, Policy, Suspended

DIMENSION = "ecs:service:DesiredCount"
# Of ECS services, for policies that say nothing
# (https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html).
_DEFAULT_COOLDOWN_SECONDS = 300


@dataclass(frozen=True)
class TrackedPolicy:
    """A policy with the metric that it tracks."""

    policy: Policy
    metric: Metric


@dataclass(frozen=True)
class ScalableTarget:
    """An ECS service that Application Auto Scaling may scale.

    Attributes:
        resource_id: `service/CLUSTER/SERVICE`.
        policies: What the stage can evaluate.
        unsupported: One sentence for each policy that it cannot.
    """

    resource_id: str
    cluster: str
    service: str
    bounds: Bounds
    suspended: Suspended
    policies: tuple[TrackedPolicy, ...]
    unsupported: tuple[str, ...]


def read_targets(autoscaling: Any) -> list[ScalableTarget]:
    """All ECS services that are registered as scalable targets."""
    policies = _pages(autoscaling, "describe_scaling_policies", "ScalingPolicies")
    return [
        _target(described, [p for p in policies if p["ResourceId"] == described["ResourceId"]])
        for described in _pages(autoscaling, "describe_scalable_targets", "ScalableTargets")
        if described["ScalableDimension"] == DIMENSION
    ]


def _pages(autoscaling: Any, operation: str, key: str) -> list[dict[str, Any]]:
    pages = autoscaling.get_paginator(operation).paginate(ServiceNamespace="ecs")
    return [item for page in pages for item in page[key]]


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
