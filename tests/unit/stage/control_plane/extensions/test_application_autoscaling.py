from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

RESOURCE = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/main/api",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture
def autoscaling(client):
    """Application Auto Scaling with an ECS service as its target."""
    ecs = client("ecs")
    ecs.create_cluster(clusterName="main")
    definition = ecs.register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "api", "memory": 1}]
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(cluster="main", serviceName="api", taskDefinition=definition, desiredCount=1)
    return client("application-autoscaling")


@pytest.fixture
def target(autoscaling):
    """ARN of the registered target."""
    answer = autoscaling.register_scalable_target(
        **RESOURCE, MinCapacity=1, MaxCapacity=4, Tags={"team": "mail"}
    )
    return answer["ScalableTargetARN"]


CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}


def put_policy(autoscaling, value, metric=CPU):
    """Put a target-tracking policy."""
    return autoscaling.put_scaling_policy(
        **RESOURCE,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": value, **metric},
    )


def activity(number, **fields):
    """Make a scaling activity."""
    return {
        "ActivityId": f"activity-{number}",
        **RESOURCE,
        "Description": f"Setting desired count to {number}.",
        "Cause": "monitor alarm in state ALARM triggered policy cpu",
        "StartTime": datetime(2026, 1, 1, 0, number, tzinfo=UTC),
        "StatusCode": "Successful",
        **fields,
    }


def test_a_target_keeps_its_tags(autoscaling, target):
    """Tags are given at registration, added, and removed."""
    autoscaling.tag_resource(ResourceARN=target, Tags={"stage": "staging"})
    tagged = autoscaling.list_tags_for_resource(ResourceARN=target)["Tags"]
    autoscaling.untag_resource(ResourceARN=target, TagKeys=["team"])

    assert {"team": "mail", "stage": "staging"} == tagged
    assert {"stage": "staging"} == autoscaling.list_tags_for_resource(ResourceARN=target)["Tags"]


@pytest.mark.usefixtures("target")
def test_the_alarms_of_a_policy_have_its_target(autoscaling, client):
    """Out above the target, in below nine tenths of it."""
    put_policy(autoscaling, 70.0)

    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert {("GreaterThanThreshold", 70.0), ("LessThanThreshold", 63.0)} == {
        (alarm["ComparisonOperator"], alarm["Threshold"]) for alarm in alarms
    }


@pytest.mark.usefixtures("target")
def test_the_alarms_of_a_metric_math_policy_watch_its_expression(autoscaling, client):
    """Both alarms have every query of the policy, by the minute."""
    depth = {
        "Namespace": "AWS/SQS",
        "MetricName": "Depth",
        "Dimensions": [{"Name": "QueueName", "Value": "q"}],
    }
    metrics = [
        {"Id": "depth", "MetricStat": {"Metric": depth, "Stat": "Maximum"}, "ReturnData": False},
        {"Id": "backlog", "Expression": "depth / 2", "Label": "Backlog", "ReturnData": True},
    ]
    put_policy(autoscaling, 500.0, {"CustomizedMetricSpecification": {"Metrics": metrics}})

    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert [500.0, 450.0] == [alarm["Threshold"] for alarm in alarms]
    by_minute = {"Metric": depth, "Period": 60, "Stat": "Maximum"}
    for alarm in alarms:
        assert [{**metrics[0], "MetricStat": by_minute}, metrics[1]] == alarm["Metrics"]
        assert "MetricName" not in alarm


@pytest.mark.usefixtures("target")
def test_the_alarms_of_a_customized_metric_watch_that_metric(autoscaling, client):
    """Not the CPU that moto would take."""
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "Depth",
        "Dimensions": [{"Name": "QueueName", "Value": "q"}],
        "Statistic": "Maximum",
    }
    put_policy(autoscaling, 500.0, {"CustomizedMetricSpecification": metric})

    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]

    assert 2 == len(alarms)
    for alarm in alarms:
        assert metric.items() <= alarm.items()


@pytest.mark.usefixtures("target")
def test_a_changed_policy_keeps_its_arn_and_replaces_its_alarms(autoscaling, client):
    """Putting a policy again leaves two alarms, with the new thresholds."""
    before = put_policy(autoscaling, 70.0)["PolicyARN"]

    after = put_policy(autoscaling, 50.0)["PolicyARN"]

    alarms = client("cloudwatch").describe_alarms()["MetricAlarms"]
    (policy,) = autoscaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    assert before == after == policy["PolicyARN"]
    assert {50.0, 45.0} == {alarm["Threshold"] for alarm in alarms}
    assert sorted(alarm["AlarmName"] for alarm in alarms) == sorted(
        alarm["AlarmName"] for alarm in policy["Alarms"]
    )
    assert 50.0 == policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]


@pytest.mark.usefixtures("target")
def test_reported_activities_are_described_newest_first(autoscaling, reporter):
    """Every field comes back, times as times."""
    for number in (1, 2):
        reporter.scaling_activity(activity(number))

    described = autoscaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]

    assert [activity(2), activity(1)] == [
        one | {"StartTime": one["StartTime"].astimezone(UTC)} for one in described
    ]


@pytest.mark.usefixtures("target")
def test_an_activity_that_is_reported_again_is_changed(autoscaling, reporter):
    """The same id is the same activity."""
    reporter.scaling_activity(activity(1, StatusCode="InProgress"))
    reporter.scaling_activity(activity(2))

    reporter.scaling_activity(activity(1, EndTime=datetime(2026, 1, 2, tzinfo=UTC)))

    second, first = autoscaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    assert ("activity-2", "activity-1") == (second["ActivityId"], first["ActivityId"])
    assert ("Successful", True) == (first["StatusCode"], "EndTime" in first)


@pytest.mark.usefixtures("target")
def test_activities_are_filtered_and_paged(autoscaling, reporter):
    """Filter and page size are honoured."""
    for number in (1, 2, 3):
        reporter.scaling_activity(activity(number))

    first = autoscaling.describe_scaling_activities(ServiceNamespace="ecs", MaxResults=2)
    second = autoscaling.describe_scaling_activities(
        ServiceNamespace="ecs", MaxResults=2, NextToken=first["NextToken"]
    )
    other = autoscaling.describe_scaling_activities(ServiceNamespace="ecs", ResourceId="service/main/other")

    assert (2, 1) == (len(first["ScalingActivities"]), len(second["ScalingActivities"]))
    assert "NextToken" not in second
    assert [] == other["ScalingActivities"]


@pytest.mark.usefixtures("target")
def test_an_activity_of_nothing_that_scales_is_refused(reporter):
    """A report about an unknown resource names AWS's error."""
    with pytest.raises(ClientError, match="ValidationException"):
        reporter.scaling_activity(activity(1, ResourceId="service/main/other"))
