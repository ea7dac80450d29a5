import asyncio

import pytest

from email_sender.observations import Observations
from email_sender.queue.heartbeat import Heartbeat
from email_sender.worker import Worker
from tests.unit.services.email_sender.worker.fakes import FakeDeadLetters, FakeDelivery
from tests.waiting import SOON


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

    def start(inbox, delivery, shutdown_seconds=SOON, **parts):
        worker = make(inbox, delivery, **parts)

        async def service(stop):
            working = asyncio.create_task(worker.run(stop, shutdown_seconds=shutdown_seconds))
            await stop.wait()
            inbox.new.set()
            await working

        return worker, running(service)

    return start


@pytest.fixture
def in_flight(eventually):
    """Wait until a worker, or its delivery, has so many messages in flight."""

    @eventually
    async def has(holder, count):
        assert holder.in_flight == count

    return has
