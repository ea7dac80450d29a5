"""Worker: processes a number of messages at once, from one queue or two, until told to stop."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

import structlog

from email_sender.queue.acknowledgement import DeadLetterCount, acknowledge
from email_sender.queue.consumer import QueueConsumer
from email_sender.queue.dead_letters import DeadLetters
from email_sender.queue.heartbeat import Heartbeat
from email_sender.queue.inbox import Inbox, ReceivedMessage
from email_sender.sending.gate import Gate
from email_sender.sending.retry_policy import Action, Redeliver, after_defect

# A receive under way at SIGTERM may bring messages that are already on their way to us.
_LAST_RECEIVE_SECONDS = 2.0
# What is left of stopTimeout after SHUTDOWN_TIMEOUT_SECONDS goes to acknowledging messages.
_RELEASE_SECONDS = 3.0
# Part of the slots that only the high priority's queue may fill.
_HIGH_SHARE = 4

_log = structlog.get_logger()


class Handles(Protocol):
    """Deals with messages, up to what their queue is told of them."""

    async def deliver(self, received: ReceivedMessage) -> Action:
        """Process one message; returns the action that is left to do on its queue."""

    def give_up(self) -> None:
        """End deliveries under way, as far as that is possible."""


class Worker:
    """Receives messages, has each one delivered, and acknowledges it.

    Each queue has slots of its own, so that a backlog of normal priority never delays high priority.

    Args:
        inbox: Where messages come from.
        delivery: Deals with them.
        dead_letters: Takes what can never be sent.
        heartbeat: Keeps hidden what is in flight.
        observations: Takes what is measured.
        concurrency: Maximum messages in flight, of both queues together.
        high: Where messages of high priority come from; None if there is no such queue.
        gate: Says how many messages may be processed at present; None for as many as there are slots.
    """

    def __init__(  # noqa: PLR0913 - each is another part of the service
        self,
        inbox: Inbox,
        delivery: Handles,
        dead_letters: DeadLetters,
        heartbeat: Heartbeat,
        observations: DeadLetterCount,
        *,
        concurrency: int,
        high: Inbox | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._delivery = delivery
        self._dead_letters = dead_letters
        self._heartbeat = heartbeat
        self._observations = observations
        reserved = 0 if high is None else max(1, concurrency // _HIGH_SHARE)
        self._gate = gate
        self._consumers = [self._consumer(inbox, concurrency - reserved)]
        if high is not None:
            self._consumers.append(self._consumer(high, reserved))

    @property
    def last_error(self) -> str | None:
        """Reason why the last receive of a queue failed, or None if none did."""
        errors = (consumer.outage.last_error for consumer in self._consumers)
        return next((error for error in errors if error is not None), None)

    @property
    def provider_error(self) -> str | None:
        """Reason why the mail provider takes no mail; None if it does, or if this worker sends none."""
        return None if self._gate is None else self._gate.last_error

    @property
    def in_flight(self) -> int:
        """Number of messages in flight."""
        return sum(consumer.in_flight for consumer in self._consumers)

    async def run(self, stop: asyncio.Event, *, shutdown_seconds: float) -> None:
        """Work until told to stop, then finish what is in flight, or release it when time is up.

        A receive that is under way when the stop comes is waited for a moment, and what it brings is
        released at once. Then it is cancelled: an idle task would otherwise take a whole long poll to
        stop. Should SQS still hand out messages to the closed connection, they come back when their
        visibility timeout is over: later, but not lost.

        Raises:
            Exception: A defect: a queue can be polled no more. What is in flight is finished first.
        """
        polls = [asyncio.create_task(consumer.poll(stop)) for consumer in self._consumers]
        helping = [asyncio.create_task(self._heartbeat.run())]
        if self._gate is not None:
            helping.append(asyncio.create_task(self._gate.run()))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({*polls, *helping, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for consumer in self._consumers:
                consumer.look_again()
            await self._finish(polls, shutdown_seconds, _LAST_RECEIVE_SECONDS if stop.is_set() else 0)
        finally:
            stopping.cancel()
            broken = [task for task in (*polls, *helping) if task.done() and not task.cancelled()]
            for task in helping:
                task.cancel()
        for task in broken:
            await task

    async def _finish(
        self, polls: Sequence[asyncio.Task[None]], shutdown_seconds: float, last_receive_seconds: float
    ) -> None:
        try:
            async with asyncio.timeout(shutdown_seconds):
                await asyncio.wait(polls, timeout=last_receive_seconds)
                await _cancel(polls)
                await self._all_settled()
        except TimeoutError:
            await _cancel(polls)
            _log.warning("shutdown_timeout", released=self.in_flight)
            self._delivery.give_up()
        with suppress(TimeoutError):
            async with asyncio.timeout(_RELEASE_SECONDS):
                await self._all_settled()

    async def _handle(self, inbox: Inbox, message: ReceivedMessage) -> None:
        self._heartbeat.hold(inbox, message)
        try:
            action = await self._delivery.deliver(message)
        except Exception as error:  # noqa: BLE001 - one that breaks us must not take the others down with it
            _log.error("message_broke_the_worker", exc_info=error)
            action = after_defect(type(error).__name__, message.receive_count)
        finally:
            self._heartbeat.release(message)
        await acknowledge(inbox, self._dead_letters, message, action, self._observations)

    def _consumer(self, inbox: Inbox, slots: int) -> QueueConsumer:
        gate = self._gate
        if gate is None:
            return QueueConsumer(inbox, self._handle, self._release, slots=slots)
        consumer = QueueConsumer(
            inbox, self._handle, self._release, slots=slots, permitted=lambda: gate.permitted
        )
        gate.tell(consumer.look_again)
        return consumer

    async def _release(self, inbox: Inbox, message: ReceivedMessage) -> None:
        await acknowledge(inbox, self._dead_letters, message, Redeliver(0), self._observations)

    async def _all_settled(self) -> None:
        while self.in_flight:
            await asyncio.gather(
                self._dead_letters.flush(), *(consumer.all_settled() for consumer in self._consumers)
            )


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
