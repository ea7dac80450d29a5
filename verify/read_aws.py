"""Reads of AWS by the load layer, one function a call."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from common.pages import described_tasks, listed
from verify.aws_time import MINUTE
from verify.record import Held
from verify.target import Target
from verify.timeline import Activity, AlarmChange, Datapoint, Policy, ServiceTimeline

# Key of the host's own metric in what `metrics` returns; no ECS service can have this name.
HOST = ""
# A datapoint that is older than this does not change any more.
LATE_DATAPOINTS = 3 * MINUTE
_PERIOD_SECONDS = 60
_DIMENSION = "ecs:service:DesiredCount"
_DESIRED = re.compile(r"desired count to (\d+)")


def service_counts(target: Target) -> dict[str, tuple[int, int, int]]:
    """Desired, running and pending tasks of both services, by service name."""
    answer = target.ecs.describe_services(
        cluster=target.cluster, services=[target.api_service, target.sender_service]
    )
    return {
        service["serviceName"]: (service["desiredCount"], service["runningCount"], service["pendingCount"])
        for service in answer["services"]
    }


def running_tasks(target: Target, service: str) -> list[str]:
    """ARNs of the tasks that a service runs now, the oldest first."""
    arns = listed(
        target.ecs,
        "list_tasks",
        "taskArns",
        cluster=target.cluster,
        serviceName=service,
        desiredStatus="RUNNING",
    )
    tasks = described_tasks(target.ecs, target.cluster, arns)
    return [
        task["taskArn"]
        for task in sorted(tasks, key=lambda task: str(task.get("startedAt", "")))
        if task["lastStatus"] == "RUNNING" and task["desiredStatus"] == "RUNNING"
    ]


def is_whole(target: Target, service: str) -> bool:
    """Whether as many tasks as wanted run and, behind a load balancer, are healthy targets."""
    found = target.ecs.describe_services(cluster=target.cluster, services=[service])["services"][0]
    groups = [balancer["targetGroupArn"] for balancer in found.get("loadBalancers", [])]
    return found["runningCount"] >= found["desiredCount"] and all(
        _healthy_targets(target, group) >= found["desiredCount"] for group in groups
    )


def has_stopped(target: Target, task_arn: str) -> bool:
    """Whether a task is at its end, or so long past it that ECS has forgotten it."""
    tasks = target.ecs.describe_tasks(cluster=target.cluster, tasks=[task_arn])["tasks"]
    return all(task["lastStatus"] == "STOPPED" for task in tasks)


def queue_depth(target: Target, queue_url: str) -> tuple[int, int]:
    """Messages that wait and messages that are being worked on."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    depth = target.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return int(depth[names[0]]), int(depth[names[1]])


def dead_letters(target: Target) -> int:
    """Messages in the dead-letter queue."""
    url = target.sqs.get_queue_url(QueueName=target.dead_letter_queue_name)["QueueUrl"]
    return sum(queue_depth(target, url))


def settle_held_letters(target: Target) -> int:
    """Delete the dead letters of mails whose outcome is unknown, as their operator would; returns how many.

    What a killed task had in hand is put aside with that reason, to be looked at by somebody.
    """
    url = target.sqs.get_queue_url(QueueName=target.dead_letter_queue_name)["QueueUrl"]
    settled = 0
    while letters := target.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=30, WaitTimeSeconds=0
    ).get("Messages"):
        ids = {letter["ReceiptHandle"]: json.loads(letter["Body"]).get("id", "") for letter in letters}
        known = {one.notification_id for one in held(target, ids.values())}
        for receipt, notification_id in ids.items():
            if notification_id in known:
                target.sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
                settled += 1
    return settled


