"""Reads the dead-letter queue as an operator would in the console: nothing is taken off it."""

import json
from dataclasses import dataclass
from typing import Any

from shared.message import REASON_ATTRIBUTE

_MAX_RECEIVE = 10


@dataclass(frozen=True)
class DeadLetter:
    """A message that was given up.

    Attributes:
        body: As it was on its own queue.
        reason: Why it is here; empty if SQS itself moved it.
    """

    body: str
    reason: str

    @property
    def notification_id(self) -> str:
        """Which notification it is; empty for what is not one."""
        try:
            return str(json.loads(self.body)["id"])
        except (ValueError, KeyError, TypeError):
            return ""


def read_dead_letters(sqs: Any, url: str) -> list[DeadLetter]:
    """Every letter, hidden for a moment from who else reads, then handed back."""
    handles, letters = [], []
    while messages := sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_MAX_RECEIVE,
        MessageAttributeNames=["All"],
        VisibilityTimeout=120,
        WaitTimeSeconds=0,
    ).get("Messages"):
        for message in messages:
            handles.append(message["ReceiptHandle"])
            attribute = message.get("MessageAttributes", {}).get(REASON_ATTRIBUTE, {})
            letters.append(DeadLetter(message["Body"], attribute.get("StringValue", "")))
    for handle in handles:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    return letters
