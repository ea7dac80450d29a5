"""Keeps messages in flight hidden from other receivers for as long as they are in flight."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from email_sender.queue.inbox import ReceivedMessage
from shared.sqs.errors import EntryRefusedError, QueueUnavailableError

_log = structlog.get_logger()


class Extends(Protocol):
    """A queue whose messages can be hidden for longer."""

    async def extend(self, message: ReceivedMessage) -> None:
        """Hide a message for one more visibility timeout."""


@dataclass(slots=True)
class _Held:
    inbox: Extends
    message: ReceivedMessage
    due: float


class Heartbeat:
    """Extends the visibility timeout of messages in flight once half of it is over.

    Most messages are acknowledged long before; one that waits for the send rate or for the ledger is not.

    Args:
        visibility_timeout_seconds: How long SQS hides a message.
        now: Seconds on a clock that only goes forward.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        visibility_timeout_seconds: float,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._half = visibility_timeout_seconds / 2
        self._now = now
        self._sleep = sleep
        # In the order in which they are due: what is put in again goes to the end.
        self._held: dict[str, _Held] = {}

    def hold(self, inbox: Extends, message: ReceivedMessage) -> None:
        """Begin to extend a message that was received just now."""
        self._held[message.receipt_handle] = _Held(inbox, message, self._now() + self._half)

    def release(self, message: ReceivedMessage) -> None:
        """Extend a message no more: it is about to be deleted or handed back."""
        self._held.pop(message.receipt_handle, None)

    async def run(self) -> None:
        """Extend messages at an interval until cancelled."""
        while True:
            first = next(iter(self._held.values()), None)
            await self._sleep(self._half if first is None else max(first.due - self._now(), 0.0))
            await self.beat()

    async def beat(self) -> None:
        """Extend everything that is due."""
        now = self._now()
        due = [held for held in self._held.values() if held.due <= now]
        for held in due:
            del self._held[held.message.receipt_handle]
            self._held[held.message.receipt_handle] = _Held(held.inbox, held.message, now + self._half)
        results = await asyncio.gather(
            *(held.inbox.extend(held.message) for held in due), return_exceptions=True
        )
        failures = [result for result in results if isinstance(result, BaseException)]
        for failure in failures:
            if not isinstance(failure, QueueUnavailableError | EntryRefusedError):
                raise failure
        if failures:
            _log.warning("visibility_not_extended", messages=len(failures), reason=str(failures[0]))
