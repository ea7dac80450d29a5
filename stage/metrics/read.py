"""Reads what the emulated AWS knows and AWS would publish: tasks, queues, and what policies ask for."""

from collections.abc import Mapping
from typing import Any

from common.pages import described_services, listed
from stage.metrics.lag import HIGH_RESOLUTION_CPU
from stage.metrics.model import Datapoint

_QUEUE_METRICS = {
    "ApproximateNumberOfMessagesVisible": "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
}


def task_counts(ecs: Any) -> list[Datapoint]:
    """Running and desired tasks of every service.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    """
    datapoints = []
    for cluster_arn in listed(ecs, "list_clusters", "clusterArns"):
        arns = listed(ecs, "list_services", "serviceArns", cluster=cluster_arn)
        for service in described_services(ecs, cluster_arn, arns):
            dimensions = (
                ("ClusterName", cluster_arn.rsplit("/", 1)[-1]),
                ("ServiceName", service["serviceName"]),
            )
            datapoints += [
                Datapoint("ECS/ContainerInsights", name, dimensions, float(service[field]), "Count")
                for name, field in (
                    ("RunningTaskCount", "runningCount"),
                    ("DesiredTaskCount", "desiredCount"),
                )
            ]
    return datapoints


def queue_depths(sqs: Any) -> list[Datapoint]:
    """Messages in every queue.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    datapoints = []
    for page in sqs.get_paginator("list_queues").paginate():
        for url in page.get("QueueUrls", []):
            answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_QUEUE_METRICS.values()))
            dimensions = (("QueueName", url.rsplit("/", 1)[-1]),)
            datapoints += [
                Datapoint("AWS/SQS", name, dimensions, float(answer["Attributes"][attribute]), "Count")
                for name, attribute in _QUEUE_METRICS.items()
            ]
    return datapoints


def oldest_messages(ages: Mapping[str, float]) -> list[Datapoint]:
    """Age of the oldest message by queue, in AWS seconds.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
    """
    return [
        Datapoint("AWS/SQS", "ApproximateAgeOfOldestMessage", (("QueueName", name),), age, "Seconds")
        for name, age in ages.items()
    ]


def high_resolution_services(autoscaling: Any) -> frozenset[tuple[str, str]]:
    """Services, by cluster and name, of which a scaling policy tracks the CPU of every twenty seconds.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/target-tracking-faster-auto-scaling.html
    """
    policies = listed(autoscaling, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs")
    found = set()
    for policy in policies:
        configuration = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
        predefined = configuration.get("PredefinedMetricSpecification") or {}
        if predefined.get("PredefinedMetricType") == HIGH_RESOLUTION_CPU:
            _, cluster, service = policy["ResourceId"].split("/")
            found.add((cluster, service))
    return frozenset(found)
