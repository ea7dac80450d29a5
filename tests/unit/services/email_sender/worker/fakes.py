"""What a worker is given, made up."""

import asyncio

from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.retry_policy import Delete, Redeliver
from shared.sqs.errors import QueueUnavailableError


class FakeInbox:
    """A queue whose messages are numbers."""

    def __init__(self, messages: int = 0) -> None:
        self.waiting = [ReceivedMessage(f"{n}", f"{n}", 1, f"{n}") for n in range(messages)]
        self.asked: list[int] = []
        self.deleted: list[str] = []
        self.redelivered: list[tuple[str, int]] = []
        self.extended: list[str] = []
        self.failures = 0
        self.settling_fails = False
        self.new = asyncio.Event()
        self.polling = asyncio.Event()
        self.cancelled = False

    async def receive(self, max_messages):
        """Hand out up to `max_messages`; wait when there are none, as a long poll does."""
        self.asked.append(max_messages)
        if self.failures:
            self.failures -= 1
            raise QueueUnavailableError("down")
        if not self.waiting:
            self.polling.set()
            try:
                await self.new.wait()
            except asyncio.CancelledError:
                self.cancelled = True
                raise
        taken, self.waiting = self.waiting[:max_messages], self.waiting[max_messages:]
        return taken

    async def delete(self, message):
        """Note it."""
        if self.settling_fails:
            raise QueueUnavailableError("down")
        self.deleted.append(message.body)

    async def redeliver(self, message, after_seconds):
        """Note it."""
        self.redelivered.append((message.body, after_seconds))

    async def extend(self, message):
        """Note it."""
        self.extended.append(message.body)

    async def flush(self):
        """Nothing waits here."""


class FakeDelivery:
    """Sends when it may, and knows how many it had at once."""

    def __init__(self, action=None) -> None:
        self.action = action or Delete()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.given_up = asyncio.Event()
        self.in_flight = 0
        self.max_in_flight = 0
        self.error: Exception | None = None

    async def deliver(self, _):
        """One attempt."""
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        try:
            either = [asyncio.create_task(self.go_on.wait()), asyncio.create_task(self.given_up.wait())]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for waiting in either:
                waiting.cancel()
            if self.error is not None:
                raise self.error
            return Redeliver(0) if self.given_up.is_set() else self.action
        finally:
            self.in_flight -= 1

    def give_up(self):
        """Release everything."""
        self.given_up.set()


class FakeDeadLetters:
    """Keeps reasons."""

    def __init__(self) -> None:
        self.reasons = []

    async def put(self, _, reason):
        """Note it."""
        self.reasons.append(reason)

    async def flush(self):
        """Nothing waits here."""
