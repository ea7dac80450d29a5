import asyncio
import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from notification_api.models import Rules
from notification_api.priority_queues import PriorityQueues
from notification_api.templating import Templates
from shared.message import NotificationMessage
from shared.sqs.errors import BatcherFullError, EntryRefusedError, QueueUnavailableError, WithdrawnError
from shared.sqs.micro_batcher import BatchLimits
from tests.waiting import SOON

from .conftest import OTHER_KEY

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


async def test_template_is_filled_in_before_the_queue(client, fake_queue):
    """The message carries the finished text, so that the sender knows no templates."""
    response = await _post(
        client, {"recipient": "ada@example.com", "template": "welcome", "data": {"name": "Ada"}}
    )

    assert 202 == response.status_code
    message = NotificationMessage.from_json(fake_queue.bodies[0])
    assert "Welcome, Ada" == message.subject
    assert message.body.startswith("Hello Ada,\n")


async def test_missing_template_variable_is_named(client, fake_queue):
    """A template is never sent with a gap: the variable that is missing is named."""
    response = await _post(client, {"recipient": "ada@example.com", "template": "welcome"})

    assert 422 == response.status_code
    assert [
        {"pointer": "#/data/name", "detail": "the template 'welcome' needs the variable 'name'"}
    ] == response.json()["errors"]
    assert [] == fake_queue.bodies


async def test_priority_chooses_the_queue(client, fake_queue, fake_high_queue):
    """What has high priority does not wait behind what has not."""
    await _post(client, {**_WRITTEN, "priority": "high"})
    await _post(client, {**_WRITTEN, "priority": "normal"})

    assert ["high"] == [NotificationMessage.from_json(body).priority for body in fake_high_queue.bodies]
    assert ["normal"] == [NotificationMessage.from_json(body).priority for body in fake_queue.bodies]


async def test_repeat_with_the_same_key_has_the_same_id(client):
    """An Idempotency-Key decides the id; another key gets another one."""
    first, repeat, other = [
        (await _post(client, **{"Idempotency-Key": key})).json()["id"] for key in ("a", "a", "b" * 256)
    ]

    assert first == repeat
    assert first != other
    assert 5 == UUID(first[:36]).version


async def test_clients_do_not_share_keys(client, make_app, connect):
    """The same Idempotency-Key of another client is another notification."""
    async with connect(make_app(), f"Bearer team-b.{OTHER_KEY}") as other_client:
        other = await _post(other_client, **{"Idempotency-Key": "a"})

    assert other.json()["id"] != (await _post(client, **{"Idempotency-Key": "a"})).json()["id"]


async def test_fingerprint_tells_a_repeat_from_another_body(make_app, connect, fake_queue):
    """The sender sees whether the same key came with the same content, at whatever task."""
    changes = ({}, {}, {"body": "Good night"}, {"subject": "Bye"}, {"recipient": "eve@example.com"})
    for change in changes:
        async with connect(make_app()) as client:
            await _post(client, {**_WRITTEN, **change}, **{"Idempotency-Key": "a"})

    messages = [NotificationMessage.from_json(body) for body in fake_queue.bodies]
    assert 1 == len({message.id for message in messages})
    assert messages[0].fingerprint == messages[1].fingerprint
    assert len({message.fingerprint for message in messages}) == len(changes) - 1


async def test_fingerprint_is_of_the_parts(client, fake_queue):
    """Words that move from the subject to the body are another content."""
    await _post(client, {**_WRITTEN, "subject": "anormal:", "body": "b"})
    await _post(client, {**_WRITTEN, "subject": "a", "body": "normal:b"})

    one, other = [NotificationMessage.from_json(body).fingerprint for body in fake_queue.bodies]
    assert one != other


async def test_domain_goes_out_in_ascii(client, fake_queue):
    """Both spellings of an international domain are one address, and one notification of one key."""
    for recipient in ("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@BÜCHER.example"):
        response = await _post(client, {**_WRITTEN, "recipient": recipient}, **{"Idempotency-Key": "a"})
        assert 202 == response.status_code

    messages = [NotificationMessage.from_json(body) for body in fake_queue.bodies]
    assert {"ada@xn--bcher-kva.example"} == {message.recipient for message in messages}
    assert 1 == len({message.fingerprint for message in messages})


