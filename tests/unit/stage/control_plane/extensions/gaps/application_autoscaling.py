"""Gaps of Application Auto Scaling."""

_RESOURCE = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/main/api",
    "ScalableDimension": "ecs:service:DesiredCount",
}
_CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
_DEPTH = {"Namespace": "AWS/SQS", "MetricName": "Depth", "Dimensions": [], "Statistic": "Maximum"}


def _autoscaling(aws):
    ecs = aws("ecs")
    ecs.create_cluster(clusterName="main")
    container = {"name": "api", "image": "api", "memory": 1}
    ecs.register_task_definition(family="api", containerDefinitions=[container])
    ecs.create_service(cluster="main", serviceName="api", taskDefinition="api", desiredCount=1)
    autoscaling = aws("application-autoscaling")
    autoscaling.register_scalable_target(**_RESOURCE, MinCapacity=1, MaxCapacity=4)
    return autoscaling


def _put(autoscaling, target, metric):
    return autoscaling.put_scaling_policy(
        **_RESOURCE,
        PolicyName="policy",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={"TargetValue": target, **metric},
    )["PolicyARN"]


def _alarms(aws):
    return aws("cloudwatch").describe_alarms()["MetricAlarms"]


def tags_of_target(aws):
    """A tag is given and found."""
    autoscaling = _autoscaling(aws)
    (target,) = autoscaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    arn = (
        target.get("ScalableTargetARN") or "arn:aws:application-autoscaling:eu-central-1:1:scalable-target/1"
    )
    autoscaling.tag_resource(ResourceARN=arn, Tags={"team": "mail"})
    return {"team": "mail"} == autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"]


def scaling_activities(aws):
    """They can be asked for; a service that was never scaled has none."""
    return [] == _autoscaling(aws).describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]


def thresholds(aws):
    """One alarm has the policy's target."""
    _put(_autoscaling(aws), 70.0, _CPU)
    return 70.0 in [alarm["Threshold"] for alarm in _alarms(aws)]


def high_resolution(aws):
    """Both alarms have periods of twenty seconds."""
    fast = {"PredefinedMetricType": "ECSServiceAverageCPUUtilizationHighResolution"}
    _put(_autoscaling(aws), 70.0, {"PredefinedMetricSpecification": fast})
    return [20, 20] == [alarm["Period"] for alarm in _alarms(aws)]


def customized_metric(aws):
    """Both alarms watch it."""
    _put(_autoscaling(aws), 70.0, {"CustomizedMetricSpecification": _DEPTH})
    return ["Depth", "Depth"] == [alarm["MetricName"] for alarm in _alarms(aws)]


def policy_put_again(aws):
    """It has the ARN that it had, and two alarms."""
    autoscaling = _autoscaling(aws)
    arns = {_put(autoscaling, target, _CPU) for target in (70.0, 50.0)}
    return (1, 2) == (len(arns), len(_alarms(aws)))
