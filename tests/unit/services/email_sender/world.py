"""A queue, a ledger and a provider in memory, and workers that do one step of the real code at a time."""

import asyncio
from collections import Counter, defaultdict
from datetime import UTC, datetime

from email_sender.ledger import LeasePolicy, Ledger, LedgerItem, LedgerUnavailableError, VersionChangedError
from email_sender.providers.protocol import (
    PermanentError,
    ThrottledError,
    TransientError,
    UnavailableError,
    UncertainError,
)
from email_sender.queue.acknowledgement import acknowledge
from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.delivery import Delivery, DeliverySettings
from shared.message import NotificationMessage
from shared.sqs.errors import QueueUnavailableError

VISIBILITY_SECONDS = 30
SEND_SECONDS = 5
MAX_ATTEMPTS = 3
MAX_AGE_SECONDS = 3600

FATES = {
    "ledger": ("refused", "done without an answer"),
    "provider": (
        "unavailable",
        "throttled",
        "transient",
        "permanent",
        "taken without an answer",
        "not taken without an answer",
    ),
    "queue": ("refused",),
    "confirmed": (),
}
"""Where a worker stops before it goes on, and what may happen there beside `well`."""


class Process:
    """One worker with one message in flight; it stops before and after every step that others can see."""

    def __init__(self, world, received: ReceivedMessage) -> None:
        self._world = world
        self._waiting: asyncio.Future | None = None
        self.place = ""
        ledger = Ledger(
            Table(world, self),
            LeasePolicy(VISIBILITY_SECONDS, 10**6, world.resend, MAX_ATTEMPTS),
            now=world.now,
            sleep=self._sleep,
        )
        settings = DeliverySettings("us@example.com", SEND_SECONDS, MAX_ATTEMPTS, MAX_AGE_SECONDS)
        self._delivery = Delivery(
            Provider(world, self), ledger, settings, Unobserved(), now=world.now, jitter=lambda: 0.5
        )
        self._task = world.loop.create_task(self._handle(received))

    @property
    def is_done(self) -> bool:
        """Whether it has acknowledged its message."""
        return self._task.done()

    @property
    def is_waiting(self) -> bool:
        """Whether it goes no further by itself."""
        return self.is_done or (self._waiting is not None and not self._waiting.done())

    def step(self, fate: str) -> None:
        """Let it do the next thing, with this fate."""
        self._waiting.set_result(fate)
        self._world.settle_down()
        if self.is_done:
            self._task.result()

    def give_up(self) -> None:
        """Its time after SIGTERM is over."""
        self._world.loop.call_soon(self._delivery.give_up)
        self._world.settle_down()

    def crash(self) -> None:
        """It dies where it is."""
        self._task.cancel()
        self._world.settle_down()

    def go_to(self, place: str) -> None:
        """Let all go well until it stops at this place, or is done."""
        while not self.is_done and self.place != place:
            self.step("well")

    async def gate(self, place: str) -> str:
        """Stop here until the next step; its fate."""
        self.place = place
        self._waiting = self._world.loop.create_future()
        try:
            return await self._waiting
        finally:
            self._waiting = None

    async def _sleep(self, _: float) -> None:
        await self.gate("confirmed")

    async def _handle(self, received: ReceivedMessage) -> None:
        action = await self._delivery.deliver(received)
        queue = Queue(self._world, self)
        await acknowledge(queue, queue, received, action, Unobserved())


class Table:
    """The ledger's table as one process sees it."""

    def __init__(self, world, process: Process) -> None:
        self._world = world
        self._process = process

    async def read(self, notification_id: str, *, consistent: bool = True) -> LedgerItem | None:
        """Read, or not."""
        del consistent
        if await self._process.gate("ledger") == "refused":
            raise LedgerUnavailableError("throttled")
        return self._world.items.get(notification_id)

    async def write(self, item: LedgerItem) -> None:
        """Compare and swap; the confirmation may be lost."""
        fate = await self._process.gate("ledger")
        if fate == "refused":
            raise LedgerUnavailableError("throttled")
        current = self._world.items.get(item.notification_id)
        if item.version != (1 if current is None else current.version + 1):
            raise VersionChangedError(current)
        self._world.items[item.notification_id] = item
        if fate == "done without an answer":
            raise LedgerUnavailableError("timeout")
        await self._process.gate("confirmed")


class Provider:
    """The provider as one process sees it."""

    def __init__(self, world, process: Process) -> None:
        self._world = world
        self._process = process

    async def send(self, mail, handover) -> None:
        """Take the mail, or not, and say so, or not."""
        fate = await self._process.gate("provider")
        refusals = {
            "unavailable": UnavailableError,
            "throttled": ThrottledError,
            "transient": TransientError,
            "permanent": PermanentError,
        }
        if fate in refusals:
            raise refusals[fate](fate)
        handover.begun = True
        if fate != "not taken without an answer":
            self._world.taken[mail.notification_id].append(mail.body)
        if fate.endswith("without an answer"):
            raise UncertainError(fate)
        await self._process.gate("confirmed")

    async def close(self) -> None:
        """Nothing to do."""


