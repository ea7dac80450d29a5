import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.inbox import ReceivedMessage
from email_sender.outcome import Outcome
from email_sender.worker import Worker
from sqs.errors import QueueUnavailableError


class FakeInbox:
    """A queue whose messages are numbers."""

    def __init__(self, messages: int = 0) -> None:
        self.waiting = [ReceivedMessage(f"{n}", f"{n}", 1, f"{n}") for n in range(messages)]
        self.asked: list[int] = []
        self.deleted: list[str] = []
        self.redelivered: list[tuple[str, int]] = []
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

    async def flush(self):
        """Nothing waits here."""


class FakeDelivery:
    """Sends when it may, and knows how many it had at once."""

    def __init__(self, outcome: Outcome = Outcome.SENT) -> None:
        self.outcome = outcome
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
            return Outcome.RELEASED if self.given_up.is_set() else self.outcome
        finally:
            self.in_hand -= 1

    def give_up(self):
        """Release everything."""
        self.given_up.set()


@pytest.fixture
def delivery():
    """A delivery that sends at once."""
    return FakeDelivery()


def _works(running, inbox, delivery, concurrency=4, shutdown_seconds=5):
    worker = Worker(inbox, delivery, concurrency=concurrency)

    async def service(stop):
        working = asyncio.create_task(worker.run(stop, shutdown_seconds=shutdown_seconds))
        await stop.wait()
        inbox.new.set()
        await working

    return worker, running(service)


async def test_what_was_sent_is_deleted(running, delivery, eventually):
    """Every message is sent and deleted."""
    inbox = FakeInbox(23)

    @eventually
    async def all_deleted():
        assert sorted(map(int, inbox.deleted)) == list(range(23))

    _, service = _works(running, inbox, delivery)
    async with service:
        await all_deleted()


async def test_nothing_is_deleted_before_the_provider_took_it(running, delivery, eventually):
    """As long as a mail is on its way its message stays on the queue: whoever dies now loses nothing."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    @eventually
    async def on_their_way():
        assert delivery.in_hand == 2

    _, service = _works(running, inbox, delivery)
    async with service:
        await on_their_way()
        await asyncio.wait_for(inbox.polling.wait(), 5)
        assert inbox.deleted == []
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]


async def test_never_more_in_hand_than_concurrency(running, delivery, eventually):
    """Nothing is received that could not be started: it would only lose visibility time."""
    inbox = FakeInbox(10)
    delivery.go_on.clear()

    @eventually
    async def full():
        assert delivery.in_hand == 3

    @eventually
    async def done():
        assert len(inbox.deleted) == 10

    _, service = _works(running, inbox, delivery, concurrency=3)
    async with service:
        await full()
        assert inbox.asked == [3]
        delivery.go_on.set()
        await done()

    assert delivery.most_in_hand == 3
    assert max(inbox.asked) == 3


async def test_only_free_hands_are_filled(running, eventually):
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

    _, service = _works(running, inbox, delivery)
    async with service as stop:
        await refilled()
        stop.set()
        delivery.go_on.set()

    assert delivery.most_in_hand == 4


async def test_batches_have_at_most_ten(running, delivery):
    """SQS hands out at most ten messages at once, however many hands are free."""
    inbox = FakeInbox()
    _, service = _works(running, inbox, delivery, concurrency=50)
    async with service:
        await asyncio.wait_for(inbox.polling.wait(), 5)

    assert inbox.asked[0] == 10


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.THROTTLED])
async def test_what_failed_for_now_is_redelivered_later(running, eventually, outcome):
    """A message that may succeed later comes back after a backoff."""
    inbox = FakeInbox(1)

    @eventually
    async def redelivered():
        assert [body for body, _ in inbox.redelivered] == ["0"]
        assert inbox.redelivered[0][1] >= 1

    _, service = _works(running, inbox, FakeDelivery(outcome))
    async with service:
        await redelivered()

    assert inbox.deleted == []


@pytest.mark.parametrize("outcome", [Outcome.PERMANENT, Outcome.MALFORMED])
async def test_hopeless_is_neither_deleted_nor_hurried(running, outcome):
    """A message that can never be sent is left to the dead-letter queue."""
    inbox = FakeInbox(1)
    _, service = _works(running, inbox, FakeDelivery(outcome))
    async with service:
        await asyncio.wait_for(inbox.polling.wait(), 5)

    assert (inbox.deleted, inbox.redelivered) == ([], [])


async def test_defect_in_one_message_stops_nobody(running, delivery, eventually):
    """A message that breaks the code is a line in the log; the worker goes on."""
    inbox = FakeInbox(1)
    delivery.error = ZeroDivisionError("defect")

    @eventually
    async def logged():
        assert "message_broke_the_worker" in [line["event"] for line in logs]

    with capture_logs() as logs:
        _, service = _works(running, inbox, delivery)
        async with service:
            await logged()
            await asyncio.wait_for(inbox.polling.wait(), 5)

    assert inbox.deleted == []


async def test_message_that_cannot_be_settled_is_logged(running, delivery, eventually):
    """A delete that SQS did not confirm is a warning: the mail may go out twice."""
    inbox = FakeInbox(1)
    inbox.settling_fails = True

    @eventually
    async def logged():
        found = [line for line in logs if line["event"] == "message_not_settled"]
        assert [(line["message_id"], line["outcome"]) for line in found] == [("0", "SENT")]

    with capture_logs() as logs:
        _, service = _works(running, inbox, delivery)
        async with service:
            await logged()


async def test_outage_is_two_lines_and_readiness(running, delivery, monkeypatch):
    """Polls that fail are tried again; the log has the beginning and the end, readiness the reason."""
    monkeypatch.setattr("email_sender.worker._PAUSE_SECONDS", 0.001)
    inbox = FakeInbox()
    inbox.failures = 3

    with capture_logs() as logs:
        worker, service = _works(running, inbox, delivery)
        async with service:
            await asyncio.wait_for(inbox.polling.wait(), 5)
            assert worker.trouble == "down"

    assert [line["event"] for line in logs] == ["queue_unavailable", "queue_available"]
    assert worker.trouble is None


async def test_stop_finishes_what_is_in_hand(running, delivery, eventually):
    """After SIGTERM the mails in hand are sent and deleted before the worker returns."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    @eventually
    async def in_hand():
        assert delivery.in_hand == 2

    _, service = _works(running, inbox, delivery)
    async with service as stop:
        await in_hand()
        stop.set()
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]
    assert inbox.redelivered == []


