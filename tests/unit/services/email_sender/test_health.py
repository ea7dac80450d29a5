import httpx
import pytest

from email_sender.health import HealthApp


@pytest.fixture
def reason():
    """Why the task is not ready; empty when it is."""
    return []


@pytest.fixture
async def client(reason):
    """An HTTP client of the health application."""
    app = HealthApp(lambda: reason[0] if reason else None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sender") as client:
        yield client


async def test_alive_and_ready(client):
    """Both paths answer 200 when nothing is wrong."""
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_not_ready_says_why(client, reason):
    """Readiness names the reason; liveness does not depend on it."""
    reason.append("The queue is unavailable: down")

    response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == "The queue is unavailable: down"
    assert (await client.get("/healthz")).status_code == 200


async def test_nothing_else(client):
    """Any other path is not found."""
    assert (await client.get("/")).status_code == 404
