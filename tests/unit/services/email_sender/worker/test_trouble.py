import asyncio
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from email_sender.queue.consumer import QueueConsumer
from shared.sqs.errors import QueueUnavailableError
from tests.unit.services.email_sender.worker.fakes import FakeInbox
from tests.waiting import SOON


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
            await asyncio.wait_for(inbox.polling.wait(), SOON)

    assert [] == inbox.deleted


@pytest.mark.parametrize(
    ("receive_count", "reasons"), [(4, []), (5, ["the sender has a defect: ZeroDivisionError"])]
)
async def test_message_that_always_breaks_the_worker(
    works, delivery, dead_letters, eventually, receive_count, reasons
):
    """A defect that was no chance ends as a dead letter, which says nothing of the mail."""
    inbox = FakeInbox(1)
    inbox.waiting = [replace(inbox.waiting[0], receive_count=receive_count)]
    delivery.error = ZeroDivisionError("ada@example.com")

    @eventually
    async def dealt_with():
        assert "message_broke_the_worker" in [line["event"] for line in logs]
        assert len(inbox.deleted) == len(reasons)

    with capture_logs() as logs:
        _, service = works(inbox, delivery)
        async with service:
            await dealt_with()

    assert reasons == dead_letters.reasons


async def test_message_that_cannot_be_settled_is_logged(works, delivery, eventually):
    """A delete that SQS did not confirm is a warning: the mail may go out twice."""
    inbox = FakeInbox(1)
    inbox.settling_fails = True

    @eventually
    async def logged():
        found = [line for line in logs if line["event"] == "message_not_settled"]
        assert [("0", "Delete")] == [(line["message_id"], line["action"]) for line in found]

    with capture_logs() as logs:
        _, service = works(inbox, delivery)
        async with service:
            await logged()


async def test_outage_is_two_lines_and_readiness(works, delivery, monkeypatch):
    """Polls that fail are tried again; the log has the beginning and the end, readiness the reason."""
    monkeypatch.setattr("email_sender.queue.consumer._FIRST_PAUSE_SECONDS", 0.001)
    inbox = FakeInbox()
    inbox.failures = 3

    with capture_logs() as logs:
        worker, service = works(inbox, delivery)
        async with service:
            await asyncio.wait_for(inbox.polling.wait(), SOON)
            assert "down" == worker.last_error

    assert ["queue_unavailable", "queue_available"] == [line["event"] for line in logs]
    assert worker.last_error is None


async def test_outage_is_asked_after_less_and_less(monkeypatch):
    """Polls that fail are tried again after one second, two, four, up to twenty, half of it by chance."""
    waits = []

    async def unless(stop, seconds):
        waits.append(seconds)
        if len(waits) in {8, 10}:
            stop.set()

    async def nothing(*_):
        """Nobody is dealt with here."""

    monkeypatch.setattr("email_sender.queue.consumer._unless", unless)
    inbox, stop = FakeInbox(), asyncio.Event()
    inbox.failures = 8
    consumer = QueueConsumer(inbox, nothing, nothing, slots=4, jitter=lambda: 0.5)

    await consumer.poll(stop)
    assert [pause * 0.75 for pause in (1, 2, 4, 8, 16, 20, 20, 20)] == waits

    # Once it has answered, and messages have gathered, the next outage begins with a second again.
    stop.clear()
    inbox.waiting = FakeInbox(4).waiting
    inbox.receive = _then_fail(inbox)
    await consumer.poll(stop)
    assert 0.75 == waits[-1]


async def test_defect_in_the_poll_ends_the_worker(make, delivery):
    """A worker that can poll no more ends with the error, so that ECS starts another task."""

    class Broken(FakeInbox):
        async def receive(self, _):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await make(Broken(), delivery).run(asyncio.Event(), shutdown_seconds=5)


def _then_fail(inbox):
    receive = inbox.receive

    async def first_receives(max_messages):
        if not inbox.waiting:
            raise QueueUnavailableError("down")
        return await receive(max_messages)

    return first_receives
