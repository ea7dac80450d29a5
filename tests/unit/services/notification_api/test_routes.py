import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from notification_api.priority_queues import PriorityQueues
from shared.message import NotificationMessage
from shared.sqs.errors import BatcherFullError, EntryRefusedError, QueueUnavailableError, WithdrawnError
from shared.sqs.micro_batcher import BatchLimits
from tests.waiting import SOON

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}


async def _post(client, content=None, **headers):
    return await client.post("/v1/notifications", json=content or _WRITTEN, headers=headers)


async def test_accepted_means_that_the_queue_has_it(client, fake_queue):
    """202 carries the id of the message that the queue confirmed."""
    before = datetime.now(UTC)
    response = await _post(client)

    [body] = fake_queue.bodies
    message = NotificationMessage.from_json(body)
    assert 202 == response.status_code
    assert {"id": message.id} == response.json()
    assert ("ada@example.com", "Hello", "Good morning") == (message.recipient, message.subject, message.body)
    assert ("team-a", "normal") == (message.client_id, message.priority)
    assert before - timedelta(milliseconds=1) <= message.accepted_at <= datetime.now(UTC)
    assert 4 == UUID(message.id[:36]).version


async def test_two_keys_are_refused(client, fake_queue):
    """Which of two keys was meant is not guessed."""
    headers = [("Idempotency-Key", "a"), ("idempotency-key", "b")]

    response = await client.post("/v1/notifications", json=_WRITTEN, headers=headers)

    assert 422 == response.status_code
    assert [{"pointer": "Idempotency-Key", "detail": "must appear at most once"}] == response.json()["errors"]
    assert [] == fake_queue.bodies


@pytest.mark.parametrize("key", ["", "a b", "a" * 257, "a" * 60_000, "\xe9"])
async def test_key_that_is_no_key_is_refused(client, fake_queue, key):
    """An empty key is a mistake that must not pass for 'no key'."""
    response = await _post(client, **{"Idempotency-Key": key.encode("latin-1")})

    assert 422 == response.status_code
    assert [
        {"pointer": "Idempotency-Key", "detail": "must have 1 to 256 visible ASCII characters"}
    ] == response.json()["errors"]
    assert [] == fake_queue.bodies


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (QueueUnavailableError("down"), "The queue did not confirm the notification."),
        (BatcherFullError("full"), "Too many notifications are waiting for the queue."),
        (WithdrawnError("late"), "The notification waited too long for the queue and was withdrawn."),
    ],
)
async def test_unconfirmed_is_503_with_retry_after(client, fake_queue, error, detail):
    """Without a confirmation there is no 202: the caller is told to come back."""
    fake_queue.error = error

    response = await _post(client)

    assert 503 == response.status_code
    assert "5" == response.headers["Retry-After"]
    assert detail == response.json()["detail"]


async def test_overfull_is_503_at_once(make_app, connect):
    """When as many messages wait as may, the next caller does not wait at all."""
    go_on, sending = asyncio.Event(), asyncio.Event()

    class Held:
        async def send(self, messages):
            sending.set()
            await go_on.wait()
            return [None] * len(messages)

    priority_queues = PriorityQueues(Held(), None, BatchLimits(capacity=1, wait_seconds=0.001))
    async with connect(make_app(priority_queues=priority_queues)) as client:
        first = asyncio.create_task(_post(client))
        await asyncio.wait_for(sending.wait(), SOON)
        assert 503 == (await asyncio.wait_for(_post(client), SOON)).status_code
        go_on.set()
        assert 202 == (await first).status_code


@pytest.mark.parametrize(
    "error", [EntryRefusedError("InvalidMessageContents: secret"), ZeroDivisionError("secret")]
)
async def test_what_no_repeat_can_mend_is_a_defect(client, fake_queue, error):
    """A message that the queue refuses is 500 and says nothing of the inside."""
    fake_queue.error = error

    response = await _post(client)

    assert 500 == response.status_code
    assert "application/problem+json" == response.headers["content-type"]
    assert "secret" not in response.text


async def test_body_in_pieces(client, fake_queue):
    """How the body was cut on its way does not matter."""

    async def pieces():
        for piece in (b'{"recipient":"ada@example.com",', b'"subject":"Hello",', b'"body":"Good morning"}'):
            yield piece

    response = await client.post("/v1/notifications", content=pieces())

    assert 202 == response.status_code
    assert 1 == len(fake_queue.bodies)


async def test_client_that_hangs_up_is_no_defect(make_app, fake_queue):
    """A request that ends in the middle of its body is neither answered nor logged as broken."""
    received = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return received.pop(0)

    async def send(message):
        sent.append(message)

    headers = [(b"authorization", b"Bearer team-a." + b"k" * 43), (b"content-length", b"100")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/notifications",
        "headers": headers,
        "query_string": b"",
    }

    await make_app()(scope, receive, send)

    assert [] == sent
    assert [] == fake_queue.bodies


async def test_nobody_waits_for_ever_for_the_queue(make_app, connect):
    """While the queue hangs everybody is told to come back in time, those under way and those behind them."""

    class Hanging:
        async def send(self, _):
            await asyncio.Event().wait()

    limits = BatchLimits(entries=1, calls=1, wait_seconds=0.001, patience_seconds=0.05)
    async with connect(make_app(priority_queues=PriorityQueues(Hanging(), None, limits))) as client:
        answers = await asyncio.wait_for(asyncio.gather(*(_post(client) for _ in range(20))), SOON)
        batch = {"notifications": [_WRITTEN] * 3}
        several = await asyncio.wait_for(client.post("/v1/notifications/batch", json=batch), SOON)

    assert [503] * 20 == [answer.status_code for answer in answers]
    assert {"5"} == {answer.headers["Retry-After"] for answer in answers}
    assert [503] * 3 == [result["status"] for result in several.json()["results"]]
