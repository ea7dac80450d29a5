"""Scalable targets, their policies, and the alarms that AWS makes for them."""

import pytest

from common.pages import listed


@pytest.fixture
def policies(applied):
    """Scaling policies by name."""
    autoscaling = applied.aws("application-autoscaling")
    found = listed(autoscaling, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs")
    return {policy["PolicyName"]: policy for policy in found}


@pytest.mark.parametrize(
    ("applied", "bounds"),
    [
        ("service_connect", {"notification-api": (3, 12), "email-sender": (2, 8)}),
        (
            "app_mesh",
            {
                "notification-api": (3, 12),
                "notification-api-canary": (1, 12),
                "email-sender": (2, 8),
                "email-sender-canary": (1, 1),
            },
        ),
        ("none", {"notification-api": (4, 9), "email-sender": (2, 8)}),
        ("staging", {"notification-api": (2, 8), "email-sender": (1, 4)}),
    ],
    indirect=["applied"],
)
def test_each_service_scales_between_its_bounds(applied, bounds):
    """As the environment's file says."""
    autoscaling = applied.aws("application-autoscaling")
    found = listed(autoscaling, "describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs")

    assert bounds == {
        target["ResourceId"].rsplit("/", 1)[-1]: (target["MinCapacity"], target["MaxCapacity"])
        for target in found
    }


@pytest.mark.parametrize(
    ("applied", "api", "sender"),
    [
        ("service_connect", 70.0, 70.0),
        ("app_mesh", 70.0, 70.0),
        ("none", 60.0, 70.0),
        ("staging", 70.0, 70.0),
    ],
    indirect=["applied"],
)
def test_each_service_keeps_its_cpu_at_its_target(policies, api, sender):
    """A policy a service on its average CPU; seventy percent unless it is declared otherwise."""
    targets = {
        name: policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        for name, policy in policies.items()
        if name.endswith("-cpu")
    }

    # A canary is sized as its service is.
    stable = {"notification-api-cpu": api, "email-sender-cpu": sender}
    canaries = {name: stable[name.replace("-canary", "")] for name in targets if "-canary-" in name}
    assert stable | canaries == targets


def test_the_sender_also_scales_on_its_backlog(applied, policies):
    """Messages that wait in the real queues, for each task that runs."""
    configuration = policies["email-sender-backlog"]["TargetTrackingScalingPolicyConfiguration"]
    metrics = configuration["CustomizedMetricSpecification"]["Metrics"]

    stats = [metric["MetricStat"]["Metric"] for metric in metrics if "MetricStat" in metric]
    values = {(dimension["Name"], dimension["Value"]) for stat in stats for dimension in stat["Dimensions"]}
    assert {
        ("QueueName", applied.outputs["queue_name"]),
        ("QueueName", applied.outputs["priority_queue_name"]),
        ("ClusterName", applied.outputs["cluster_name"]),
        ("ServiceName", "email-sender"),
    } == values
    assert [True] == [metric["ReturnData"] for metric in metrics if "Expression" in metric]


def test_each_policy_has_two_alarms_at_its_target(applied, policies):
    """Out above it, in below nine tenths of it."""
    alarms = listed(
        applied.aws("cloudwatch"), "describe_alarms", "MetricAlarms", AlarmNamePrefix="TargetTracking"
    )
    thresholds = {alarm["AlarmName"]: alarm["Threshold"] for alarm in alarms}

    found = {
        name: sorted(thresholds[alarm["AlarmName"]] for alarm in policy["Alarms"])
        for name, policy in policies.items()
    }
    targets = {
        name: policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
        for name, policy in policies.items()
    }
    assert {name: pytest.approx([0.9 * target, target]) for name, target in targets.items()} == found
