"""Consumer of one queue, with slots of its own for messages in flight."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from email_sender.queue.inbox import Inbox, ReceivedMessage
from shared.backoff import Backoff
from shared.outage import Outage
from shared.sqs.errors import QueueUnavailableError
from shared.sqs.queue import MAX_RECEIVE

# Let messages gather between receives, so that one call takes several; not before a backlog, of which so many
# receives in a row tell that brought a whole batch, and not for whoever may take but a few.
_GATHER_SECONDS = 0.1
_BACKLOG_RECEIVES = 3
# When all slots are taken, wait this long for more than one to come free.
_LINGER_SECONDS = 0.05
_FIRST_PAUSE_SECONDS = 1.0
_MAX_PAUSE_SECONDS = 20.0

_log = structlog.get_logger()


class QueueConsumer:
    """Polls a queue and processes several of its messages at a time.

    Args:
        inbox: Where messages come from.
        handle: Deals with one message, from its receipt to its acknowledgement.
        release: Hands one back unread.
        slots: Maximum messages in flight; never more are received than can be started.
        permitted: Maximum that may be started at present; None if that never changes.
        jitter: A random number in [0, 1).

    Attributes:
        outage: Outage of the queue.
    """

    def __init__(  # noqa: PLR0913 - each is another part of the service
        self,
        inbox: Inbox,
        handle: Callable[[Inbox, ReceivedMessage], Awaitable[None]],
        release: Callable[[Inbox, ReceivedMessage], Awaitable[None]],
        *,
        slots: int,
        permitted: Callable[[], int] | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._inbox = inbox
        self._handle = handle
        self._release = release
        self._slots = slots
        self._permitted = permitted
        self._batch = min(MAX_RECEIVE, slots)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, jitter)
        self._room_changed = asyncio.Event()
        self._stop = asyncio.Event()
        self.outage = Outage("queue")

    @property
    def in_flight(self) -> int:
        """Number of messages in flight."""
        return len(self._in_flight)

    async def poll(self, stop: asyncio.Event) -> None:
        """Receive messages until told to stop; what still arrives then is released at once."""
        self._stop = stop
        in_a_row = 0
        while not stop.is_set():
            wanted = await self._free_slots()
            if stop.is_set():
                return
            if wanted <= 0:
                # Fewer are permitted than a moment ago.
                continue
            try:
                messages = await self._inbox.receive(wanted)
            except QueueUnavailableError as error:
                self.outage.note(str(error))
                await _unless(stop, self._backoff.next())
                continue
            self.outage.note(None)
            self._backoff.reset()
            work = self._release if stop.is_set() else self._handle
            for message in messages:
                self._start(work(self._inbox, message))
            brought_all = len(messages) >= wanted
            in_a_row = in_a_row + 1 if brought_all else 0
            if not brought_all or (wanted == self._batch and in_a_row < _BACKLOG_RECEIVES):
                await _unless(stop, _GATHER_SECONDS)

    def look_again(self) -> None:
        """Check again how many messages may be started: the number has changed, or the task stops."""
        self._room_changed.set()

    async def all_settled(self) -> None:
        """Wait until no message is in flight; acknowledgements do not wait for a full batch."""
        while self._in_flight:
            await asyncio.wait(self._in_flight, timeout=_LINGER_SECONDS)
            await self._inbox.flush()

    async def _free_slots(self) -> int:
        """Wait for a free slot, a little longer for half a batch, and return how many are free."""
        await self._wait_for_free(1)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_SECONDS):
                await self._wait_for_free((self._batch + 1) // 2)
        return min(self._batch, self._room())

    def _room(self) -> int:
        slots = self._slots if self._permitted is None else min(self._slots, self._permitted())
        return slots - len(self._in_flight)

    async def _wait_for_free(self, slots: int) -> None:
        while self._room() < slots and not self._stop.is_set():
            self._room_changed.clear()
            await self._room_changed.wait()

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._in_flight.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Future[None]) -> None:
        self._in_flight.discard(task)
        self._room_changed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            # The message returns by itself; one that breaks us must not take the others down with it.
            _log.error("message_broke_the_worker", exc_info=error)


async def _unless(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not once told to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
