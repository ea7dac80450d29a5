"""The dead-letter queue as the Email Sender fills it: at once, and with the reason."""

from itertools import islice
from typing import TYPE_CHECKING

from email_sender.inbox import ReceivedMessage
from email_sender.message_sender import MessageSender, without_reason
from shared.message import REASON_ATTRIBUTE

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

# What SQS takes with a message:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_MAX_ATTRIBUTES = 10


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