async def test_fingerprint_stays_what_it_was(client, fake_queue):
    """A repeat that reaches a task of another version has the fingerprint that this one gave."""
    await _post(client)
    await _post(client, {**_WRITTEN, "recipient": "ada@bücher.example", "priority": "normal"})

    assert [
        "e48f3f984b07727eb9b91b235ed77cbe7882cd72657d0a55778ac62a950fbb87",
        "fd9b91090378afc9f3057c59d3dfd37c2e16cee6840b385083fc26c235e4acbd",
    ] == [NotificationMessage.from_json(body).fingerprint for body in fake_queue.bodies]


_FULL = {
    "html": "<p>Good morning</p>",
    "from_name": "Ada's Bücher",
    "reply_to": "help@bücher.example",
    "list_unsubscribe": "https://example.com/u?token=1",
}


def _in(**time):
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def test_message_has_what_the_caller_asked_for(client, fake_queue):
    """HTML, name, answers, unsubscribing and an end reach the queue; what is not asked for is left out."""
    expires_at = _in(days=1)
    await _post(client, {**_WRITTEN, **_FULL, "expires_at": expires_at})
    await _post(client, {**_WRITTEN, **dict.fromkeys([*_FULL, "expires_at"])})

    message = NotificationMessage.from_json(fake_queue.bodies[0])
    assert {**_FULL, "reply_to": "help@xn--bcher-kva.example"} == {
        name: getattr(message, name) for name in _FULL
    }
    assert datetime.fromisoformat(expires_at) == message.expires_at
    assert {*_FULL, "expires_at"}.isdisjoint(json.loads(fake_queue.bodies[1]))


async def test_request_has_the_last_word_over_its_template(
    make_app, connect, fake_queue, monkeypatch, tmp_path
):
    """A template's name, address and URL are for requests without one."""
    (tmp_path / "hello.txt").write_text(
        "Subject: Hello\nFrom-Name: Shop\nReply-To: shop@example.com\n\nHello ${name}\n"
    )
    (tmp_path / "hello.html").write_text("<p>Hello ${name}</p>\n")
    monkeypatch.setattr("notification_api.app.Templates", lambda: Templates(tmp_path))
    asked = {"recipient": "ada@example.com", "template": "hello", "data": {"name": "<Ada>"}}
    async with connect(make_app()) as client:
        await _post(client, asked)
        await _post(client, {**asked, "from_name": "Billing", "expires_at": _in(hours=1)})
        refused = await _post(client, {**asked, "html": "<p>Hi</p>"})

    plain, other = map(NotificationMessage.from_json, fake_queue.bodies)
    assert ("<p>Hello &lt;Ada&gt;</p>\n", "Shop", "shop@example.com") == (
        plain.html,
        plain.from_name,
        plain.reply_to,
    )
    assert ("Billing", "shop@example.com") == (other.from_name, other.reply_to)
    assert other.expires_at is not None
    assert ["#/html"] == [error["pointer"] for error in refused.json()["errors"]]


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("html", "", "at least 1 character"),
        ("html", "x" * 100_001, "at most 100000 characters"),
        ("html", "<p>\x07</p>", "control characters"),
        ("html", 7, "valid string"),
        ("from_name", "", "at least 1 character"),
        ("from_name", " ", "must not be blank"),
        ("from_name", "x" * 65, "at most 64 characters"),
        ("from_name", "Shop\r\nBcc: eve@example.com", "one line"),
        ("from_name", "Shop\u2028", "one line"),
        ("reply_to", "nobody", "not a valid email address"),
        ("reply_to", "jörg@example.com", "before the @-sign are not supported"),
        ("reply_to", "Help <help@example.com>", "not a valid email address"),
        ("reply_to", "a@example.com, b@example.com", "not a valid email address"),
        ("reply_to", "a@example.com\r\nBcc: eve@example.com", "not a valid email address"),
        ("list_unsubscribe", "http://example.com/u", "must be one https URL"),
        ("list_unsubscribe", "mailto:stop@example.com", "must be one https URL"),
        ("list_unsubscribe", "https://a.example/u>, <https://b.example/u", "must be one https URL"),
        ("list_unsubscribe", "https://a.example/u\r\nBcc: eve@example.com", "must be one https URL"),
        ("list_unsubscribe", "https://a.example/" + "u" * 900, "at most 868 characters"),
        ("expires_at", "2020-01-01T00:00:00Z", "must be in the future"),
        ("expires_at", "0001-01-01T00:00:00+23:59", "must be in the future"),
        ("expires_at", "9999-12-31T23:59:59-23:59", "must be at most 14 days ahead"),
        ("expires_at", "2030-01-01T00:00:00", "RFC 3339"),
        ("expires_at", "2030-01-01", "RFC 3339"),
        ("expires_at", "tomorrow", "RFC 3339"),
        ("expires_at", "1893456000", "RFC 3339"),
        ("expires_at", 1893456000, "RFC 3339"),
        ("expires_at", "2030-02-30T00:00:00Z", "day value is outside expected range"),
        ("expires_at", "٢٠٣٠-01-01T00:00:00Z", "RFC 3339"),
    ],
)
async def test_field_that_no_mail_can_have(client, fake_queue, field, value, detail):
    """What would spoil a header, or make no sense, is refused at its place, alone and in a batch."""
    content = {**_WRITTEN, field: value}
    response = await _post(client, content)
    batch = await client.post("/v1/notifications/batch", json={"notifications": [content]})

    assert 422 == response.status_code
    [error] = response.json()["errors"]
    assert f"#/{field}" == error["pointer"]
    assert detail in error["detail"]
    [result] = batch.json()["results"]
    assert [f"#/notifications/0/{field}"] == [each["pointer"] for each in result["problem"]["errors"]]
    assert [] == fake_queue.bodies


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])
@pytest.mark.parametrize("left", [timedelta(minutes=1), timedelta(days=14)])
async def test_expiry_is_a_moment(client, fake_queue, zone, left):
    """Up to fourteen days ahead any time is taken, in any zone, and means the same moment."""
    expires_at = (datetime.now(UTC) + left).astimezone(zone)
    response = await _post(client, {**_WRITTEN, "expires_at": expires_at.isoformat()})

    assert 202 == response.status_code
    assert expires_at == NotificationMessage.from_json(fake_queue.bodies[0]).expires_at


