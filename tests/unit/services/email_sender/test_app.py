import httpx
import pytest

from email_sender.app import SenderApp
from email_sender.ledger import Event, LedgerItem, LedgerUnavailableError
from shared.status import CLIENT_ID_HEADER, DeliveryStatus

_STATUS = "/v1/deliveries/id-1"


class Ledger:
    """Knows one notification, or nothing for now."""

    def __init__(self) -> None:
        self.state = "sent"
        self.down = False
        self.asked = []

    async def find(self, notification_id):
        self.asked.append(notification_id)
        if self.down:
            raise LedgerUnavailableError("down")
        if notification_id != "id-1":
            return None
        events = (Event(1000.5, "sending", 1), Event(1001.0, "retry", 1, "451 later"))
        return LedgerItem(
            "id-1",
            2,
            self.state,
            1,
            "me",
            0.0,
            "aa",
            "team-a",
            accepted_at=999.0,
            events=events,
            expires_at=1,
        )


@pytest.fixture
def ledger():
    """A ledger that answers."""
    return Ledger()


@pytest.fixture
def reason():
    """Why the task is not ready; empty when it is."""
    return []


@pytest.fixture
async def client(reason, ledger):
    """An HTTP client of the application."""
    app = SenderApp(lambda: reason[0] if reason else None, ledger.find)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sender") as client:
        yield client


def _as(client_id):
    return {CLIENT_ID_HEADER: client_id}


async def test_alive_and_ready(client):
    """Both paths answer 200 when nothing is wrong."""
    assert 200 == (await client.get("/healthz")).status_code
    assert 200 == (await client.get("/readyz")).status_code


async def test_not_ready_says_why(client, reason):
    """Readiness names the reason; liveness does not depend on it."""
    reason.append("The queue is unavailable: down")

    response = await client.get("/readyz")

    assert 503 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert "The queue is unavailable: down" == response.json()["detail"]
    assert 200 == (await client.get("/healthz")).status_code


async def test_status_is_the_timeline(client):
    """A status begins with the acceptance and tells what happened since, with times of day."""
    response = await client.get(_STATUS, headers=_as("team-a"))

    assert (200, "application/json") == (response.status_code, response.headers["content-type"])
    status = DeliveryStatus.model_validate_json(response.content)
    assert ("id-1", "sent", 1) == (status.id, status.state, status.attempts)
    assert [
        ("accepted", 999.0, None, None),
        ("sending", 1000.5, 1, None),
        ("retry", 1001.0, 1, "451 later"),
    ] == [(each.event, each.at.timestamp(), each.attempt, each.detail) for each in status.timeline]


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("sending", "sending"),
        ("pending", "sending"),
        ("failed", "failed"),
        ("unknown", "unknown"),
        ("delivered", "delivered"),
        ("soft_bounced", "bounced"),
        ("bounced", "bounced"),
        ("complained", "complained"),
    ],
)
async def test_states(client, ledger, state, shown):
    """What failed for now is still being sent, as its owner sees it; a bounce is a bounce, soft or not."""
    ledger.state = state

    assert shown == (await client.get(_STATUS, headers=_as("team-a"))).json()["state"]


@pytest.mark.parametrize(("path", "client_id"), [(_STATUS, "team-b"), ("/v1/deliveries/id-2", "team-a")])
async def test_not_known_to_the_one_who_asks(client, path, client_id):
    """Another client's notification is as unknown as one that never was."""
    assert 404 == (await client.get(path, headers=_as(client_id))).status_code


@pytest.mark.parametrize("path", ["/v1/deliveries/send-rate/1", "/v1/deliveries/", "/v1/deliveries/%0a"])
async def test_only_notifications_are_looked_up(client, ledger, path):
    """What is no notification's id does not reach the table, which has other items too."""
    assert 404 == (await client.get(path, headers=_as("team-a"))).status_code
    assert [] == ledger.asked


async def test_who_asks_must_say_so(client):
    """Without a client there is nobody whose notification it could be."""
    assert 400 == (await client.get(_STATUS)).status_code


async def test_ledger_that_does_not_answer(client, ledger):
    """An outage is no reason to say that there is no such notification."""
    ledger.down = True

    response = await client.get(_STATUS, headers=_as("team-a"))

    assert (503, "The ledger does not answer: ask again a little later.") == (
        response.status_code,
        response.json()["detail"],
    )


async def test_nothing_else(client):
    """Any other path is not found, any other method not allowed; HEAD is GET without a body."""
    assert 404 == (await client.get("/")).status_code
    refused = await client.post("/healthz")
    assert (405, "GET, HEAD") == (refused.status_code, refused.headers["allow"])
    head = await client.head("/readyz")
    assert (200, b"", "2") == (head.status_code, head.content, head.headers["content-length"])
