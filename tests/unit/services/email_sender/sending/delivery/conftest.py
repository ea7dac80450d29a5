import pytest
import structlog

from email_sender.observations import Observations
from email_sender.sending.delivery import Delivery, DeliverySettings
from tests.unit.services.email_sender.sending.delivery.fakes import NOW, FakeLedger, FakeProvider


@pytest.fixture(autouse=True)
def _context():
    """What one test's message binds to the log is not another's."""
    yield
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def provider():
    """A provider that takes everything, until told otherwise."""
    return FakeProvider()


@pytest.fixture
def ledger():
    """A ledger that lets everything be sent."""
    return FakeLedger()


@pytest.fixture
def make(provider, ledger, metrics):
    """A delivery with these parts changed, whose sends may take ten seconds."""

    def delivery(seconds=10.0, **parts) -> Delivery:
        settings = DeliverySettings("us@example.com", seconds, max_attempts=5, max_age_seconds=3600)
        observations = Observations(metrics, "ses")
        parts = {"now": lambda: NOW, "jitter": lambda: 0.0, **parts}
        return Delivery(provider, ledger, settings, observations, **parts)

    return delivery
