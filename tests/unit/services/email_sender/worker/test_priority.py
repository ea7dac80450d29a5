import pytest

from tests.unit.services.email_sender.worker.fakes import FakeInbox


async def test_high_priority_has_hands_of_its_own(works, delivery, in_flight):
    """However many messages of normal priority there are, a quarter of the slots is left for the others."""
    normal, high = FakeInbox(20), FakeInbox(20)
    delivery.go_on.clear()

    worker, service = works(normal, delivery, concurrency=8, high=high)
    async with service as stop:
        await in_flight(worker, 8)
        assert ([6], [2]) == (normal.asked, high.asked)
        stop.set()
        delivery.go_on.set()

    assert 8 == delivery.max_in_flight


@pytest.mark.parametrize(("concurrency", "slots"), [(2, (1, 1)), (3, (2, 1)), (20, (10, 5))])
async def test_reserved_hands(works, delivery, eventually, concurrency, slots):
    """At least one slot is reserved; each queue is asked for no more than its own can take."""
    normal, high = FakeInbox(), FakeInbox()

    @eventually
    async def asked():
        assert (normal.asked[:1], high.asked[:1]) == ([slots[0]], [slots[1]])

    _, service = works(normal, delivery, concurrency=concurrency, high=high)
    async with service as stop:
        await asked()
        stop.set()
        high.new.set()


async def test_trouble_of_either_queue_counts(works, delivery, eventually, monkeypatch):
    """The queue of high priority can be the one that is unavailable."""
    monkeypatch.setattr("email_sender.queue.consumer._FIRST_PAUSE_SECONDS", 0.001)
    normal, high = FakeInbox(), FakeInbox()
    high.failures = 10**6

    @eventually
    async def troubled():
        assert "down" == worker.last_error

    worker, service = works(normal, delivery, high=high)
    async with service:
        await troubled()
