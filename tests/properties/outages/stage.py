"""Tasks of the real Email Sender, all but its network, under a clock that jumps."""

import asyncio
import math
import random
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime

from structlog.testing import capture_logs

from email_sender.ledger import LeasePolicy, Ledger
from email_sender.queue.dead_letters import DeadLetters
from email_sender.queue.heartbeat import Heartbeat
from email_sender.queue.inbox import Inbox
from email_sender.sending.delivery import Delivery, DeliverySettings
from email_sender.sending.gate import Gate
from email_sender.worker import Worker
from shared.message import NotificationMessage
from tests.properties.outages.aws import Sqs, Table
from tests.properties.outages.virtual_time import VirtualLoop

MAILS_A_SECOND = 20
TASKS = 3
MINUTE = 60.0

_EPOCH = 1_800_000_000.0
_VISIBILITY_SECONDS = 30


class Provider:
    """Takes mails after a while, or does what its script says.

    Attributes:
        script: Called with the mail before it is taken; raises what the provider answers.
        probe_script: The same of a probe.
        seconds: How long it takes to take one.
        calls: When it was given a mail.
        probes: When it was probed.
        taken: How often it took which notification.
        taken_at: When it took a mail.
    """

    def __init__(self, now) -> None:
        self._now = now
        self.script = None
        self.probe_script = None
        self.seconds = 0.05
        self.calls = []
        self.probes = []
        self.taken = Counter()
        self.taken_at = []

    async def send(self, mail, handover) -> None:
        self.calls.append(self._now())
        if self.script is not None:
            await self.script(mail)
        handover.begun = True
        await asyncio.sleep(self.seconds)
        self.taken[mail.notification_id] += 1
        self.taken_at.append(self._now())

    async def probe(self) -> None:
        self.probes.append(self._now())
        if self.probe_script is not None:
            await self.probe_script()


class Unobserved:
    """Counts what is measured."""

    def __init__(self) -> None:
        self.dead_letters = 0

    def dead_letter(self) -> None:
        self.dead_letters += 1

    def __getattr__(self, _):
        """Whatever else is measured is not."""
        return lambda *_: None


class Stage:
    """The queue, the ledger, the provider, and tasks that work.

    Attributes:
        now: Seconds on the clock.
        accepted: Ids of the notifications that the queue took.
    """

    def __init__(self, loop) -> None:
        self._loop = loop
        self.now = lambda: _EPOCH + loop.time()
        self.sqs = Sqs(self.now)
        self.table = Table(self.now)
        self.provider = Provider(self.now)
        self.observed = Unobserved()
        self.accepted = []
        self.gates = []
        self.workers = []
        self._stops = []
        self._running = []

    def start_tasks(self, count=TASKS) -> None:
        """Start so many."""
        for _ in range(count):
            policy = LeasePolicy(_VISIBILITY_SECONDS, 30 * 86400, resend_unknown=False)
            ledger = Ledger(self.table, policy, now=self.now)
            gate = Gate(self.provider, 50)
            delivery = Delivery(
                self.provider,
                ledger,
                DeliverySettings("us@example.com", 100, 30, 14400),
                self.observed,
                gate=gate,
                now=self.now,
            )
            worker = Worker(
                self._inbox("normal"),
                delivery,
                DeadLetters(self.sqs, "dead"),
                Heartbeat(_VISIBILITY_SECONDS, now=self._loop.time),
                self.observed,
                concurrency=50,
                high=self._inbox("high"),
                gate=gate,
            )
            stop = asyncio.Event()
            self.gates.append(gate)
            self.workers.append(worker)
            self._stops.append(stop)
            self._running.append(asyncio.create_task(worker.run(stop, shutdown_seconds=110)))

    async def stop_tasks(self) -> float:
        """Stop them all; how long that took."""
        began = self.now()
        for stop in self._stops:
            stop.set()
        await asyncio.gather(*self._running)
        return self.now() - began

    async def load(self, seconds, rate=MAILS_A_SECOND, name="mail", **fields) -> None:
        """Send notifications at a steady rate; what the queue does not take is nobody's promise."""
        for n in range(round(seconds * rate)):
            self.accept(f"{name}-{self.now() - _EPOCH:.0f}-{n}", **fields)
            await asyncio.sleep(1 / rate)

    def accept(self, notification_id, **fields) -> None:
        """One notification."""
        if self.sqs.is_down:
            return
        message = NotificationMessage(
            id=notification_id,
            recipient="ada@example.com",
            subject="Hello",
            body="Good morning",
            accepted_at=datetime.fromtimestamp(self.now(), UTC),
            **fields,
        )
        self.accepted.append(notification_id)
        self.sqs.put(message.priority if message.priority == "high" else "normal", message.to_json())

    async def all_done(self, within_seconds) -> float:
        """Wait until both queues are empty; how long that took.

        Raises:
            TimeoutError: It took longer than may be.
        """
        began = self.now()
        async with asyncio.timeout(within_seconds):
            for queue in (self.sqs.queues["normal"], self.sqs.queues["high"]):
                await queue.empty()
        return self.now() - began

    def check_each_sent_once(self) -> None:
        """None lost, none doubled, none dead."""
        states = Counter(self.table.items[name].state for name in self.accepted)
        assert Counter(sent=len(self.accepted)) == states
        assert Counter(self.accepted) == self.provider.taken
        letters = self.sqs.queues["dead"].messages.values()
        assert [] == [letter["attributes"]["reason"]["StringValue"] for letter in letters]
        assert [] == [queue for queue in self.sqs.queues.values() if queue.too_often]

    def calls_within(self, since, seconds) -> int:
        """How often the provider was given a mail in so many seconds."""
        return sum(since <= call < since + seconds for call in self.provider.calls)

    def _inbox(self, url):
        return Inbox(self.sqs, url, visibility_timeout_seconds=_VISIBILITY_SECONDS)


def play(scenario, seed=1):
    """Run a scenario on a stage of its own; the stage, for what is to be said of it."""
    state = random.getstate()
    random.seed(seed)
    loop = VirtualLoop()
    try:
        with capture_logs() as logs:
            stage = Stage(loop)
            loop.run_until_complete(scenario(stage))
            stage.logs = logs
            return stage
    finally:
        loop.run_until_complete(_end_all())
        loop.close()
        random.setstate(state)


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def raising(error):
    """A script that always answers this."""

    async def script(*_):
        await asyncio.sleep(0.01)
        raise error

    return script


@contextmanager
def outage(holder, **changes):
    """Something is different inside the block."""
    before = {name: getattr(holder, name) for name in changes}
    for name, value in changes.items():
        setattr(holder, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(holder, name, value)


def most_in_a_second(moments, since=-math.inf):
    """The largest number of them in any second of the clock."""
    return max(Counter(int(moment) for moment in moments if moment >= since).values(), default=0)
