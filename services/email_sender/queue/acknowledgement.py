"""Acknowledges a message: deletes it, has it redelivered, or moves it to the dead-letter queue."""

from typing import Protocol

import structlog

from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.retry_policy import Action, DeadLetter, Delete, Leave, Redeliver
from shared.sqs.errors import BatcherFullError, EntryRefusedError, EntryTooLargeError, QueueUnavailableError

_log = structlog.get_logger()


class Source(Protocol):
    """The queue that a message came from."""

    async def delete(self, message: ReceivedMessage) -> None:
        """Delete a message."""

    async def redeliver(self, message: ReceivedMessage, after_seconds: int) -> None:
        """Have a message handed out again."""


class DeadLetterQueue(Protocol):
    """Queue for messages that can never be sent."""

    async def put(self, message: ReceivedMessage, reason: str) -> None:
        """Put a message on the queue, with the reason."""


class DeadLetterCount(Protocol):
    """Counts dead letters."""

    def dead_letter(self) -> None:
        """Count a message that the dead-letter queue has confirmed."""


async def acknowledge(
    source: Source,
    dead_letters: DeadLetterQueue,
    message: ReceivedMessage,
    action: Action,
    observations: DeadLetterCount,
) -> None:
    """Acknowledge a message; if SQS does not confirm, that is logged and the message comes back.

    A dead letter is confirmed before the message is deleted: whoever dies in between leaves two of it,
    never none.
    """
    try:
        match action:
            case Delete():
                await source.delete(message)
            case Redeliver(after_seconds=seconds):
                await source.redeliver(message, seconds)
            case DeadLetter(reason=reason):
                await dead_letters.put(message, reason)
                observations.dead_letter()
                await source.delete(message)
            case Leave():
                pass
    except (QueueUnavailableError, EntryRefusedError, EntryTooLargeError, BatcherFullError) as error:
        _log.warning(
            "message_not_settled",
            message_id=message.message_id,
            action=type(action).__name__,
            reason=str(error),
        )
