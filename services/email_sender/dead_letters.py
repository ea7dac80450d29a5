"""The dead-letter queue as the Email Sender fills it: at once, and with the reason."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contract.message import REASON_ATTRIBUTE
from email_sender.inbox import ReceivedMessage
from sqs.batch_results import batch_results
from sqs.errors import QueueUnavailableError
from sqs.micro_batcher import BatchLimits, MicroBatcher

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_TOGETHER = BatchLimits(wait_seconds=0.05, calls=4)
# What SQS takes with a message:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_MOST_ATTRIBUTES = 10
_VALUES = ("StringValue", "BinaryValue", "DataType")


class DeadLetters:
    """Takes messages that can never be sent.

    SQS's own redrive would take them after maxReceiveCount visibility timeouts, and without a reason.

    Args:
        client: SQS client.
        url: URL of the dead-letter queue.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url
        self._letters = MicroBatcher(self._send_batch, _TOGETHER)

    async def put(self, message: ReceivedMessage, reason: str) -> None:
        """Keep a message's body and attributes with the reason; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm.
            EntryRefusedError: SQS refused it.
            EntryTooLargeError: With the reason it is larger than a message may be.
        """
        attributes = {
            name: {kind: value[kind] for kind in _VALUES if kind in value}
            for name, value in list(message.attributes.items())[: _MOST_ATTRIBUTES - 1]
            if name != REASON_ATTRIBUTE
        }
        attributes[REASON_ATTRIBUTE] = {"DataType": "String", "StringValue": reason}
        size = len(message.body.encode()) + sum(
            len(str(part)) for name, value in attributes.items() for part in (name, *value.values())
        )
        await self._letters.put((message.body, attributes), size)

    async def flush(self) -> None:
        """Send at once what waits for company; returns when that is done."""
        await self._letters.drain()

    async def _send_batch(self, letters: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Exception | None]:
        try:
            response = await self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(place), "MessageBody": body, "MessageAttributes": attributes}
                    for place, (body, attributes) in enumerate(letters)
                ],
            )
        except (BotoCoreError, ClientError) as error:
            raise QueueUnavailableError(str(error)) from error
        return batch_results(response, len(letters))
