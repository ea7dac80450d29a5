"""Micro-batcher: one call to SQS for the entries of many callers, which makes each cheap."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from shared.sqs.arrivals import Arrivals
from shared.sqs.errors import BatcherFullError, EntryTooLargeError, QueueUnavailableError, WithdrawnError

EntryT = TypeVar("EntryT")

# It is worth the wait if a second entry joins every other batch.
_GAPS_WAITED = 2.0
# In waits: longer gaps say nothing more, and would be remembered for longer.
_LONGEST_GAP = 10.0

SendBatch = Callable[[Sequence[EntryT]], Awaitable[Sequence[Exception | None]]]
"""Sends the entries in one call and returns, in their order, None or what became of each."""


@dataclass(frozen=True)
class BatchLimits:
    """Maximum size and delay of a batch.

    Attributes:
        entries: Maximum entries in one batch; SQS takes 10
            (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html).
        size: Maximum bytes in one batch. SQS takes 1 MiB, a queue at most what its MaximumMessageSize says of
            each message, which the queues here have at 256 KiB.
        wait_seconds: Maximum wait of an entry for others to join it.
        calls: Maximum calls in flight at once.
        capacity: Maximum entries waiting or in flight.
        patience_seconds: Maximum wait of an entry for its result; None for as long as it takes.
        eager: Whether an entry waits only while entries come so often that another is likely to join it.
    """

    entries: int = 10
    size: int = 256 * 1024
    wait_seconds: float = 0.005
    calls: int = 10
    capacity: int = 1000
    patience_seconds: float | None = None
    eager: bool = False


@dataclass(slots=True)
class _Waiting(Generic[EntryT]):
    entry: EntryT
    size: int
    settled: asyncio.Future[None]
    # On the loop's clock; entries that come later are due later.
    due: float = math.inf


class MicroBatcher(Generic[EntryT]):
    """Gathers entries into batches; every caller gets the result of its own entry.

    A batch leaves when it is full or when its first entry has waited long enough, which for an eager
    one is no time at all while nobody is expected. When all calls are in flight, entries wait and
    batches grow, so a slow queue gets fewer, larger calls.

    With limits that name a patience, no entry waits longer than that: one that has not left by then is
    withdrawn, and of one that is in flight its caller hears that it was not confirmed.

    Args:
        send: Sends one batch.
        limits: How large and how late a batch may be.
    """

    def __init__(self, send: SendBatch[EntryT], limits: BatchLimits) -> None:
        self._send = send
        self._limits = limits
        self._waiting: deque[_Waiting[EntryT]] = deque()
        self._waiting_size = 0
        self._held = 0
        self._timer: asyncio.TimerHandle | None = None
        self._impatience: asyncio.TimerHandle | None = None
        self._calls: dict[asyncio.Task[None], list[_Waiting[EntryT]]] = {}
        self._running = 0
        self._arrivals = Arrivals(_LONGEST_GAP * limits.wait_seconds) if limits.eager else None

    @property
    def held(self) -> int:
        """Number of entries waiting or in flight."""
        return self._held

    async def put(self, entry: EntryT, size: int = 0) -> None:
        """Have an entry sent with others and return once it is confirmed.

        A caller that is cancelled while its entry still waits takes the entry with it.

        Args:
            entry: What to send.
            size: Bytes that it adds to the batch.

        Raises:
            EntryTooLargeError: `size` is more than a batch may have.
            BatcherFullError: As many entries are held as may be.
            QueueUnavailableError: It was not confirmed in time; a `WithdrawnError` if it was not sent.
            Exception: What `send` returned for this entry, or raised.
        """
        await self.submit(entry, size)

    def submit(self, entry: EntryT, size: int = 0) -> asyncio.Future[None]:
        """Like `put`, with a future for the confirmation; whoever cancels it takes the entry back.

        Raises:
            EntryTooLargeError: `size` is more than a batch may have.
            BatcherFullError: As many entries are held as may be.
        """
        if size > self._limits.size:
            raise EntryTooLargeError(f"{size} bytes; at most {self._limits.size} fit")
        if self._held >= self._limits.capacity:
            raise BatcherFullError(f"{self._held} entries are waiting")
        loop = asyncio.get_running_loop()
        waiting = _Waiting(entry, size, loop.create_future())
        if self._arrivals is not None:
            self._arrivals.note(loop.time())
        if self._limits.patience_seconds is not None:
            waiting.due = loop.time() + self._limits.patience_seconds
            if self._impatience is None:
                self._impatience = loop.call_at(waiting.due, self._patience_is_over)
        self._waiting.append(waiting)
        self._waiting_size += size
        self._held += 1
        if len(self._waiting) == 1:
            self._timer = loop.call_later(self._gathering_seconds(), self._wait_is_over)
        if self._is_full():
            self._dispatch()
        return waiting.settled

    async def drain(self) -> None:
        """Send what is waiting at once and return when nothing is in flight."""
        self._wait_is_over()
        while self._calls:
            await asyncio.wait(self._calls)

    def _gathering_seconds(self) -> float:
        """How long the first entry of a batch waits for others; those of the same moment join it anyway."""
        longest = self._limits.wait_seconds
        if self._arrivals is None or self._arrivals.mean_gap <= _GAPS_WAITED * longest:
            return longest
        return 0.0

    def _is_full(self) -> bool:
        return len(self._waiting) >= self._limits.entries or self._waiting_size >= self._limits.size

    def _wait_is_over(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._dispatch()

    def _patience_is_over(self) -> None:
        """Settle every entry that is due, and be back when the next one is.

        One timer for all entries, however many: it is set anew once in the time that one may wait.
        """
        loop = asyncio.get_running_loop()
        now = loop.time()
        while self._waiting and (self._waiting[0].due <= now or self._waiting[0].settled.done()):
            overdue = self._remove_first()
            self._held -= 1
            if not overdue.settled.done():
                overdue.settled.set_exception(WithdrawnError("the entry could not be sent in time"))
        for batch in self._calls.values():
            for sent in batch:
                if sent.due <= now and not sent.settled.done():
                    sent.settled.set_exception(QueueUnavailableError("no answer in time"))
        next_due = min((entry.due for entry in self._unsettled()), default=None)
        self._impatience = None if next_due is None else loop.call_at(next_due, self._patience_is_over)
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _unsettled(self) -> Iterator[_Waiting[EntryT]]:
        """The first entry that waits, and all that are in flight without a result."""
        yield from islice(self._waiting, 1)
        for batch in self._calls.values():
            yield from (entry for entry in batch if not entry.settled.done())

    def _remove_first(self) -> _Waiting[EntryT]:
        first = self._waiting.popleft()
        self._waiting_size -= first.size
        return first

    def _dispatch(self) -> None:
        """Start calls while there are free ones and a batch is full or overdue."""
        while self._waiting and self._running < self._limits.calls:
            if self._timer is not None and not self._is_full():
                return
            batch = self._take()
            if batch:
                self._running += 1
                task = asyncio.get_running_loop().create_task(self._call(batch))
                self._calls[task] = batch
                task.add_done_callback(self._calls.pop)
        if not self._waiting and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _take(self) -> list[_Waiting[EntryT]]:
        """The next batch, in order; empty if nobody waits for any of it any more."""
        batch: list[_Waiting[EntryT]] = []
        size = 0
        while self._waiting and len(batch) < self._limits.entries:
            first = self._waiting[0]
            if batch and size + first.size > self._limits.size:
                break
            self._remove_first()
            if first.settled.cancelled():
                self._held -= 1
                continue
            batch.append(first)
            size += first.size
        return batch

    async def _call(self, batch: list[_Waiting[EntryT]]) -> None:
        results: Sequence[BaseException | None]
        try:
            results = await self._send([waiting.entry for waiting in batch])
            if len(results) != len(batch):
                results = [RuntimeError(f"{len(results)} results for {len(batch)} entries")] * len(batch)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, no caller may wait for ever
            results = [error] * len(batch)
        finally:
            self._held -= len(batch)
            self._running -= 1
        for waiting, result in zip(batch, results, strict=True):
            if waiting.settled.done():
                continue
            if result is None:
                waiting.settled.set_result(None)
            else:
                waiting.settled.set_exception(result)
        self._dispatch()