def held(target: Target, notification_ids: Iterable[str]) -> list[Held]:
    """Notifications whose outcome is unknown, as the ledger says."""
    found = []
    for notification_id in notification_ids:
        item = target.dynamodb.get_item(
            TableName=target.ledger_table,
            Key={"notification_id": {"S": notification_id}},
            ConsistentRead=True,
        ).get("Item")
        if item is not None and item["state"]["S"] == "unknown":
            begun = [event["at"] for event in json.loads(item["events"]["S"]) if event["event"] == "sending"]
            found.append(Held(notification_id, max(begun)))
    return found


def max_in_flight(target: Target) -> int:
    """Mails that a task of the sender sends at once, at most; 0 if its task definition does not say."""
    service = target.ecs.describe_services(cluster=target.cluster, services=[target.sender_service])
    containers = target.ecs.describe_task_definition(taskDefinition=service["services"][0]["taskDefinition"])[
        "taskDefinition"
    ]["containerDefinitions"]
    named = [
        variable["value"]
        for container in containers
        for variable in container.get("environment", [])
        if variable["name"] == "CONCURRENCY"
    ]
    return int(named[0]) if named else 0


def idle_timeout_seconds(target: Target) -> float:
    """Real seconds after which the load balancer before the API closes an idle connection."""
    service = target.ecs.describe_services(cluster=target.cluster, services=[target.api_service])
    group = service["services"][0]["loadBalancers"][0]["targetGroupArn"]
    groups = target.elbv2.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    attributes = target.elbv2.describe_load_balancer_attributes(
        LoadBalancerArn=groups[0]["LoadBalancerArns"][0]
    )["Attributes"]
    return float(next(one["Value"] for one in attributes if one["Key"] == "idle_timeout.timeout_seconds"))


def scaling(target: Target, service: str) -> ServiceTimeline:
    """Bounds and policies that are registered for a service.

    Raises:
        ValueError: The service is no scalable target.
    """
    resource = _resource(target, service)
    scalable = listed(
        target.autoscaling,
        "describe_scalable_targets",
        "ScalableTargets",
        ServiceNamespace="ecs",
        ResourceIds=[resource],
        ScalableDimension=_DIMENSION,
    )
    if not scalable:
        raise ValueError(f"{resource} is not registered with Application Auto Scaling: apply its scaling")
    policies = listed(
        target.autoscaling,
        "describe_scaling_policies",
        "ScalingPolicies",
        ServiceNamespace="ecs",
        ResourceId=resource,
        ScalableDimension=_DIMENSION,
    )
    return ServiceTimeline(
        name=service,
        minimum=scalable[0]["MinCapacity"],
        maximum=scalable[0]["MaxCapacity"],
        policies=tuple(
            _policy(policy) for policy in policies if policy["PolicyType"] == "TargetTrackingScaling"
        ),
    )


def activities(target: Target, service: str, since: datetime) -> list[Activity]:
    """Scaling activities that changed the desired count and started at `since` or later, oldest first."""
    found = listed(
        target.autoscaling,
        "describe_scaling_activities",
        "ScalingActivities",
        ServiceNamespace="ecs",
        ResourceId=_resource(target, service),
        ScalableDimension=_DIMENSION,
    )
    changes = [
        Activity(
            started_at=activity["StartTime"],
            ended_at=activity.get("EndTime"),
            desired=int(desired.group(1)),
            cause=activity.get("Cause", ""),
        )
        for activity in found
        if activity["StatusCode"] != "Failed"
        and activity["StartTime"] >= since
        and (desired := _DESIRED.search(activity["Description"]))
    ]
    return sorted(changes, key=lambda activity: activity.started_at)


