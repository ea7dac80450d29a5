import asyncio
import io

import httpx
import pytest

from notification_api.app import create_app
from notification_api.readiness import Readiness
from observability.metrics import Metrics
from sqs.micro_batcher import BatchLimits, MicroBatcher


class FakeQueue:
    """Confirms everything, unless told otherwise."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.error: Exception | None = None
        self.trouble: str | None = None

    async def send(self, bodies):
        """Confirm, or fail every entry."""
        if self.error is not None:
            return [self.error] * len(bodies)
        self.bodies += bodies
        return [None] * len(bodies)

    async def check(self):
        """Say what it was told to."""
        return self.trouble


@pytest.fixture
def fake_queue():
    """A queue that confirms everything, until told otherwise."""
    return FakeQueue()


@pytest.fixture
def stop():
    """Set when the task is told to stop."""
    return asyncio.Event()


@pytest.fixture
def emf():
    """What the metrics wrote."""
    return io.StringIO()


@pytest.fixture
def metrics(emf):
    """Metrics of the Notification API, into `emf`."""
    return Metrics("notification-api", "test", stream=emf)


@pytest.fixture
def app(fake_queue, stop, metrics):
    """The application, on the fake queue."""
    messages = MicroBatcher(fake_queue.send, BatchLimits(wait_seconds=0.001))
    return create_app(messages, Readiness(stop, fake_queue.check), metrics)


@pytest.fixture
async def client(app):
    """An HTTP client of the application."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client
