"""Reads scalable targets with their policies, their services' tasks and the tracked metrics."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from common.pages import described_services, listed
from stage.clock import MINUTE
from stage.metrics.lag import HIGH_RESOLUTION, HIGH_RESOLUTION_CPU
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
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html
_PREDEFINED_CPU = {
    "ECSServiceAverageCPUUtilization": MINUTE,
    HIGH_RESOLUTION_CPU: HIGH_RESOLUTION,
}
# Longer than what an alarm looks at, and how late its metric comes.
_HISTORY = timedelta(minutes=20)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnsupportedMetricError(Exception):
    """A policy tracks a metric that the stage does not have; the message names it."""


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


def tracked_metric(configuration: Mapping[str, Any], cluster: str, service: str) -> Metric:
    """The metric of a target tracking configuration as the API returns it.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html

    Raises:
        UnsupportedMetricError: A predefined metric other than CPU.
    """
    predefined = configuration.get("PredefinedMetricSpecification")
    if predefined:
        kind = predefined["PredefinedMetricType"]
        if kind not in _PREDEFINED_CPU:
            raise UnsupportedMetricError(f"predefined metric {kind}")
        dimensions = [{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": service}]
        return _single("AWS/ECS", "CPUUtilization", dimensions, "Average", _PREDEFINED_CPU[kind])
    customized = configuration["CustomizedMetricSpecification"]
    if customized.get("Metrics"):
        return Metric(tuple(_query(metric) for metric in customized["Metrics"]))
    return _single(
        customized["Namespace"],
        customized["MetricName"],
        customized.get("Dimensions", []),
        customized["Statistic"],
    )


def read_datapoints(cloudwatch: Any, metric: Metric, now: datetime) -> list[Datapoint]:
    """Datapoints of the periods that are over, in no particular order."""
    end = now - (now - _EPOCH) % metric.period
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=list(metric.queries), StartTime=end - _HISTORY, EndTime=end
    )
    (result,) = answer["MetricDataResults"]
    return [
        Datapoint(begun, value) for begun, value in zip(result["Timestamps"], result["Values"], strict=True)
    ]


def read_in_alarm(cloudwatch: Any, names: Iterable[str]) -> frozenset[str]:
    """Those of some alarms that are in ALARM."""
    wanted = sorted(names)
    pages = cloudwatch.get_paginator("describe_alarms").paginate(AlarmNames=wanted, StateValue="ALARM")
    return frozenset(
        alarm["AlarmName"]
        for page in pages
        for alarm in page["MetricAlarms"]
        if alarm["StateValue"] == "ALARM"
    )


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


def _single(
    namespace: str,
    name: str,
    dimensions: Sequence[Mapping[str, str]],
    stat: str,
    period: timedelta = MINUTE,
) -> Metric:
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": list(dimensions)}
    tracked = {"Id": "tracked", "MetricStat": {"Metric": metric, "Stat": stat}}
    return Metric((_query(tracked, period),), period)


def _query(metric: Mapping[str, Any], period: timedelta = MINUTE) -> dict[str, Any]:
    """A policy's query as GetMetricData takes it: target tracking looks at minutes, unless told otherwise."""
    if "MetricStat" not in metric:
        return dict(metric)
    return {**metric, "MetricStat": {**metric["MetricStat"], "Period": int(period.total_seconds())}}