def alarm_changes(target: Target, since: datetime) -> list[AlarmChange]:
    """Changes of state of the system's own alarms at `since` or later, oldest first.

    All of its alarms are named after its cluster, those of target tracking are not. CloudWatch stamps a
    change with the time on the wall, which is AWS time on AWS.
    """
    prefix = f"{target.cluster}-"
    items = listed(
        target.cloudwatch,
        "describe_alarm_history",
        "AlarmHistoryItems",
        AlarmTypes=["MetricAlarm", "CompositeAlarm"],
        HistoryItemType="StateUpdate",
    )
    changes = []
    for item in items:
        at = target.clock.at(item["Timestamp"].timestamp())
        if at >= since and item["AlarmName"].startswith(prefix):
            state = json.loads(item["HistoryData"])["newState"]
            name = item["AlarmName"].removeprefix(prefix)
            changes.append(AlarmChange(at, name, state["stateValue"], state.get("stateReason", "")))
    return sorted(changes, key=lambda change: change.at)


def host_metric(target: Target) -> dict[str, Any] | None:
    """The metric by which the host says that it starved its tasks; None while there is none."""
    if target.host_namespace is None:
        return None
    found = listed(
        target.cloudwatch,
        "list_metrics",
        "Metrics",
        Namespace=target.host_namespace,
        MetricName="Starved",
    )
    return {name: found[0][name] for name in ("Namespace", "MetricName", "Dimensions")} if found else None


def metrics(
    target: Target, services: Sequence[str], host: Mapping[str, Any] | None, since: datetime
) -> dict[str, dict[datetime, float]]:
    """Average CPU by service, and whether the host starved under `HOST`: value by minute."""
    wanted = {name: _cpu_metric(target.cluster, name) for name in services}
    if host is not None:
        wanted[HOST] = dict(host)
    names = list(wanted)
    results = listed(
        target.cloudwatch,
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=[
            {
                "Id": f"m{number}",
                "MetricStat": {
                    "Metric": wanted[name],
                    "Period": _PERIOD_SECONDS,
                    # A minute with any starvation in it is a starved minute.
                    "Stat": "Maximum" if name == HOST else "Average",
                },
            }
            for number, name in enumerate(names)
        ],
        StartTime=since.replace(second=0, microsecond=0),
        EndTime=target.clock.now() + timedelta(seconds=1),
        ScanBy="TimestampAscending",
    )
    values: dict[str, dict[datetime, float]] = {name: {} for name in names}
    for result in results:
        # Of a metric with many datapoints every page has a part.
        values[names[int(result["Id"][1:])]] |= zip(result["Timestamps"], result["Values"], strict=True)
    return values


def cpu_of_seconds(target: Target, service: str, since: datetime) -> list[Datapoint]:
    """A service's CPU in datapoints of twenty seconds, oldest first.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html
    """
    stat = {"Metric": _cpu_metric(target.cluster, service), "Period": 20, "Stat": "Average"}
    (result,) = listed(
        target.cloudwatch,
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=[{"Id": "cpu", "MetricStat": stat}],
        StartTime=since.replace(second=0, microsecond=0),
        EndTime=target.clock.now() + timedelta(seconds=1),
        ScanBy="TimestampAscending",
    )
    return [
        Datapoint(begun, value) for begun, value in zip(result["Timestamps"], result["Values"], strict=True)
    ]


def _healthy_targets(target: Target, group: str) -> int:
    described = target.elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return sum(description["TargetHealth"]["State"] == "healthy" for description in described)


def _cpu_metric(cluster: str, service: str) -> dict[str, Any]:
    return {
        "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization",
        "Dimensions": [
            {"Name": "ClusterName", "Value": cluster},
            {"Name": "ServiceName", "Value": service},
        ],
    }


def _policy(policy: Mapping[str, Any]) -> Policy:
    settings = policy["TargetTrackingScalingPolicyConfiguration"]
    predefined = settings.get("PredefinedMetricSpecification", {})
    return Policy(
        name=policy["PolicyName"],
        metric=predefined.get("PredefinedMetricType", "customized"),
        target=float(settings["TargetValue"]),
        scale_out_cooldown=float(settings.get("ScaleOutCooldown", 300)),
        scale_in_cooldown=float(settings.get("ScaleInCooldown", 300)),
    )


def _resource(target: Target, service: str) -> str:
    return f"service/{target.cluster}/{service}"
