from stage.target_tracking.model import Bounds, Suspended
from stage.target_tracking.read import read_targets

from .conftest import RESOURCE, track


def test_a_policy_is_read_with_cooldowns_and_alarms(aws):
    """What Terraform registered is what is evaluated."""
    track(aws, DisableScaleIn=True)

    (target,) = read_targets(aws.autoscaling)

    (tracked,) = target.policies
    policy = tracked.policy
    assert ("notifications", "email-sender", Bounds(1, 6)) == (target.cluster, target.service, target.bounds)
    assert ("policy", 70.0, True) == (policy.name, policy.target, policy.disable_scale_in)
    assert (60.0, 300.0) == (policy.scale_out_cooldown, policy.scale_in_cooldown)
    assert "AlarmHigh" in policy.alarm_high
    assert "AlarmLow" in policy.alarm_low


def test_suspended_scaling_is_read(aws):
    """Who suspends scaling of a target by the API is obeyed."""
    aws.autoscaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=RESOURCE,
        ScalableDimension="ecs:service:DesiredCount",
        SuspendedState={"DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": False},
    )

    (target,) = read_targets(aws.autoscaling)

    assert Suspended(scale_in=True, scale_out=False) == target.suspended


def test_a_step_scaling_policy_is_named_as_unsupported(aws):
    """Only target tracking is evaluated."""
    aws.autoscaling.put_scaling_policy(
        PolicyName="steps",
        ServiceNamespace="ecs",
        ResourceId=RESOURCE,
        ScalableDimension="ecs:service:DesiredCount",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    )

    (target,) = read_targets(aws.autoscaling)

    assert () == target.policies
    assert "steps" in target.unsupported[0]
    assert "StepScaling" in target.unsupported[0]
