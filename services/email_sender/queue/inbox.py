"""Queue of the Email Sender: receives messages, extends, deletes and redelivers them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from shared.sqs.micro_batcher import BatchLimits, MicroBatcher
from shared.sqs.queue import Queue
from shared.trace import TRACEPARENT, TRACESTATE

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
LONG_POLL_SECONDS = 20

# A message waits for others before it is deleted: at tens of mails a second that makes one call out of
# several, and its visibility timeout is long enough not to care.
_SETTLE = BatchLimits(wait_seconds=0.12, calls=4)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message in flight.

    Attributes:
        message_id: SQS's own id.
        receipt_handle: Handle by which this receive is acknowledged.
        receive_count: How often SQS has handed it out, this time included.
        body: What the Notification API wrote.
        sent_at: When SQS took it, in seconds since the Unix epoch.
        attributes: Message attributes as SQS gives and takes them.
    """

    message_id: str
    receipt_handle: str
    receive_count: int
    body: str
    sent_at: float = 0.0
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def traceparent(self) -> str | None:
        """W3C trace context of the request that the message comes from, if it has one."""
        value: str | None = self.attributes.get(TRACEPARENT, {}).get("StringValue")
        return value

    @property
    def tracestate(self) -> str | None:
        """The trace's `tracestate` (W3C Trace Context); None without one."""
        value: str | None = self.attributes.get(TRACESTATE, {}).get("StringValue")
        return value


class Inbox:
    """Receives and acknowledges messages, in batches.

    Args:
        client: SQS client; must be willing to wait for a long poll.
        url: URL of the queue.
        visibility_timeout_seconds: How long SQS hides what was received.
        poll_seconds: How long SQS may wait for a message; whole seconds.
    """

    def __init__(
        self,
        client: "SQSClient",
        url: str,
        *,
        visibility_timeout_seconds: int,
        poll_seconds: int = LONG_POLL_SECONDS,
    ) -> None:
        self._queue = Queue(client, url)
        self._visibility_timeout_seconds = visibility_timeout_seconds
        self._poll_seconds = poll_seconds
        self._deletes = MicroBatcher(self._queue.delete, _SETTLE)
        self._changes = MicroBatcher(self._queue.change_visibility, _SETTLE)

    async def receive(self, max_messages: int) -> list[ReceivedMessage]:
        """Wait for messages and take up to `max_messages`, from 1 to 10.

        Raises:
            QueueUnavailableError: SQS did not answer, or did not like the question.
        """
        received = await self._queue.receive(
            max_messages,
            poll_seconds=self._poll_seconds,
            visibility_timeout_seconds=self._visibility_timeout_seconds,
        )
        # One that cannot be read is not taken: it comes back when its time is over.
        return [message for said in received if (message := _read(said)) is not None]

    async def delete(self, message: ReceivedMessage) -> None:
        """Take a message off the queue for good; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm: the message will come back.
            EntryRefusedError: SQS refused, e.g. because the receipt handle has expired.
        """
        await self._deletes.put(message.receipt_handle)

    async def redeliver(self, message: ReceivedMessage, after_seconds: int) -> None:
        """Have a message handed out again, to whoever asks; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm: it will come back when its time is over.
            EntryRefusedError: SQS refused, e.g. because the receipt handle has expired.
        """
        await self._changes.put((message.receipt_handle, after_seconds))

    async def extend(self, message: ReceivedMessage) -> None:
        """Hide a message in flight for one more visibility timeout; returns once SQS has confirmed.

        Raises:
            QueueUnavailableError: SQS did not confirm: others may get it before we are done.
            EntryRefusedError: SQS refused, e.g. because the receipt handle has expired.
        """
        await self._changes.put((message.receipt_handle, self._visibility_timeout_seconds))

    async def flush(self) -> None:
        """Settle at once what waits to be settled; returns when that is done."""
        await self._deletes.drain()
        await self._changes.drain()


def _read(said: Mapping[str, Any]) -> ReceivedMessage | None:
    """A message as SQS hands it out; None if something that every message has is missing."""
    try:
        return ReceivedMessage(
            message_id=said["MessageId"],
            receipt_handle=said["ReceiptHandle"],
            receive_count=int(said["Attributes"]["ApproximateReceiveCount"]),
            body=said["Body"],
            sent_at=int(said["Attributes"]["SentTimestamp"]) / 1000,
            attributes=said.get("MessageAttributes", {}),
        )
    except (KeyError, TypeError, ValueError) as error:
        _log.error("message_unreadable", reason=repr(error))
        return None
