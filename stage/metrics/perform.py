"""Puts datapoints into CloudWatch."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from stage.metrics.model import Datapoint, Reading


def put(cloudwatch: Any, reading: Reading) -> None:
    """Put what was read, in one call for each namespace.

    Raises:
        ClientError: CloudWatch refuses some of it.
        BotoCoreError: CloudWatch does not answer.
    """
    namespaces: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for minute, datapoint in reading:
        namespaces[datapoint.namespace].append(entry(datapoint, minute))
    for namespace, entries in namespaces.items():
        cloudwatch.put_metric_data(Namespace=namespace, MetricData=entries)


def entry(datapoint: Datapoint, minute: datetime) -> dict[str, Any]:
    """A datapoint as `PutMetricData` takes it.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """
    return {
        "MetricName": datapoint.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in datapoint.dimensions],
        "Timestamp": minute,
        "Value": datapoint.value,
        "Unit": datapoint.unit,
    }
