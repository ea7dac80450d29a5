import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.heartbeat import Heartbeat
from email_sender.inbox import ReceivedMessage
from email_sender.observations import Observations
from email_sender.retry_policy import DeadLetter, Delete, Redeliver
from email_sender.worker import Worker
from sqs.errors import QueueUnavailableError


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

    async def receive(self, most):
        """Hand out at most this many; wait when there are none, as a long poll does."""
        self.asked.append(most)
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
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
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
        self.in_hand = 0
        self.most_in_hand = 0
        self.error: Exception | None = None

    async def deliver(self, _):
        """One attempt."""
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        try:
            either = [asyncio.create_task(self.go_on.wait()), asyncio.create_task(self.given_up.wait())]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            for waiting in either:
                waiting.cancel()
            if self.error is not None:
                raise self.error
            return Redeliver(0) if self.given_up.is_set() else self.action
        finally:
            self.in_hand -= 1

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


@pytest.fixture
def delivery():
    """A delivery that sends at once."""
    return FakeDelivery()


@pytest.fixture
def dead_letters():
    """A dead-letter queue."""
    return FakeDeadLetters()


@pytest.fixture
def make(dead_letters, metrics):
    """A worker with these parts."""

    def worker(inbox, delivery, concurrency=4, **parts):
        heartbeat = parts.pop("heartbeat", Heartbeat(60))
        observations = Observations(metrics, "ses")
        return Worker(
            inbox, delivery, dead_letters, heartbeat, observations, concurrency=concurrency, **parts
        )

    return worker


@pytest.fixture
def works(make, running):
    """Such a worker, and what runs it for the time of a block."""

    def start(inbox, delivery, shutdown_seconds=5, **parts):
        worker = make(inbox, delivery, **parts)

        async def service(stop):
            working = asyncio.create_task(worker.run(stop, shutdown_seconds=shutdown_seconds))
            await stop.wait()
            inbox.new.set()
            await working

        return worker, running(service)

    return start


async def test_what_was_sent_is_deleted(works, delivery, eventually):
    """Every message is sent and deleted."""
    inbox = FakeInbox(23)

    @eventually
    async def all_deleted():
        assert sorted(map(int, inbox.deleted)) == list(range(23))

    _, service = works(inbox, delivery)
    async with service:
        await all_deleted()


