import asyncio

from email_sender.heartbeat import Heartbeat
from email_sender.retry_policy import DeadLetter, Redeliver
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
        assert inbox.deleted == []
        delivery.go_on.set()

    assert sorted(inbox.deleted) == ["0", "1"]


async def test_never_more_in_hand_than_concurrency(works, delivery, eventually, in_flight):
    """Nothing is received that could not be started: it would only lose visibility time."""
    inbox = FakeInbox(10)
    delivery.go_on.clear()

    @eventually
    async def done():
        assert len(inbox.deleted) == 10

    _, service = works(inbox, delivery, concurrency=3)
    async with service:
        await in_flight(delivery, 3)
        assert inbox.asked == [3]
        delivery.go_on.set()
        await done()

    assert delivery.max_in_flight == 3
    assert max(inbox.asked) == 3


async def test_only_free_hands_are_filled(works, eventually):
    """With one of four slots free one message is asked for, not a batch."""

    class OneQuick(FakeDelivery):
        async def deliver(self, message):
            return self.outcome if message.body == "0" else await super().deliver(message)

    inbox, delivery = FakeInbox(10), OneQuick()
    delivery.go_on.clear()

    @eventually
    async def refilled():
        assert inbox.asked == [4, 1]
        assert delivery.in_flight == 4

    _, service = works(inbox, delivery)
    async with service as stop:
        await refilled()
        stop.set()
        delivery.go_on.set()

    assert delivery.max_in_flight == 4


async def test_batches_have_at_most_ten(works, delivery):
    """SQS hands out at most ten messages at once, however many slots are free."""
    inbox = FakeInbox()
    _, service = works(inbox, delivery, concurrency=50)
    async with service:
        await asyncio.wait_for(inbox.polling.wait(), SOON)

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


async def test_what_stays_in_hand_stays_hidden(works, delivery, eventually):
    """A message that is in flight for long is extended until it is acknowledged, and no longer."""
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
        await asyncio.wait_for(inbox.polling.wait(), SOON)
        assert len(inbox.extended) == count
