"""Reads of a stage's services, queues and events, from the emulated AWS as anybody reads them from AWS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.pages import described_services, listed
from stage.clock import MINUTE
from stage.control_plane.aws import Aws

# Metrics come a few minutes late, and a busy machine leaves minutes out.
_CPU_WINDOW = timedelta(minutes=15)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html
_ALARM_CHANGES = "StateUpdate"


@dataclass(frozen=True)
class Service:
    """A service as ECS tells it.

    Attributes:
        name: Its name.
        desired: Tasks that are wanted.
        running: Tasks that run.
        pending: Tasks that start.
        rollout: State of its newest deployment, in small letters.
        cpu_percent: Newest datapoint of its CPU utilization; None if there is none.
    """

    name: str
    desired: int
    running: int
    pending: int
    rollout: str
    cpu_percent: float | None


@dataclass(frozen=True)
class Queue:
    """A queue's name, and how many of its messages are visible and in flight."""

    name: str
    visible: int
    in_flight: int


@dataclass(frozen=True)
class Event:
    """One line of what happened: AWS time, the words AWS would use, and what tells it from another."""

    at: datetime
    message: str
    id: str = ""


def described(aws: Aws, cluster: str) -> list[dict[str, Any]]:
    """Every service of a cluster as DescribeServices answers, by name."""
    arns = listed(aws.ecs, "list_services", "serviceArns", cluster=cluster)
    return sorted(described_services(aws.ecs, cluster, arns), key=lambda service: str(service["serviceName"]))


def services(described_: list[dict[str, Any]], cpu_percent: Mapping[str, float]) -> list[Service]:
    """Counts, rollout and CPU of services.

    Args:
        described_: The services, as `described` gives them.
        cpu_percent: Newest CPU utilization by service.
    """
    return [
        Service(
            name=service["serviceName"],
            desired=service["desiredCount"],
            running=service["runningCount"],
            pending=service["pendingCount"],
            rollout=service["deployments"][0]["rolloutState"].lower().replace("_", " "),
            cpu_percent=cpu_percent.get(service["serviceName"]),
        )
        for service in described_
    ]


def cpu_percents(aws: Aws, cluster: str, names: list[str], now: datetime) -> dict[str, float]:
    """Newest CPU utilization of each service that has one, as CloudWatch knows it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html

    Args:
        aws: Where the metrics are.
        cluster: The services' cluster.
        names: The services.
        now: AWS time.
    """
    found = {}
    for name in names:
        datapoints = aws.cloudwatch.get_metric_statistics(
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Dimensions=[{"Name": "ClusterName", "Value": cluster}, {"Name": "ServiceName", "Value": name}],
            StartTime=now - _CPU_WINDOW,
            EndTime=now + MINUTE,
            Period=int(MINUTE.total_seconds()),
            Statistics=["Average"],
        )["Datapoints"]
        if datapoints:
            found[name] = float(max(datapoints, key=lambda one: one["Timestamp"])["Average"])
    return found


def queues(aws: Aws) -> list[Queue]:
    """Every queue, by name."""
    found = []
    for url in sorted(listed(aws.sqs, "list_queues", "QueueUrls")):
        attributes = aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        found.append(
            Queue(
                name=url.rsplit("/", 1)[-1],
                visible=int(attributes["ApproximateNumberOfMessages"]),
                in_flight=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
            )
        )
    return found


def recent_events(aws: Aws, described_: list[dict[str, Any]], limit: int) -> list[Event]:
    """Newest service events and scaling activities, the newest first.

    Args:
        aws: Where the scaling activities are.
        described_: The services, as `described` gives them.
        limit: How many.
    """
    events = [*_of_services(described_, limit), *_of_scaling(aws, limit)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]


def events(aws: Aws, cluster: str) -> list[Event]:
    """All that ECS, Application Auto Scaling and alarms have done and still remember, oldest first."""
    found = [*_of_services(described(aws, cluster), None), *_of_scaling(aws, None), *_of_alarms(aws)]
    return sorted(found, key=lambda event: event.at)


def _of_services(described_: list[dict[str, Any]], limit: int | None) -> Iterator[Event]:
    for service in described_:
        for event in service["events"][:limit]:
            yield Event(event["createdAt"], event["message"], str(event.get("id", "")))


def _of_scaling(aws: Aws, limit: int | None) -> Iterator[Event]:
    if limit is None:
        activities = listed(
            aws.autoscaling, "describe_scaling_activities", "ScalingActivities", ServiceNamespace="ecs"
        )
    else:
        # The newest are on the first page.
        answer = aws.autoscaling.describe_scaling_activities(ServiceNamespace="ecs")
        activities = answer["ScalingActivities"][:limit]
    for activity in activities:
        message = f"{activity['ResourceId']}: {activity['Description']}"
        yield Event(activity["StartTime"], message, str(activity.get("ActivityId", "")))


def _of_alarms(aws: Aws) -> Iterator[Event]:
    history = listed(
        aws.cloudwatch, "describe_alarm_history", "AlarmHistoryItems", HistoryItemType=_ALARM_CHANGES
    )
    for item in history:
        message = f"alarm {item['AlarmName']}: {item['HistorySummary']}"
        yield Event(item["Timestamp"], message, f"{item['AlarmName']} {item['Timestamp']}")
