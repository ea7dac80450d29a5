"""A queue that dead letters go back to."""

from typing import TYPE_CHECKING

from email_sender.inbox import ReceivedMessage
from email_sender.message_sender import MessageSender, without_reason

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient


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
