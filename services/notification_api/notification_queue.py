"""Queue of the Notification API: confirms messages, or says why not."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from shared.metrics import Metrics
from shared.outage import Outage
from shared.sqs.errors import QueueUnavailableError
from shared.sqs.queue import Queue, reason_of
from shared.trace import TRACEPARENT, TRACESTATE

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import MessageAttributeValueTypeDef

_STRING = "String"
# The same for every message: a traceparent has always 55 characters. Names, types and values count:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_ATTRIBUTE_BYTES = len(TRACEPARENT) + len(_STRING) + 55
_STATE_BYTES = len(TRACESTATE) + len(_STRING)


class QueuedMessage(NamedTuple):
    """A message on its way to the queue.

    Attributes:
        body: A `NotificationMessage` as JSON, in UTF-8.
        traceparent: The trace that it belongs to; goes as a message attribute.
        tracestate: What others keep in that trace; goes as another, if there is anything.
    """

    body: bytes
    traceparent: str
    tracestate: str = ""

    @property
    def size(self) -> int:
        """Bytes as SQS counts them."""
        state = self.tracestate
        return len(self.body) + _ATTRIBUTE_BYTES + (_STATE_BYTES + len(state) if state else 0)

    @property
    def attributes(self) -> "dict[str, MessageAttributeValueTypeDef]":
        """Message attributes as SQS takes them."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            TRACEPARENT: {"DataType": _STRING, "StringValue": self.traceparent}
        }
        if self.tracestate:
            attributes[TRACESTATE] = {"DataType": _STRING, "StringValue": self.tracestate}
        return attributes


class NotificationQueue:
    """Sends batches of messages.

    Args:
        client: SQS client.
        name: Its name.
        url: Its URL.
        metrics: Takes how large batches are.

    Attributes:
        outage: Outage of the queue.
    """

    def __init__(self, client: "SQSClient", *, name: str, url: str, metrics: Metrics) -> None:
        self._client = client
        self._name = name
        self._queue = Queue(client, url)
        self._metrics = metrics
        self.outage = Outage("queue", queue=name)

    async def send(self, messages: Sequence[QueuedMessage]) -> list[Exception | None]:
        """Send one batch and say what became of each message, in order.

        Raises:
            QueueUnavailableError: Nothing was confirmed.
        """
        self._metrics.observe("QueueBatchSize", len(messages), "Count")
        try:
            # The client takes text in UTF-8 as it is, which saves a copy to and fro.
            results = await self._queue.send([(message.body, message.attributes) for message in messages])
        except QueueUnavailableError as error:
            self.outage.note(str(error))
            raise
        unavailable = [str(result) for result in results if isinstance(result, QueueUnavailableError)]
        self.outage.note(unavailable[0] if unavailable else None)
        return results

    async def check(self) -> str | None:
        """Reason why messages would not be confirmed now, or None.

        After a confirmed batch that is known; after an unconfirmed one the queue is asked, since a task
        that gets no requests would never find out otherwise.
        """
        if self.outage.last_error is not None:
            try:
                await self._client.get_queue_url(QueueName=self._name)
            except Exception as error:  # noqa: BLE001 - the answer to whether all is well is no, then
                return reason_of(error)
            self.outage.note(None)
        return None