class Queue:
    """The queues as one process sees them."""

    def __init__(self, world, process: Process) -> None:
        self._world = world
        self._process = process

    async def delete(self, message: ReceivedMessage) -> None:
        """Delete, if the receipt handle is the latest."""
        if await self._confirms() and self._is_latest(message):
            del self._world.messages[message.message_id]

    async def redeliver(self, message: ReceivedMessage, after_seconds: int) -> None:
        """Change the visibility, if the receipt handle is the latest."""
        if await self._confirms() and self._is_latest(message):
            self._world.messages[message.message_id]["visible_at"] = self._world.now() + after_seconds

    async def put(self, message: ReceivedMessage, reason: str) -> None:
        """Take a dead letter."""
        if await self._confirms():
            letter = NotificationMessage.from_json(message.body)
            self._world.dead_letters[letter.id].append((letter.body, reason))
            await self._process.gate("confirmed")

    async def _confirms(self) -> bool:
        if await self._process.gate("queue") == "refused":
            raise QueueUnavailableError("down")
        return True

    def _is_latest(self, message: ReceivedMessage) -> bool:
        held = self._world.messages.get(message.message_id)
        return held is not None and f"{held['receives']}" == message.receipt_handle


class Unobserved:
    """Measures nothing."""

    def __getattr__(self, _):
        """Whatever is measured is not."""
        return lambda *_: None


class World:
    """Everything outside the workers.

    Attributes:
        resend: Whether unknown outcomes are sent again.
        loop: What the workers run in.
        messages: What is on the queue, visible or not.
        dead_letters: Body and reason of each, by notification.
        items: The ledger.
        taken: Bodies of the mails that the provider took, by notification.
        processes: Workers with a message in flight.
    """

    def __init__(self, *, resend: bool) -> None:
        self.resend = resend
        self.loop = asyncio.new_event_loop()
        self.messages: dict[str, dict] = {}
        self.dead_letters: dict[str, list] = defaultdict(list)
        self.items: dict[str, LedgerItem] = {}
        self.taken: dict[str, list] = defaultdict(list)
        self.processes: list[Process] = []
        self.sent_in: Counter = Counter()
        self._now = 1_000_000.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def send(self, notification_id: str, body: str) -> None:
        """Put a message on the queue."""
        message = NotificationMessage(
            id=notification_id,
            recipient="ada@example.com",
            subject="Hello",
            body=body,
            accepted_at=datetime.fromtimestamp(self._now, UTC),
            fingerprint=body.encode().hex(),
        )
        self.sent_in[notification_id, body] += 1
        name = f"m{len(self.sent_in)}-{sum(self.sent_in.values())}"
        self.messages[name] = {"body": message.to_json(), "receives": 0, "visible_at": self._now}

    @property
    def visible(self) -> list[str]:
        """Messages that SQS would hand out."""
        return [name for name, held in self.messages.items() if held["visible_at"] <= self._now]

    def receive(self, name: str) -> None:
        """Have a worker receive this message."""
        held = self.messages[name]
        held["receives"] += 1
        held["visible_at"] = self._now + VISIBILITY_SECONDS
        received = ReceivedMessage(name, f"{held['receives']}", held["receives"], held["body"])
        process = Process(self, received)
        self.processes.append(process)
        self.settle_down()
        self.tidy()

    def tidy(self) -> None:
        """Forget workers that have acknowledged."""
        self.processes = [process for process in self.processes if not process.is_done]

    def settle_down(self) -> None:
        """Run until everybody waits for a step."""
        # A crashed worker waits for nothing, but has to be given a turn to end.
        self.loop.call_soon(self._look, 100)
        self.loop.run_forever()

    def _look(self, turns: int) -> None:
        if turns == 0 or all(process.is_waiting for process in self.processes):
            self.loop.stop()
        else:
            self.loop.call_soon(self._look, turns - 1)

    def finish(self) -> None:
        """Nothing fails any more: work until the queue is empty."""
        for _ in range(200):
            while self.processes:
                self.processes[0].step("well")
                self.tidy()
            if not self.messages:
                return
            if self.visible:
                self.receive(self.visible[0])
            else:
                self.advance(VISIBILITY_SECONDS + 1)
        raise AssertionError(f"goes round for ever: {self.messages}")

    def close(self) -> None:
        """End everybody."""
        for process in self.processes:
            process.crash()
        self.loop.close()
