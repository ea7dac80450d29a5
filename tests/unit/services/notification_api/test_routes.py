import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from contract.message import NotificationMessage
from notification_api.app import create_app
from notification_api.readiness import Readiness
from sqs.errors import BatcherFullError, EntryRefusedError, QueueUnavailableError
from sqs.micro_batcher import BatchLimits, MicroBatcher

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}


async def _post(client, content=None, **headers):
    return await client.post("/v1/notifications", json=content or _WRITTEN, headers=headers)


async def test_accepted_means_that_the_queue_has_it(client, fake_queue):
    """202 carries the id of the message that the queue confirmed."""
    response = await _post(client)

    [body] = fake_queue.bodies
    message = NotificationMessage.from_json(body)
    assert response.status_code == 202
    assert {"id": message.id} == response.json()
    assert (message.recipient, message.subject, message.body) == ("ada@example.com", "Hello", "Good morning")
    assert datetime.now(UTC) - message.accepted_at < timedelta(seconds=10)
    assert UUID(message.id).version == 4


async def test_template_is_filled_in_before_the_queue(client, fake_queue):
    """The message carries the finished text, so that the sender knows no templates."""
    response = await _post(
        client, {"recipient": "ada@example.com", "template": "welcome", "data": {"name": "Ada"}}
    )

    assert response.status_code == 202
    message = NotificationMessage.from_json(fake_queue.bodies[0])
    assert message.subject == "Welcome, Ada"
    assert message.body.startswith("Hello Ada,\n")


async def test_missing_template_variable_is_named(client, fake_queue):
    """A template is never sent with a gap: the variable that is missing is named."""
    response = await _post(client, {"recipient": "ada@example.com", "template": "welcome"})

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"pointer": "#/data/name", "detail": "the template 'welcome' needs the variable 'name'"}
    ]
    assert fake_queue.bodies == []


async def test_repeat_with_the_same_key_has_the_same_id(client):
    """An Idempotency-Key decides the id; another key gets another one."""
    first, repeat, other = [
        (await _post(client, **{"Idempotency-Key": key})).json()["id"] for key in ("a", "a", "b")
    ]

    assert first == repeat
    assert first != other
    assert UUID(first).version == 5


async def test_key_that_is_no_key_is_refused(client):
    """An empty key is a mistake that must not pass for 'no key'."""
    response = await _post(client, **{"Idempotency-Key": ""})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"].lower() == "idempotency-key"


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (QueueUnavailableError("down"), "The queue did not confirm the notification."),
        (BatcherFullError("full"), "Too many notifications are waiting for the queue."),
    ],
)
async def test_unconfirmed_is_503_with_retry_after(client, fake_queue, error, detail):
    """Without a confirmation there is no 202: the caller is told to come back."""
    fake_queue.error = error

    response = await _post(client)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert detail == response.json()["detail"]


async def test_overfull_is_503_at_once(fake_queue, stop, metrics):
    """When as many messages wait as may, the next caller does not wait at all."""
    go_on, sending = asyncio.Event(), asyncio.Event()

    async def send(bodies):
        sending.set()
        await go_on.wait()
        return [None] * len(bodies)

    messages = MicroBatcher(send, BatchLimits(capacity=1, wait_seconds=0.001))
    app = create_app(messages, Readiness(stop, fake_queue.check), metrics)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as client:
        first = asyncio.create_task(_post(client))
        await asyncio.wait_for(sending.wait(), 5)
        assert (await asyncio.wait_for(_post(client), 5)).status_code == 503
        go_on.set()
        assert (await first).status_code == 202


async def test_message_that_the_queue_refuses_is_a_defect(client, fake_queue):
    """A refusal that no repeat can mend is 500 and says nothing of the inside."""
    fake_queue.error = EntryRefusedError("InvalidMessageContents: secret")

    response = await _post(client)

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text


async def test_message_larger_than_the_queue_takes(client, fake_queue):
    """Characters that need more bytes than a batch has are refused with 413."""
    response = await _post(client, {**_WRITTEN, "body": "€" * 100_000})

    assert response.status_code == 413
    assert "at most 262144 fit" in response.json()["detail"]
    assert fake_queue.bodies == []


async def test_what_happens_is_counted(client, fake_queue, metrics, emf):
    """Accepted and unconfirmed notifications are metrics."""
    await _post(client)
    fake_queue.error = QueueUnavailableError("down")
    await _post(client)
    fake_queue.error = EntryRefusedError("refused")
    await _post(client)
    metrics.flush()

    line = json.loads(emf.getvalue())
    names = ("NotificationsAccepted", "NotificationsNotConfirmed", "NotificationsRefused")
    assert tuple(line[name] for name in names) == (1, 1, 1)
    assert len(line["AcceptDuration"]) == 1


async def test_alive_whatever_the_queue_does(client, fake_queue):
    """Liveness asks nothing of the queue: restarting a task would not mend it."""
    fake_queue.trouble = "down"

    assert (await client.get("/healthz")).status_code == 200


async def test_ready(client):
    """A task whose queue confirms is ready."""
    assert (await client.get("/readyz")).status_code == 200


async def test_not_ready_says_why(client, fake_queue):
    """A person who asks why a task gets no requests reads the reason."""
    fake_queue.trouble = "Connection refused"

    response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["detail"] == "The queue is unavailable: Connection refused"


async def test_stopping_is_not_ready(client, stop):
    """After SIGTERM a task is alive but not ready."""
    stop.set()

    assert (await client.get("/readyz")).json()["detail"] == "The task is stopping."
    assert (await client.get("/healthz")).status_code == 200


async def test_openapi_has_examples_and_problems(client):
    """The description shows both forms and promises problems, not the framework's own errors."""
    description = (await client.get("/openapi.json")).json()

    post = description["paths"]["/v1/notifications"]["post"]
    assert {"written", "template"} == set(post["requestBody"]["content"]["application/json"]["examples"])
    for status in ("413", "422", "503"):
        assert list(post["responses"][status]["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in description["components"]["schemas"]
    assert "Problem" in description["components"]["schemas"]


async def test_examples_are_accepted(client):
    """What the description shows works."""
    description = (await client.get("/openapi.json")).json()
    content = description["paths"]["/v1/notifications"]["post"]["requestBody"]["content"]["application/json"]

    for example in content["examples"].values():
        assert (await _post(client, example["value"])).status_code == 202
