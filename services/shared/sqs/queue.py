"""One SQS queue: receives, and batch calls that say what became of each entry."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared.sqs.batch_results import batch_results
from shared.sqs.errors import QueueUnavailableError

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

MAX_RECEIVE = 10
"""Messages of one receive at most
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html)."""

T = TypeVar("T")


class Queue:
    """A queue, as everything here speaks to it; ten entries fit into one batch call.

    Args:
        client: SQS client; must be willing to wait for a long poll if it receives.
        url: URL of the queue.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    async def receive(
        self, max_messages: int, *, poll_seconds: int, visibility_timeout_seconds: int
    ) -> Sequence[Mapping[str, Any]]:
        """Messages as SQS hands them out, with all attributes, receive count and time of sending.

        Args:
            max_messages: From 1 to 10.
            poll_seconds: How long SQS may wait for a message; whole seconds.
            visibility_timeout_seconds: How long SQS hides what it hands out.

        Raises:
            QueueUnavailableError: SQS did not answer, or did not like the question.
        """
        response = await _answered(
            self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=max_messages,
                WaitTimeSeconds=poll_seconds,
                VisibilityTimeout=visibility_timeout_seconds,
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                MessageAttributeNames=["All"],
            )
        )
        return response.get("Messages") or ()

    async def send(self, messages: Sequence[tuple[str | bytes, Mapping[str, Any]]]) -> list[Exception | None]:
        """Send one batch; what became of each message, in order.

        Args:
            messages: Bodies, as text or in UTF-8, and message attributes.

        Raises:
            QueueUnavailableError: Nothing was confirmed.
        """
        entries: Any = [
            {"Id": str(place), "MessageBody": body, "MessageAttributes": attributes}
            for place, (body, attributes) in enumerate(messages)
        ]
        return _results(
            await _answered(self._client.send_message_batch(QueueUrl=self._url, Entries=entries)), messages
        )

    async def delete(self, receipt_handles: Sequence[str]) -> list[Exception | None]:
        """Delete one batch; what became of each message, in order.

        Raises:
            QueueUnavailableError: Nothing was confirmed.
        """
        entries: Any = [
            {"Id": str(place), "ReceiptHandle": handle} for place, handle in enumerate(receipt_handles)
        ]
        return _results(
            await _answered(self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)),
            receipt_handles,
        )

    async def change_visibility(self, changes: Sequence[tuple[str, int]]) -> list[Exception | None]:
        """Change when the messages of one batch are handed out again; what became of each, in order.

        Args:
            changes: Receipt handles, and the visibility timeout of each from now, in whole seconds.

        Raises:
            QueueUnavailableError: Nothing was confirmed.
        """
        entries: Any = [
            {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
            for place, (handle, seconds) in enumerate(changes)
        ]
        return _results(
            await _answered(
                self._client.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)
            ),
            changes,
        )


def reason_of(error: Exception) -> str:
    """Reason why a call failed: what botocore says, or the kind of an error that nobody thought of."""
    known = isinstance(error, BotoCoreError | ClientError)
    return str(error) if known else f"unexpected {type(error).__name__}"


async def _answered(call: Awaitable[T]) -> T:
    try:
        return await call
    except Exception as error:
        # Also what nobody thought of leaves open what became of the entries.
        raise QueueUnavailableError(reason_of(error)) from error


def _results(response: Any, entries: Sequence[object]) -> list[Exception | None]:
    try:
        return batch_results(response, len(entries))
    except Exception as error:
        raise QueueUnavailableError(reason_of(error)) from error
