"""Reads what the emulated AWS knows and AWS would publish: task counts, queue depths, requests."""

from typing import Any

from stage.control_plane.pages import described_services, listed
from stage.load_balancer.admin import RequestCounts
from stage.metrics.datapoint import Datapoint

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


def requests_since(before: RequestCounts, now: RequestCounts) -> list[Datapoint]:
    """Requests and errors between two readings of the load balancer's totals.

    As on AWS there is no datapoint where there is nothing to count.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    if now.load_balancer is None:
        return []
    counted = {
        "RequestCount": now.requests - before.requests,
        "HTTPCode_Target_5XX_Count": now.target_5xx - before.target_5xx,
        "HTTPCode_ELB_5XX_Count": now.elb_5xx - before.elb_5xx,
    }
    dimensions = (("LoadBalancer", now.load_balancer),)
    return [
        Datapoint("AWS/ApplicationELB", name, dimensions, float(count), "Count")
        for name, count in counted.items()
        if count > 0
    ]
