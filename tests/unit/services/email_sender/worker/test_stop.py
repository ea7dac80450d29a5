import asyncio

import pytest

from email_sender.sending.retry_policy import DeadLetter, Delete, Redeliver
from tests.unit.services.email_sender.worker.fakes import FakeDelivery, FakeInbox
from tests.waiting import SOON


async def test_after_the_stop_nothing_is_received_and_everything_is_let_go_of(works, in_flight):
    """SIGTERM, Fargate Spot's too: what is in flight ends deleted, put aside or handed back, all of it."""
    inbox = FakeInbox(12)

    class Mixed(FakeDelivery):
        async def deliver(self, message):
            await super().deliver(message)
            return [Delete(), Redeliver(3), DeadLetter("why")][int(message.body) % 3]

    delivery = Mixed()
    delivery.go_on.clear()

    worker, service = works(inbox, delivery, concurrency=6)
    async with service as stop:
        await in_flight(delivery, 6)
        stop.set()
        delivery.go_on.set()

    assert 0 == worker.in_flight
    assert [6] == inbox.asked
    assert ["0", "1", "2", "3", "4", "5"] == sorted(inbox.deleted + [body for body, _ in inbox.redelivered])


async def test_stop_finishes_what_is_in_hand(works, delivery, in_flight):
    """After SIGTERM the mails in flight are sent and deleted before the worker returns."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    _, service = works(inbox, delivery)
    async with service as stop:
        await in_flight(delivery, 2)
        stop.set()
        delivery.go_on.set()

    assert ["0", "1"] == sorted(inbox.deleted)
    assert [] == inbox.redelivered


async def test_stop_with_full_hands_receives_nothing_more(works, delivery, in_flight):
    """Hands that come free after SIGTERM stay empty: the rest of the queue is for other tasks."""
    inbox = FakeInbox(5)
    delivery.go_on.clear()

    _, service = works(inbox, delivery, concurrency=2)
    async with service as stop:
        await in_flight(delivery, 2)
        stop.set()
        delivery.go_on.set()

    assert ["0", "1"] == sorted(inbox.deleted)
    assert [2] == inbox.asked


async def test_stop_releases_what_does_not_finish(works, delivery, in_flight):
    """What is not sent when the time is up becomes visible for other tasks at once."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    _, service = works(inbox, delivery, shutdown_seconds=0.05)
    async with service as stop:
        await in_flight(delivery, 2)
        stop.set()

    assert [("0", 0), ("1", 0)] == sorted(inbox.redelivered)
    assert [] == inbox.deleted


async def test_what_arrives_after_the_stop_is_released(works, delivery):
    """A poll under way at SIGTERM may still bring messages: they are handed back, not sent."""
    inbox = FakeInbox()
    _, service = works(inbox, delivery)
    async with service as stop:
        await asyncio.wait_for(inbox.polling.wait(), SOON)
        inbox.waiting = FakeInbox(1).waiting
        stop.set()

    assert [("0", 0)] == inbox.redelivered
    assert [] == inbox.deleted


@pytest.mark.parametrize(("last_receive", "shutdown"), [(0.05, 60), (60, 0.05)])
async def test_poll_that_brings_nothing_is_cancelled(make, delivery, monkeypatch, last_receive, shutdown):
    """An idle task does not sit out its long poll: its moment or the shutdown ends it."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", last_receive)
    inbox, stop = FakeInbox(), asyncio.Event()
    worker = make(inbox, delivery)
    working = asyncio.create_task(worker.run(stop, shutdown_seconds=shutdown))
    await asyncio.wait_for(inbox.polling.wait(), SOON)

    stop.set()

    await asyncio.wait_for(working, SOON)


async def test_mails_in_hand_outlive_the_last_poll(make, delivery, eventually, monkeypatch):
    """Giving up the poll gives up no mail: what is in flight still has the whole shutdown."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", 0.01)
    monkeypatch.setattr("email_sender.worker._RELEASE_SECONDS", 0)
    inbox, stop = FakeInbox(1), asyncio.Event()
    delivery.go_on.clear()
    working = asyncio.create_task(make(inbox, delivery).run(stop, shutdown_seconds=60))
    await asyncio.wait_for(inbox.polling.wait(), SOON)

    @eventually
    async def poll_cancelled():
        assert inbox.cancelled

    stop.set()
    await poll_cancelled()
    assert 1 == delivery.in_flight
    delivery.go_on.set()
    await asyncio.wait_for(working, SOON)

    assert (["0"], []) == (inbox.deleted, inbox.redelivered)