async def test_stop_with_full_hands_receives_nothing_more(running, delivery, eventually):
    """Hands that come free after SIGTERM stay empty: the rest of the queue is for other tasks."""
    inbox = FakeInbox(5)
    delivery.go_on.clear()

    @eventually
    async def full():
        assert delivery.in_hand == 2

    _, service = _works(running, inbox, delivery, concurrency=2)
    async with service as stop:
        await full()
        stop.set()
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]
    assert inbox.asked == [2]


async def test_stop_releases_what_does_not_finish(running, delivery, eventually):
    """What is not sent when the time is up becomes visible for other tasks at once."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    @eventually
    async def in_hand():
        assert delivery.in_hand == 2

    _, service = _works(running, inbox, delivery, shutdown_seconds=0.05)
    async with service as stop:
        await in_hand()
        stop.set()

    assert sorted(inbox.redelivered) == [("0", 0), ("1", 0)]
    assert inbox.deleted == []


async def test_what_arrives_after_the_stop_is_released(running, delivery):
    """A poll under way at SIGTERM may still bring messages: they are handed back, not sent."""
    inbox = FakeInbox()
    _, service = _works(running, inbox, delivery)
    async with service as stop:
        await asyncio.wait_for(inbox.polling.wait(), 5)
        inbox.waiting = FakeInbox(1).waiting
        stop.set()

    assert inbox.redelivered == [("0", 0)]
    assert inbox.deleted == []


@pytest.mark.parametrize(("last_receive", "shutdown"), [(0.05, 60), (60, 0.05)])
async def test_poll_that_brings_nothing_is_cancelled(delivery, monkeypatch, last_receive, shutdown):
    """An idle task does not sit out its long poll: its moment or the shutdown ends it."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", last_receive)
    inbox, stop = FakeInbox(), asyncio.Event()
    worker = Worker(inbox, delivery, concurrency=4)
    working = asyncio.create_task(worker.run(stop, shutdown_seconds=shutdown))
    await asyncio.wait_for(inbox.polling.wait(), 5)

    stop.set()

    await asyncio.wait_for(working, 5)


async def test_mails_in_hand_outlive_the_last_poll(delivery, eventually, monkeypatch):
    """Giving up the poll gives up no mail: what is in hand still has the whole shutdown."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", 0.01)
    monkeypatch.setattr("email_sender.worker._RELEASE_SECONDS", 0)
    inbox, stop = FakeInbox(1), asyncio.Event()
    delivery.go_on.clear()
    working = asyncio.create_task(Worker(inbox, delivery, concurrency=4).run(stop, shutdown_seconds=60))
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


async def test_defect_in_the_poll_ends_the_worker(delivery):
    """A worker that can poll no more ends with the error, so that ECS starts another task."""

    class Broken(FakeInbox):
        async def receive(self, _):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Worker(Broken(), delivery, concurrency=4).run(asyncio.Event(), shutdown_seconds=5)
