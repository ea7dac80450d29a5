"""A queue that dead letters go back to."""

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
_VALUES = ("StringValue", "BinaryValue", "DataType")


class ReturnQueue:
    """Takes letters as they were before they died.

    Args:
        client: SQS client.
        url: URL of the queue.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url
        self._letters = MicroBatcher(self._send_batch, _TOGETHER)

    async def put(self, letter: ReceivedMessage) -> None:
        """Send a letter's body and its attributes, without the reason; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm.
            EntryRefusedError: SQS refused it.
            EntryTooLargeError: It is larger than a message may be.
        """
        attributes = {
            name: {kind: value[kind] for kind in _VALUES if kind in value}
            for name, value in letter.attributes.items()
            if name != REASON_ATTRIBUTE
        }
        size = len(letter.body.encode()) + sum(
            len(str(part)) for name, value in attributes.items() for part in (name, *value.values())
        )
        await self._letters.put((letter.body, attributes), size)

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