async def test_nothing_is_deleted_before_the_provider_took_it(works, delivery, eventually):
    """As long as a mail is on its way its message stays on the queue: whoever dies now loses nothing."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    @eventually
    async def on_their_way():
        assert delivery.in_hand == 2

    _, service = works(inbox, delivery)
    async with service:
        await on_their_way()
        await asyncio.wait_for(inbox.polling.wait(), 5)
        assert inbox.deleted == []
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]


async def test_never_more_in_hand_than_concurrency(works, delivery, eventually):
    """Nothing is received that could not be started: it would only lose visibility time."""
    inbox = FakeInbox(10)
    delivery.go_on.clear()

    @eventually
    async def full():
        assert delivery.in_hand == 3

    @eventually
    async def done():
        assert len(inbox.deleted) == 10

    _, service = works(inbox, delivery, concurrency=3)
    async with service:
        await full()
        assert inbox.asked == [3]
        delivery.go_on.set()
        await done()

    assert delivery.most_in_hand == 3
    assert max(inbox.asked) == 3


async def test_only_free_hands_are_filled(works, eventually):
    """With one of four hands free one message is asked for, not a batch."""

    class OneQuick(FakeDelivery):
        async def deliver(self, message):
            return self.outcome if message.body == "0" else await super().deliver(message)

    inbox, delivery = FakeInbox(10), OneQuick()
    delivery.go_on.clear()

    @eventually
    async def refilled():
        assert inbox.asked == [4, 1]
        assert delivery.in_hand == 4

    _, service = works(inbox, delivery)
    async with service as stop:
        await refilled()
        stop.set()
        delivery.go_on.set()

    assert delivery.most_in_hand == 4


async def test_batches_have_at_most_ten(works, delivery):
    """SQS hands out at most ten messages at once, however many hands are free."""
    inbox = FakeInbox()
    _, service = works(inbox, delivery, concurrency=50)
    async with service:
        await asyncio.wait_for(inbox.polling.wait(), 5)

    assert inbox.asked[0] == 10


async def test_what_failed_for_now_is_redelivered_later(works, eventually):
    """A message that may succeed later comes back when its backoff is over."""
    inbox = FakeInbox(1)

    @eventually
    async def redelivered():
        assert inbox.redelivered == [("0", 7)]

    _, service = works(inbox, FakeDelivery(Redeliver(7)))
    async with service:
        await redelivered()

    assert inbox.deleted == []


async def test_hopeless_is_a_dead_letter(works, dead_letters, eventually):
    """A message that can never be sent leaves its queue for the dead-letter queue."""
    inbox = FakeInbox(1)

    @eventually
    async def gone():
        assert inbox.deleted == ["0"]

    _, service = works(inbox, FakeDelivery(DeadLetter("why")))
    async with service:
        await gone()

    assert dead_letters.reasons == ["why"]


async def test_high_priority_has_hands_of_its_own(works, delivery, eventually):
    """However many messages of normal priority there are, a quarter of the hands is left for the others."""
    normal, high = FakeInbox(20), FakeInbox(20)
    delivery.go_on.clear()

    @eventually
    async def full():
        assert worker.in_hand == 8

    worker, service = works(normal, delivery, concurrency=8, high=high)
    async with service as stop:
        await full()
        assert (normal.asked, high.asked) == ([6], [2])
        stop.set()
        delivery.go_on.set()

    assert delivery.most_in_hand == 8


@pytest.mark.parametrize(("concurrency", "hands"), [(2, (1, 1)), (3, (2, 1)), (20, (10, 5))])
async def test_reserved_hands(works, delivery, eventually, concurrency, hands):
    """At least one hand is reserved; each queue is asked for no more than its own can take."""
    normal, high = FakeInbox(), FakeInbox()

    @eventually
    async def asked():
        assert (normal.asked[:1], high.asked[:1]) == ([hands[0]], [hands[1]])

    _, service = works(normal, delivery, concurrency=concurrency, high=high)
    async with service as stop:
        await asked()
        stop.set()
        high.new.set()


async def test_trouble_of_either_queue_counts(works, delivery, eventually, monkeypatch):
    """The queue of high priority can be the one that is unavailable."""
    monkeypatch.setattr("email_sender.lane._PAUSE_SECONDS", 0.001)
    normal, high = FakeInbox(), FakeInbox()
    high.failures = 10**6

    @eventually
    async def troubled():
        assert worker.trouble == "down"

    worker, service = works(normal, delivery, high=high)
    async with service:
        await troubled()


async def test_what_stays_in_hand_stays_hidden(works, delivery, eventually):
    """A message that is in hand for long is extended until it is let go of, and not any more after that."""
    inbox = FakeInbox(1)
    delivery.go_on.clear()

    @eventually
    async def extended():
        assert len(inbox.extended) >= 2

    @eventually
    async def deleted():
        assert inbox.deleted == ["0"]

    _, service = works(inbox, delivery, heartbeat=Heartbeat(0.02))
    async with service:
        await extended()
        delivery.go_on.set()
        await deleted()
        count = len(inbox.extended)
        await asyncio.wait_for(inbox.polling.wait(), 5)
        assert len(inbox.extended) == count


async def test_after_the_stop_nothing_is_received_and_everything_is_let_go_of(works, eventually):
    """SIGTERM, Fargate Spot's too: what is in hand ends deleted, put aside or handed back, all of it."""
    inbox = FakeInbox(12)

    class Mixed(FakeDelivery):
        async def deliver(self, message):
            await super().deliver(message)
            return [Delete(), Redeliver(3), DeadLetter("why")][int(message.body) % 3]

    delivery = Mixed()
    delivery.go_on.clear()

    @eventually
    async def full():
        assert delivery.in_hand == 6

    worker, service = works(inbox, delivery, concurrency=6)
    async with service as stop:
        await full()
        stop.set()
        delivery.go_on.set()

    assert worker.in_hand == 0
    assert inbox.asked == [6]
    assert sorted(inbox.deleted + [body for body, _ in inbox.redelivered]) == ["0", "1", "2", "3", "4", "5"]


async def test_defect_in_one_message_stops_nobody(works, delivery, eventually):
    """A message that breaks the code is a line in the log; the worker goes on."""
    inbox = FakeInbox(1)
    delivery.error = ZeroDivisionError("defect")

    @eventually
    async def logged():
        assert "message_broke_the_worker" in [line["event"] for line in logs]

    with capture_logs() as logs:
        _, service = works(inbox, delivery)
        async with service:
            await logged()
            await asyncio.wait_for(inbox.polling.wait(), 5)

    assert inbox.deleted == []


