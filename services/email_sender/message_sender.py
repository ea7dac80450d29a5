"""Messages that come from one queue and go to another, as they were."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.message import REASON_ATTRIBUTE
from shared.sqs.micro_batcher import BatchLimits, MicroBatcher
from shared.sqs.queue import Queue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_TOGETHER = BatchLimits(wait_seconds=0.05, calls=4)
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
