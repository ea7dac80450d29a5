import asyncio

from structlog.testing import capture_logs

from email_sender.queue.consumer import QueueConsumer
from tests.unit.services.email_sender.worker.fakes import FakeInbox
from tests.waiting import SOON


async def test_fewer_are_permitted_while_hands_come_free(monkeypatch):
    """What was permitted a moment ago is not received any more."""
    permitted = iter([1, 1, 0])
    inbox, stop = FakeInbox(4), asyncio.Event()
    monkeypatch.setattr("email_sender.queue.consumer._LINGER_SECONDS", 0)

    async def handle(*_):
        stop.set()

    consumer = QueueConsumer(inbox, handle, handle, slots=4, permitted=lambda: next(permitted, 4))
    await asyncio.wait_for(consumer.poll(stop), SOON)

    assert [4] == inbox.asked


async def test_messages_gather_between_receives_but_not_in_a_backlog(monkeypatch):
    """Three receives in a row that bring all that was asked for are a backlog, until one brings less."""
    waits, brought, stop = [], iter([2, 4, 4, 4, 4, 3, 4]), asyncio.Event()

    class Inbox(FakeInbox):
        async def receive(self, max_messages):
            self.asked.append(max_messages)
            return FakeInbox(next(brought)).waiting

    async def unless(stop, _seconds):
        waits.append(len(inbox.asked))
        await consumer.all_settled()
        if len(inbox.asked) == 7:
            stop.set()

    async def handle(*_):
        """It is done at once."""

    monkeypatch.setattr("email_sender.queue.consumer._unless", unless)
    monkeypatch.setattr("email_sender.queue.consumer._LINGER_SECONDS", 1)
    inbox = Inbox()
    consumer = QueueConsumer(inbox, handle, handle, slots=4)
    await asyncio.wait_for(consumer.poll(stop), SOON)

    assert [4] * 7 == inbox.asked
    assert [1, 2, 3, 6, 7] == waits


async def test_nobody_who_may_take_but_a_few_waits_for_more(monkeypatch):
    """All that was permitted came, and nothing is gained by a pause."""
    inbox, stop, pauses = FakeInbox(4), asyncio.Event(), []

    async def unless(*_):
        pauses.append(len(inbox.asked))

    async def handle(*_):
        if len(inbox.asked) == 2:
            stop.set()

    monkeypatch.setattr("email_sender.queue.consumer._unless", unless)
    consumer = QueueConsumer(inbox, handle, handle, slots=4, permitted=lambda: 2)
    await asyncio.wait_for(consumer.poll(stop), SOON)

    assert [2, 2] == inbox.asked
    assert [] == pauses


async def test_defect_in_letting_go_stops_nobody(eventually):
    """A message that cannot even be acknowledged is a line in the log, and comes back."""
    inbox, stop = FakeInbox(1), asyncio.Event()

    @eventually
    async def logged():
        assert ["message_broke_the_worker"] == [line["event"] for line in logs]

    async def breaks(*_):
        raise ZeroDivisionError

    consumer = QueueConsumer(inbox, breaks, breaks, slots=1)
    with capture_logs() as logs:
        polling = asyncio.create_task(consumer.poll(stop))
        await logged()
        await asyncio.wait_for(inbox.polling.wait(), SOON)
    stop.set()
    inbox.new.set()
    await asyncio.wait_for(polling, SOON)

    assert 0 == consumer.in_flight