async def test_fingerprint_is_of_everything_that_is_sent(client, fake_queue):
    """Another HTML, name, address or URL is another content; another end is the same one, tried again."""
    other = {"html": "<p>Bye</p>", "from_name": "Eve", "reply_to": "b@example.com"}
    other["list_unsubscribe"] = "https://example.com/v"
    changes = [{}, *({name: value} for name, value in _FULL.items()), _FULL]
    changes += [{**_FULL, name: value} for name, value in other.items()]
    for change in changes:
        await _post(client, {**_WRITTEN, **change})
        await _post(client, {**_WRITTEN, **change, "expires_at": _in(hours=len(fake_queue.bodies) + 1)})

    prints = [NotificationMessage.from_json(body).fingerprint for body in fake_queue.bodies]
    assert prints[::2] == prints[1::2]
    assert len(changes) == len(set(prints))


@pytest.mark.parametrize("recipient", ["jörg@example.com", "£5@example.com", "“ada”@bücher.example"])
async def test_local_part_beyond_ascii_is_refused_at_the_door(
    client, make_app, connect, fake_queue, recipient
):
    """Most relays could never be given such a mail; one that takes it is known by a setting."""
    content = {**_WRITTEN, "recipient": recipient}

    refused = await _post(client, content)
    async with connect(make_app(rules=Rules(smtputf8=True))) as client_of_a_newer_relay:
        accepted = await _post(client_of_a_newer_relay, content)

    assert 422 == refused.status_code
    [error] = refused.json()["errors"]
    assert "#/recipient" == error["pointer"]
    assert "before the @-sign are not supported" in error["detail"]
    assert 202 == accepted.status_code
    assert 1 == len(fake_queue.bodies)


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


async def test_message_larger_than_the_queue_takes(client, fake_queue):
    """Characters that need more bytes than a batch has are refused with 413."""
    response = await _post(client, {**_WRITTEN, "body": "€" * 100_000})

    assert 413 == response.status_code
    assert "at most 262144 fit" in response.json()["detail"]
    assert [] == fake_queue.bodies


async def test_what_happens_is_counted(client, fake_queue, metrics, emf):
    """Accepted, unconfirmed and refused notifications are metrics."""
    await _post(client)
    fake_queue.error = QueueUnavailableError("down")
    await _post(client)
    fake_queue.error = EntryRefusedError("refused")
    await _post(client)
    metrics.flush()

    line = json.loads(emf.getvalue())
    names = ("NotificationsAccepted", "NotificationsNotConfirmed", "NotificationsRefused")
    assert (1, 1, 1) == tuple(line[name] for name in names)
    assert 1 == len(line["AcceptDuration"])


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
