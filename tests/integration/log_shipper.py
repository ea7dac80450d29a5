"""Takes containers' lines to CloudWatch, as AWS does between a task and its metrics.

On Fargate the awslogs driver puts every line of standard output into the task's log stream, and CloudWatch
takes the metrics out of lines in the embedded metric format. LocalStack has logs and metrics, and nothing
between them. Both steps follow AWS's own descriptions:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tests.integration.aws import AwsClients
from tests.integration.containers import Container
from tests.plan.view import Container as Definition

# What one call takes: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
# and https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
_MAX_EVENTS = 1000
_MAX_METRICS = 500


class LogShipper:
    """Ships what a container has said since the last time.

    Args:
        container: Whose lines.
        definition: Its task definition says where they go.
        aws: Takes them.
    """

    def __init__(self, container: Container, definition: Definition, aws: AwsClients) -> None:
        self._container = container
        self._logs, self._cloudwatch = aws("logs"), aws("cloudwatch")
        options = definition.logConfiguration["options"]
        self.group = options["awslogs-group"]
        # prefix/container/task: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
        self.stream = f"{options['awslogs-stream-prefix']}/{definition.name}/{container.wrapped.short_id}"
        self._shipped = 0

    def create(self) -> None:
        """Make the stream, and the group, which on AWS is Terraform's to make with the service."""
        self._logs.create_log_group(logGroupName=self.group)
        self._logs.create_log_stream(logGroupName=self.group, logStreamName=self.stream)

    def ship(self) -> None:
        """Send the lines that are new."""
        lines = self._container.lines()
        new, self._shipped = lines[self._shipped :], len(lines)
        now = int(time.time() * 1000)
        for some in _in_parts(({"timestamp": now, "message": line} for line in new), _MAX_EVENTS):
            self._logs.put_log_events(logGroupName=self.group, logStreamName=self.stream, logEvents=some)
        for line in new:
            for namespace, data in metrics_in(line):
                for some in _in_parts(iter(data), _MAX_METRICS):
                    self._cloudwatch.put_metric_data(Namespace=namespace, MetricData=some)


def metrics_in(line: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What a line of the embedded metric format says, as arguments of PutMetricData, by namespace.

    A metric goes out once for each set of dimensions; a list is as many values as it has.
    """
    try:
        document = json.loads(line)
    except ValueError:
        return
    if not isinstance(document, dict) or "_aws" not in document:
        return
    timestamp = document["_aws"]["Timestamp"] / 1000
    for directive in document["_aws"]["CloudWatchMetrics"]:
        data = []
        for names in directive["Dimensions"]:
            dimensions = [{"Name": name, "Value": str(document[name])} for name in names]
            for metric in directive["Metrics"]:
                value = document[metric["Name"]]
                data.append(
                    {
                        "MetricName": metric["Name"],
                        "Unit": metric.get("Unit", "None"),
                        "Timestamp": timestamp,
                        "Dimensions": dimensions,
                        "Values": value if isinstance(value, list) else [value],
                    }
                )
        yield directive["Namespace"], data


def _in_parts(items: Iterator[Any], most: int) -> Iterator[list[Any]]:
    while part := list(islice(items, most)):
        yield part
