import asyncio

from email_sender.queue.heartbeat import Heartbeat
from email_sender.sending.retry_policy import DeadLetter, Redeliver
from tests.unit.services.email_sender.worker.fakes import FakeDelivery, FakeInbox
from tests.waiting import SOON


async def test_what_was_sent_is_deleted(works, delivery, eventually):
    """Every message is sent and deleted."""
    inbox = FakeInbox(23)

    @eventually
    async def all_deleted():
        assert sorted(map(int, inbox.deleted)) == list(range(23))

    _, service = works(inbox, delivery)
    async with service:
        await all_deleted()


async def test_nothing_is_deleted_before_the_provider_took_it(works, delivery, in_flight):
    """As long as a mail is on its way its message stays on the queue: whoever dies now loses nothing."""
    inbox = FakeInbox(2)
    delivery.go_on.clear()

    _, service = works(inbox, delivery)
    async with service:
        await in_flight(delivery, 2)
        await asyncio.wait_for(inbox.polling.wait(), SOON)
        assert [] == inbox.deleted
        delivery.go_on.set()

    assert ["0", "1"] == sorted(inbox.deleted)


async def test_never_more_in_hand_than_concurrency(works, delivery, eventually, in_flight):
    """Nothing is received that could not be started: it would only lose visibility time."""
    inbox = FakeInbox(10)
    delivery.go_on.clear()

    @eventually
    async def done():
        assert 10 == len(inbox.deleted)

    _, service = works(inbox, delivery, concurrency=3)
    async with service:
        await in_flight(delivery, 3)
        assert [3] == inbox.asked
        delivery.go_on.set()
        await done()

    assert 3 == delivery.max_in_flight
    assert 3 == max(inbox.asked)


async def test_only_free_hands_are_filled(works, eventually):
    """With one of four slots free one message is asked for, not a batch."""

    class OneQuick(FakeDelivery):
        async def deliver(self, message):
            return self.outcome if message.body == "0" else await super().deliver(message)

    inbox, delivery = FakeInbox(10), OneQuick()
    delivery.go_on.clear()

    @eventually
    async def refilled():
        assert [4, 1] == inbox.asked
        assert 4 == delivery.in_flight

    _, service = works(inbox, delivery)
    async with service as stop:
        await refilled()
        stop.set()
        delivery.go_on.set()

    assert 4 == delivery.max_in_flight


async def test_batches_have_at_most_ten(works, delivery):
    """SQS hands out at most ten messages at once, however many slots are free."""
    inbox = FakeInbox()
    _, service = works(inbox, delivery, concurrency=50)
    async with service:
        await asyncio.wait_for(inbox.polling.wait(), SOON)

    assert 10 == inbox.asked[0]


async def test_a_transient_failure_is_redelivered_later(works, eventually):
    """A message that may succeed later comes back when its backoff is over."""
    inbox = FakeInbox(1)

    @eventually
    async def redelivered():
        assert [("0", 7)] == inbox.redelivered

    _, service = works(inbox, FakeDelivery(Redeliver(7)))
    async with service:
        await redelivered()

    assert [] == inbox.deleted


async def test_hopeless_is_a_dead_letter(works, dead_letters, eventually):
    """A message that can never be sent leaves its queue for the dead-letter queue."""
    inbox = FakeInbox(1)

    @eventually
    async def gone():
        assert ["0"] == inbox.deleted

    _, service = works(inbox, FakeDelivery(DeadLetter("why")))
    async with service:
        await gone()

    assert ["why"] == dead_letters.reasons


async def test_what_stays_in_hand_stays_hidden(works, delivery, eventually):
    """A message that is in flight for long is extended until it is acknowledged, and no longer."""
    inbox = FakeInbox(1)
    delivery.go_on.clear()

    @eventually
    async def extended():
        assert len(inbox.extended) >= 2

    @eventually
    async def deleted():
        assert ["0"] == inbox.deleted

    _, service = works(inbox, delivery, heartbeat=Heartbeat(0.02))
    async with service:
        await extended()
        delivery.go_on.set()
        await deleted()
        count = len(inbox.extended)
        await asyncio.wait_for(inbox.polling.wait(), SOON)
        assert len(inbox.extended) == count
