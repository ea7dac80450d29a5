"""Queues and topics: who may use them, where messages go, and who is subscribed."""

import re
from collections.abc import Iterator

from common.pages import listed
from ops.drift.aws import Aws, unless_missing
from ops.drift.difference import differences
from ops.drift.finding import NONE, PRESENT, Finding, compared
from ops.drift.state import State

_MISSING_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_QUEUE = {
    "visibility_timeout_seconds": "VisibilityTimeout",
    "message_retention_seconds": "MessageRetentionPeriod",
    "delay_seconds": "DelaySeconds",
    "max_message_size": "MaximumMessageSize",
    "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
}
_DOCUMENTS = {
    "policy": "Policy",
    "redrive_policy": "RedrivePolicy",
    "redrive_allow_policy": "RedriveAllowPolicy",
}


def queues(aws: Aws, state: State) -> Iterator[Finding]:
    """Queues with another policy, key or dead-letter queue; messages that are moved back are none of it."""
    sqs = aws("sqs")
    for known in state.of("aws_sqs_queue"):
        asked = unless_missing(sqs.get_queue_url, *_MISSING_QUEUE, QueueName=known["name"])
        if asked is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        found = sqs.get_queue_attributes(QueueUrl=asked["QueueUrl"], AttributeNames=["All"])["Attributes"]
        for name, key in _DOCUMENTS.items():
            for path, expected, actual in differences(known[name], found.get(key), path=name):
                yield Finding(known.address, path, expected, actual)
        numbers = {
            name: (int(known[name]), int(found[key]))
            for name, key in _QUEUE.items()
            if known[name] is not None and key in found
        }
        yield from compared(
            known.address,
            numbers | {"kms_master_key_id": (known["kms_master_key_id"], found.get("KmsMasterKeyId"))},
        )


def topics(aws: Aws, state: State) -> Iterator[Finding]:
    """Topics with another policy or key, and subscriptions that were added or taken away."""
    sns = aws("sns")
    for known in state.of("aws_sns_topic"):
        arn = known["arn"]
        asked = unless_missing(sns.get_topic_attributes, "NotFound", TopicArn=arn)
        if asked is None:
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        found = asked["Attributes"]
        for path, expected, actual in differences(known["policy"], found.get("Policy"), path="policy"):
            yield Finding(known.address, path, expected, actual)
        key = (known["kms_master_key_id"], found.get("KmsMasterKeyId"))
        yield from compared(known.address, {"kms_master_key_id": key})
        # One that nobody has confirmed yet has no ARN of its own.
        declared = {
            (one["protocol"], one["endpoint"])
            for one in state.of("aws_sns_topic_subscription")
            if one["topic_arn"] == arn
        }
        subscribed = {
            (one["Protocol"], one["Endpoint"])
            for one in listed(sns, "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
        }
        for protocol, endpoint in sorted(declared ^ subscribed):
            pair = (PRESENT, NONE) if (protocol, endpoint) in declared else (NONE, PRESENT)
            yield Finding(known.address, f"subscription[{protocol}:{_shown(endpoint)}]", *pair)


def _shown(endpoint: str) -> str:
    """An endpoint without the path of an address, which is often all that a service knows its customer by."""
    scheme, mark, rest = endpoint.partition("://")
    return f"{scheme}{mark}{re.split(r'[/?#]', rest)[0].rpartition('@')[2]}/…" if mark else endpoint
