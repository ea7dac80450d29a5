import json
from datetime import UTC, datetime, timedelta

from notification_api.templating import Templates
from shared.message import NotificationMessage
from shared.sqs.errors import EntryRefusedError, QueueUnavailableError

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}


_FULL = {
    "html": "<p>Good morning</p>",
    "from_name": "Ada's Bücher",
    "reply_to": "help@bücher.example",
    "list_unsubscribe": "https://example.com/u?token=1",
}


async def _post(client, content=None, **headers):
    return await client.post("/v1/notifications", json=content or _WRITTEN, headers=headers)


def _in(**time):
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


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


async def test_domain_goes_out_in_ascii(client, fake_queue):
    """Both spellings of an international domain are one address, and one notification of one key."""
    for recipient in ("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@BÜCHER.example"):
        response = await _post(client, {**_WRITTEN, "recipient": recipient}, **{"Idempotency-Key": "a"})
        assert 202 == response.status_code

    messages = [NotificationMessage.from_json(body) for body in fake_queue.bodies]
    assert {"ada@xn--bcher-kva.example"} == {message.recipient for message in messages}
    assert 1 == len({message.fingerprint for message in messages})


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
