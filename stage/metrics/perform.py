"""Puts datapoints into CloudWatch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from stage.metrics.model import Datapoint, Distribution, Reading

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
_ENTRIES_A_CALL = 1000
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
_VALUES_AN_ENTRY = 150

_T = TypeVar("_T")


def put(cloudwatch: Any, reading: Reading) -> None:
    """Put what was read, in as few calls as CloudWatch takes, each for one namespace.

    Raises:
        ClientError: CloudWatch refuses some of it.
        BotoCoreError: CloudWatch does not answer.
    """
    namespaces: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for minute, datapoint in reading:
        namespaces[datapoint.namespace] += entries(datapoint, minute)
    for namespace, all_entries in namespaces.items():
        for some in _chunks(all_entries, _ENTRIES_A_CALL):
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=some)


def entries(datapoint: Datapoint | Distribution, minute: datetime) -> list[dict[str, Any]]:
    """A datapoint as `PutMetricData` takes it; a distribution of many values is more than one entry.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """
    metric = {
        "MetricName": datapoint.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in datapoint.dimensions],
        "Timestamp": minute,
        "Unit": datapoint.unit,
    }
    match datapoint:
        case Datapoint(value=value):
            return [{**metric, "Value": value}]
        case Distribution(counts=counts):
            return [
                {**metric, "Values": [value for value, _ in some], "Counts": [count for _, count in some]}
                for some in _chunks(counts.items(), _VALUES_AN_ENTRY)
            ]


def _chunks(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
