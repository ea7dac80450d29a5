"""Dead letters: put on their queue at once and with the reason, and sent back from it as they were."""

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from email_sender.queue.inbox import ReceivedMessage
from shared.message import REASON_ATTRIBUTE
from shared.sqs.micro_batcher import BatchLimits, MicroBatcher
from shared.sqs.queue import Queue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_TOGETHER = BatchLimits(wait_seconds=0.05, calls=4)
# What SQS takes with a message:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_MAX_ATTRIBUTES = 10
_VALUES = ("StringValue", "BinaryValue", "DataType")


class MessageSender:
    """Sends messages to a queue, several in one call where they come together.

    Args:
        client: SQS client.
        url: URL of the queue.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._messages = MicroBatcher(Queue(client, url).send, _TOGETHER)

    async def send(self, body: str, attributes: Mapping[str, Mapping[str, Any]]) -> None:
        """Send a message; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm.
            EntryRefusedError: SQS refused it.
            EntryTooLargeError: It is larger than a message may be.
        """
        size = len(body.encode()) + sum(
            len(str(part)) for name, value in attributes.items() for part in (name, *value.values())
        )
        await self._messages.put((body, attributes), size)

    async def flush(self) -> None:
        """Send at once what waits for company; returns when that is done."""
        await self._messages.drain()


def without_reason(attributes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """A received message's attributes as SQS takes them back, less why it became a dead letter."""
    return {
        name: {kind: value[kind] for kind in _VALUES if kind in value}
        for name, value in attributes.items()
        if name != REASON_ATTRIBUTE
    }


class DeadLetters:
    """Takes messages that can never be sent.

    SQS's own redrive would take them after maxReceiveCount visibility timeouts, and without a reason.

    Args:
        client: SQS client.
        url: URL of the dead-letter queue.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._sender = MessageSender(client, url)

    async def put(self, message: ReceivedMessage, reason: str) -> None:
        """Keep a message's body and attributes with the reason; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm.
            EntryRefusedError: SQS refused it.
            EntryTooLargeError: With the reason it is larger than a message may be.
        """
        kept = dict(islice(message.attributes.items(), _MAX_ATTRIBUTES - 1))
        attributes = without_reason(kept)
        attributes[REASON_ATTRIBUTE] = {"DataType": "String", "StringValue": reason}
        await self._sender.send(message.body, attributes)

    async def flush(self) -> None:
        """Send at once what waits for company; returns when that is done."""
        await self._sender.flush()


class ReturnQueue:
    """Sends letters as they were before they became dead letters.

    Args:
        client: SQS client.
        url: URL of the queue.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._sender = MessageSender(client, url)

    async def put(self, letter: ReceivedMessage) -> None:
        """Send a letter's body and its attributes, without the reason; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm.
            EntryRefusedError: SQS refused it.
            EntryTooLargeError: It is larger than a message may be.
        """
        await self._sender.send(letter.body, without_reason(letter.attributes))