async def test_message_that_cannot_be_settled_is_logged(works, delivery, eventually):
    """A delete that SQS did not confirm is a warning: the mail may go out twice."""
    inbox = FakeInbox(1)
    inbox.settling_fails = True

    @eventually
    async def logged():
        found = [line for line in logs if line["event"] == "message_not_settled"]
        assert [(line["message_id"], line["action"]) for line in found] == [("0", "Delete")]

    with capture_logs() as logs:
        _, service = works(inbox, delivery)
        async with service:
            await logged()


async def test_outage_is_two_lines_and_readiness(works, delivery, monkeypatch):
    """Polls that fail are tried again; the log has the beginning and the end, readiness the reason."""
    monkeypatch.setattr("email_sender.lane._PAUSE_SECONDS", 0.001)
    inbox = FakeInbox()
    inbox.failures = 3

    with capture_logs() as logs:
        worker, service = works(inbox, delivery)
        async with service:
            await asyncio.wait_for(inbox.polling.wait(), 5)
            assert worker.trouble == "down"

    assert [line["event"] for line in logs] == ["queue_unavailable", "queue_available"]
    assert worker.trouble is None


async def test_stop_finishes_what_is_in_hand(works, delivery, eventually):
    """After SIGTERM the mails in hand are sent and deleted before the worker returns."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    @eventually
    async def in_hand():
        assert delivery.in_hand == 2

    _, service = works(inbox, delivery)
    async with service as stop:
        await in_hand()
        stop.set()
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]
    assert inbox.redelivered == []


async def test_stop_with_full_hands_receives_nothing_more(works, delivery, eventually):
    """Hands that come free after SIGTERM stay empty: the rest of the queue is for other tasks."""
    inbox = FakeInbox(5)
    delivery.go_on.clear()

    @eventually
    async def full():
        assert delivery.in_hand == 2

    _, service = works(inbox, delivery, concurrency=2)
    async with service as stop:
        await full()
        stop.set()
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]
    assert inbox.asked == [2]


async def test_stop_releases_what_does_not_finish(works, delivery, eventually):
    """What is not sent when the time is up becomes visible for other tasks at once."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    @eventually
    async def in_hand():
        assert delivery.in_hand == 2

    _, service = works(inbox, delivery, shutdown_seconds=0.05)
    async with service as stop:
        await in_hand()
        stop.set()

    assert sorted(inbox.redelivered) == [("0", 0), ("1", 0)]
    assert inbox.deleted == []


async def test_what_arrives_after_the_stop_is_released(works, delivery):
    """A poll under way at SIGTERM may still bring messages: they are handed back, not sent."""
    inbox = FakeInbox()
    _, service = works(inbox, delivery)
    async with service as stop:
        await asyncio.wait_for(inbox.polling.wait(), 5)
        inbox.waiting = FakeInbox(1).waiting
        stop.set()

    assert inbox.redelivered == [("0", 0)]
    assert inbox.deleted == []


@pytest.mark.parametrize(("last_receive", "shutdown"), [(0.05, 60), (60, 0.05)])
async def test_poll_that_brings_nothing_is_cancelled(make, delivery, monkeypatch, last_receive, shutdown):
    """An idle task does not sit out its long poll: its moment or the shutdown ends it."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", last_receive)
    inbox, stop = FakeInbox(), asyncio.Event()
    worker = make(inbox, delivery)
    working = asyncio.create_task(worker.run(stop, shutdown_seconds=shutdown))
    await asyncio.wait_for(inbox.polling.wait(), 5)

    stop.set()

    await asyncio.wait_for(working, 5)


async def test_mails_in_hand_outlive_the_last_poll(make, delivery, eventually, monkeypatch):
    """Giving up the poll gives up no mail: what is in hand still has the whole shutdown."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", 0.01)
    monkeypatch.setattr("email_sender.worker._RELEASE_SECONDS", 0)
    inbox, stop = FakeInbox(1), asyncio.Event()
    delivery.go_on.clear()
    working = asyncio.create_task(make(inbox, delivery).run(stop, shutdown_seconds=60))
    await asyncio.wait_for(inbox.polling.wait(), 5)

    @eventually
    async def poll_cancelled():
        assert inbox.cancelled

    stop.set()
    await poll_cancelled()
    assert delivery.in_hand == 1
    delivery.go_on.set()
    await asyncio.wait_for(working, 5)

    assert (inbox.deleted, inbox.redelivered) == (["0"], [])


async def test_defect_in_the_poll_ends_the_worker(make, delivery):
    """A worker that can poll no more ends with the error, so that ECS starts another task."""

    class Broken(FakeInbox):
        async def receive(self, _):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await make(Broken(), delivery).run(asyncio.Event(), shutdown_seconds=5)
