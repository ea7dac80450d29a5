from datetime import UTC, datetime, timedelta, timezone

import pytest

from notification_api.models import Rules
from shared.message import NotificationMessage

_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}


async def _post(client, content=None, **headers):
    return await client.post("/v1/notifications", json=content or _WRITTEN, headers=headers)


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
