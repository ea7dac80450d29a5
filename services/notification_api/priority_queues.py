"""Queues of the Notification API, one for each priority."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from notification_api.notification_queue import QueuedMessage
from shared.message import Priority
from shared.sqs.micro_batcher import BatchLimits, MicroBatcher


class Queue(Protocol):
    """A queue, as far as messages are sent to it."""

    async def send(self, messages: Sequence[QueuedMessage], /) -> Sequence[Exception | None]:
        """Send one batch and say what became of each message, in order."""

    async def check(self) -> str | None:
        """Reason why messages would not be confirmed now, or None."""


class PriorityQueues:
    """Gathers messages into batches, of each priority for itself.

    Args:
        normal: Queue of what has normal priority.
        high: Queue of what has high priority; that of normal priority takes both if there is none.
        limits: Of the batches, for each queue.
    """

    def __init__(self, normal: Queue, high: Queue | None, limits: BatchLimits) -> None:
        self._queues = [normal] if high is None else [normal, high]
        self._batchers = [MicroBatcher(queue.send, limits) for queue in self._queues]
        self._of: dict[Priority, MicroBatcher[QueuedMessage]] = {
            "normal": self._batchers[0],
            "high": self._batchers[-1],
        }

    @property
    def held(self) -> int:
        """Number of messages waiting or in flight."""
        return sum(batcher.held for batcher in self._batchers)

    def submit(self, message: QueuedMessage, priority: Priority) -> asyncio.Future[None]:
        """Submit a message for the next batch; the result is done once SQS has confirmed it.

        Raises:
            EntryTooLargeError: No batch can take it.
            BatcherFullError: As many messages are waiting as may.
        """
        return self._of[priority].submit(message, message.size)

    async def check(self) -> str | None:
        """Reason why messages would not be confirmed now, or None."""
        for queue in self._queues:
            reason = await queue.check()
            if reason is not None:
                return reason
        return None

    async def drain(self) -> None:
        """Send what is waiting at once and return when nothing is in flight."""
        await asyncio.gather(*(batcher.drain() for batcher in self._batchers))
