"""Keeps up to a number of messages in hand, until told to stop."""

import asyncio
import random
from collections.abc import Awaitable
from contextlib import suppress

import structlog

from email_sender.delivery import Delivery
from email_sender.inbox import LARGEST_RECEIVE, Inbox, ReceivedMessage
from email_sender.outcome import Outcome
from email_sender.retry_policy import Delete, Redeliver, settle
from sqs.errors import EntryRefusedError, QueueUnavailableError

# After a receive that brought less than asked for, let messages gather: one call for several.
_GATHER_SECONDS = 0.1
# When hands are full, wait this long for more than one to come free.
_LINGER_SECONDS = 0.05
_PAUSE_SECONDS = 1.0
# A receive under way at SIGTERM may bring messages that are already on their way to us.
_LAST_RECEIVE_SECONDS = 2.0
# What is left of stopTimeout after SHUTDOWN_TIMEOUT_SECONDS goes to letting go of messages.
_RELEASE_SECONDS = 3.0

_log = structlog.get_logger()


class Worker:
    """Polls, delivers, settles.

    Args:
        inbox: Where messages come from.
        delivery: Sends them.
        concurrency: Most messages in hand; never more are received than can be started.

    Attributes:
        trouble: Why the last receive failed, or None if it did not.
    """

    def __init__(self, inbox: Inbox, delivery: Delivery, *, concurrency: int) -> None:
        self._inbox = inbox
        self._delivery = delivery
        self._concurrency = concurrency
        self._batch = min(LARGEST_RECEIVE, concurrency)
        self._in_hand: set[asyncio.Task[None]] = set()
        self._one_settled = asyncio.Event()
        self.trouble: str | None = None

    async def run(self, stop: asyncio.Event, *, shutdown_seconds: float) -> None:
        """Work until told to stop, then finish what is in hand, or release it when time is up.

        A receive that is under way when the stop comes is waited for a moment, and what it brings is
        released at once. Then it is cancelled: an idle task would otherwise take a whole long poll to
        stop. Should SQS still hand out messages to the closed connection, they come back when their
        visibility timeout is over: later, but not lost.
        """
        polling = asyncio.create_task(self._poll(stop))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        try:
            async with asyncio.timeout(shutdown_seconds if stop.is_set() else None):
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LAST_RECEIVE_SECONDS):
                        await polling
                await self._all_settled()
        except TimeoutError:
            _log.warning("shutdown_timeout", released=len(self._in_hand))
            self._delivery.give_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(_RELEASE_SECONDS):
                await self._all_settled()

    async def _poll(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            wanted = await self._free_hands()
            if stop.is_set():
                return
            try:
                messages = await self._inbox.receive(wanted)
            except QueueUnavailableError as error:
                self._note(str(error))
                await _unless(stop, _PAUSE_SECONDS)
                continue
            self._note(None)
            for message in messages:
                self._take_in_hand(self._release(message) if stop.is_set() else self._handle(message))
            if len(messages) < wanted:
                await _unless(stop, _GATHER_SECONDS)

    async def _free_hands(self) -> int:
        """Wait until something can be taken in hand, a little longer for half a batch, and say how much."""
        await self._wait_for_free(1)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                await self._wait_for_free((self._batch + 1) // 2)
        return min(self._batch, self._concurrency - len(self._in_hand))

    async def _wait_for_free(self, hands: int) -> None:
        while self._concurrency - len(self._in_hand) < hands:
            self._one_settled.clear()
            await self._one_settled.wait()

    def _take_in_hand(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._in_hand.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[None]) -> None:
        self._in_hand.discard(task)
        self._one_settled.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # The message returns by itself; one that breaks us must not take the others down with it.
            _log.error("message_broke_the_worker", exc_info=error)

    async def _handle(self, message: ReceivedMessage) -> None:
        await self._settle(message, await self._delivery.deliver(message))

    async def _release(self, message: ReceivedMessage) -> None:
        await self._settle(message, Outcome.RELEASED)

    async def _settle(self, message: ReceivedMessage, outcome: Outcome) -> None:
        try:
            match settle(outcome, message.receive_count, random.random):
                case Delete():
                    await self._inbox.delete(message)
                case Redeliver(after_seconds=seconds):
                    await self._inbox.redeliver(message, seconds)
        except (QueueUnavailableError, EntryRefusedError) as error:
            _log.warning(
                "message_not_settled", message_id=message.message_id, outcome=outcome.name, reason=str(error)
            )

    async def _all_settled(self) -> None:
        while self._in_hand:
            await asyncio.wait(self._in_hand, timeout=_LINGER_SECONDS)
            await self._inbox.flush()

    def _note(self, trouble: str | None) -> None:
        """Log changes only: an outage is one line, not one a poll."""
        if trouble is not None and self.trouble is None:
            _log.error("queue_unavailable", reason=trouble)
        elif trouble is None and self.trouble is not None:
            _log.info("queue_available")
        self.trouble = trouble


async def _unless(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not once told to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
