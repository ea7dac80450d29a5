from datetime import UTC, datetime

import pytest

from notification_api.deliveries import Deliveries
from notification_api.idempotency import new_id
from shared.status import DeliveryStatus, TimelineEvent

from .conftest import OTHER_KEY


@pytest.fixture
def deliveries(session, email_sender):
    """What the fake Email Sender knows."""
    return Deliveries(session, email_sender.url, attempt_seconds=0.1)


@pytest.fixture
async def client(make_app, connect, deliveries):
    """An HTTP client of team-a, of an application with an Email Sender."""
    async with connect(make_app(deliveries=deliveries)) as client:
        yield client


@pytest.fixture
def notification_id(api_keys):
    """An id that was given to team-a."""
    return new_id(api_keys.id_key, "team-a", None)


async def test_tells_what_the_email_sender_knows(client, email_sender, notification_id):
    """State, attempts and timeline are the Email Sender's, conflicts among them."""
    timeline = [
        TimelineEvent(at=datetime(2026, 11, 1, 12, n, tzinfo=UTC), event=event)
        for n, event in enumerate(("accepted", "sending", "sent", "conflict"))
    ]
    known = DeliveryStatus(id=notification_id, state="sent", attempts=1, timeline=timeline)
    email_sender.answers = [known.model_dump_json()]

    response = await client.get(f"/v1/notifications/{notification_id}")

    assert 200 == response.status_code
    assert known == DeliveryStatus.model_validate_json(response.content)
    assert "null" not in response.text


async def test_accepted_until_the_email_sender_has_seen_it(client, notification_id):
    """A notification that waits on the queue is accepted, and more is not known."""
    response = await client.get(f"/v1/notifications/{notification_id}")

    assert response.json() == {"id": notification_id, "state": "accepted", "attempts": 0, "timeline": []}


async def test_id_of_an_accepted_notification(client):
    """The id that was answered can be asked for."""
    content = {"recipient": "ada@example.com", "subject": "Hello", "body": "Hi"}
    accepted = (await client.post("/v1/notifications", json=content)).json()["id"]

    assert "accepted" == (await client.get(f"/v1/notifications/{accepted}")).json()["state"]


@pytest.mark.parametrize(
    "made_up", ["x", "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11-5d0c2ae8b1f4", "%F0%9F%8E%89"]
)
async def test_made_up_id(client, email_sender, made_up):
    """An id that nobody was given is 404, and the Email Sender is not bothered."""
    response = await client.get(f"/v1/notifications/{made_up}")

    assert 404 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert [] == email_sender.asked


async def test_id_of_another_client(make_app, connect, deliveries, email_sender, notification_id):
    """Another client's id is as good as made up."""
    async with connect(make_app(deliveries=deliveries), f"Bearer team-b.{OTHER_KEY}") as other:
        response = await other.get(f"/v1/notifications/{notification_id}")

    assert 404 == response.status_code
    assert [] == email_sender.asked


async def test_email_sender_that_does_not_answer(client, email_sender, notification_id):
    """Nobody is told a state that nobody knows: 503, and when to ask again."""
    email_sender.answers = [503]

    response = await client.get(f"/v1/notifications/{notification_id}")

    assert (503, "5") == (response.status_code, response.headers["Retry-After"])
    assert "application/problem+json" == response.headers["content-type"]
