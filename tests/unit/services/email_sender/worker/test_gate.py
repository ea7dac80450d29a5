import asyncio

import pytest

from tests.unit.services.email_sender.worker.fakes import FakeInbox
from tests.waiting import SOON


class FakeGate:
    """Permits what a test says."""

    def __init__(self, permitted) -> None:
        self.permitted = permitted
        self.last_error = None
        self._told = []
        self.running = asyncio.Event()

    def tell(self, changed):
        self._told.append(changed)

    def permit(self, permitted):
        self.permitted = permitted
        for changed in self._told:
            changed()

    async def run(self):
        self.running.set()
        await asyncio.Event().wait()


async def test_closed_gate_receives_nothing(works, delivery, in_flight):
    """While the provider takes no mail its messages stay where they are, with their receive counts."""
    inbox, high, gate = FakeInbox(9), FakeInbox(9), FakeGate(0)

    worker, service = works(inbox, delivery, concurrency=8, high=high, gate=gate)
    async with service as stop:
        await asyncio.wait_for(gate.running.wait(), SOON)
        for _ in range(10):
            await asyncio.sleep(0)
        assert ([], []) == (inbox.asked, high.asked)

        delivery.go_on.clear()
        gate.permit(1)
        await in_flight(worker, 2)
        assert ([1], [1]) == (inbox.asked, high.asked)

        gate.permit(8)
        await in_flight(worker, 8)
        stop.set()
        delivery.go_on.set()


async def test_gate_that_closes_while_hands_are_free(works, delivery, in_flight):
    """Free slots are not filled any more, and those that are full finish."""
    inbox, gate = FakeInbox(9), FakeGate(2)
    delivery.go_on.clear()

    worker, service = works(inbox, delivery, concurrency=8, gate=gate)
    async with service as stop:
        await in_flight(worker, 2)
        gate.permit(0)
        delivery.go_on.set()
        await in_flight(worker, 0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert [2] == inbox.asked
        stop.set()


async def test_stop_at_a_closed_gate_is_immediate(make, delivery, monkeypatch):
    """A task that receives nothing has nothing to wait for."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", 10**6)
    inbox, gate, stop = FakeInbox(9), FakeGate(0), asyncio.Event()
    working = asyncio.create_task(make(inbox, delivery, gate=gate).run(stop, shutdown_seconds=10**6))
    await asyncio.wait_for(gate.running.wait(), SOON)

    stop.set()

    await asyncio.wait_for(working, SOON)
    assert [] == inbox.asked


async def test_gate_says_why_nothing_is_sent(make, delivery):
    """The provider's trouble is not the queue's; who has no gate has none."""
    gate = FakeGate(0)
    gate.last_error = "421 down"

    worker = make(FakeInbox(), delivery, gate=gate)
    assert (None, "421 down") == (worker.last_error, worker.provider_error)
    assert make(FakeInbox(), delivery).provider_error is None


async def test_defect_in_the_gate_ends_the_worker(make, delivery):
    """A worker whose gate would stay closed for ever ends with the error, so that ECS starts another task."""

    class Broken(FakeGate):
        async def run(self):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await make(FakeInbox(), delivery, gate=Broken(0)).run(asyncio.Event(), shutdown_seconds=5)
