"""Reads what the emulated AWS knows and AWS would publish: task counts and queue depths."""

from typing import Any

from stage.control_plane.pages import described_services, listed
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

    The age of the oldest message is not among them: no API tells it.
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
