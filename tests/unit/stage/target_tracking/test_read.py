from datetime import UTC, datetime, timedelta

import pytest

from stage.clock import MINUTE
from stage.target_tracking.model import Bounds, Metric, Suspended
from stage.target_tracking.read import UnsupportedMetricError, read_datapoints, read_targets, tracked_metric

from .conftest import RESOURCE, of_service, put, track

NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


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


DIMENSIONS = [{"Name": "ClusterName", "Value": "notifications"}, {"Name": "ServiceName", "Value": "api"}]


def by_the_minute(query_id, namespace, name, dimensions, stat, **more):
    """A query for one metric, minute by minute."""
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Stat": stat, "Period": 60}, **more}


def test_the_predefined_cpu_metric_is_that_of_the_service():
    """ECSServiceAverageCPUUtilization is the average of AWS/ECS CPUUtilization."""
    configuration = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    }

    metric = tracked_metric(configuration, "notifications", "api")

    assert metric == Metric((by_the_minute("tracked", "AWS/ECS", "CPUUtilization", DIMENSIONS, "Average"),))


def test_a_customized_metric_is_the_one_that_is_named():
    """With the statistic and dimensions of the policy."""
    dimensions = [{"Name": "QueueName", "Value": "mail"}]
    specification = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Dimensions": dimensions,
        "Statistic": "Maximum",
    }

    metric = tracked_metric({"CustomizedMetricSpecification": specification}, "notifications", "api")

    assert metric == Metric(
        (by_the_minute("tracked", "AWS/SQS", "ApproximateNumberOfMessagesVisible", dimensions, "Maximum"),)
    )


def test_metric_math_keeps_every_query():
    """The queries of the policy, with the period that a policy does not say."""
    stat = {
        "Metric": {
            "Namespace": "ECS/ContainerInsights",
            "MetricName": "RunningTaskCount",
            "Dimensions": DIMENSIONS,
        },
        "Stat": "Average",
    }
    tasks = {"Id": "tasks", "MetricStat": stat, "ReturnData": False}
    backlog = {"Id": "backlog", "Expression": "100 / tasks", "ReturnData": True}

    metric = tracked_metric(
        {"CustomizedMetricSpecification": {"Metrics": [tasks, backlog]}}, "notifications", "api"
    )

    asked = by_the_minute(
        "tasks", "ECS/ContainerInsights", "RunningTaskCount", DIMENSIONS, "Average", ReturnData=False
    )
    assert metric == Metric((asked, backlog))


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [("ECSServiceAverageCPUUtilization", 60), ("ECSServiceAverageCPUUtilizationHighResolution", 20)],
)
def test_a_period_that_is_not_over_is_not_read(aws, kind, seconds):
    """Whether periods are minutes or twenty seconds."""
    metric = tracked_metric(
        {"PredefinedMetricSpecification": {"PredefinedMetricType": kind}}, "notifications", "email-sender"
    )
    put(aws, "AWS/ECS", "CPUUtilization", of_service("email-sender"), (10, 20), NOON, seconds=seconds)
    put(aws, "AWS/ECS", "CPUUtilization", of_service("email-sender"), (30,), NOON + MINUTE, seconds=seconds)

    found = read_datapoints(aws.cloudwatch, metric, NOON + timedelta(seconds=10))

    assert [10.0, 20.0] == sorted(point.value for point in found)


def test_a_metric_that_cannot_be_tracked_is_named():
    """A policy that silently never acts would look like one that had no reason to."""
    configuration = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ALBRequestCountPerTarget"}}

    with pytest.raises(UnsupportedMetricError, match="ALBRequestCountPerTarget"):
        tracked_metric(configuration, "notifications", "api")
