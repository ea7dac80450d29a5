import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.message import NotificationMessage

_ACCEPTED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def _message(**changes):
    fields = {
        "id": "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11",
        "recipient": "ada@example.com",
        "subject": "Hello",
        "body": "Good morning",
        "accepted_at": _ACCEPTED_AT,
    }
    return NotificationMessage(**{**fields, **changes})


def test_json_round_trip():
    """What one service writes the other reads."""
    assert _message() == NotificationMessage.from_json(_message().to_json())


def test_json_round_trip_of_everything():
    """What a message may have besides is read as it was written."""
    message = _message(
        html="<p>Grüße</p>",
        from_name="Bücher",
        reply_to="help@example.com",
        list_unsubscribe="https://example.com/u",
        expires_at=_ACCEPTED_AT,
    )

    assert message == NotificationMessage.from_json(message.to_json())


def test_names_its_schema_version():
    """The JSON says which schema version it has."""
    assert 1 == json.loads(_message().to_json())["schema_version"]


def test_unknown_field_is_ignored():
    """A field that a newer Notification API adds does not stop an older sender."""
    text = json.dumps({**json.loads(_message().to_json()), "locale": "de"})

    assert _message() == NotificationMessage.from_json(text)


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": 2},
        {"id": "has a space"},
        {"id": ""},
        {"id": "x" * 81},
        {"recipient": "no-at-sign"},
        {"recipient": "ada@example.com\nBcc: eve@example.com"},
        {"subject": "Hello\r\nBcc: eve@example.com"},
        {"body": "bell \x07"},
        {"accepted_at": "2026-11-01T12:00:00"},
        {"expires_at": "2026-11-01T12:00:00"},
        {"html": "<p>\x07</p>"},
        {"from_name": "Shop\r\nBcc: eve@example.com"},
        {"reply_to": "help@example.com\nBcc: eve@example.com"},
        {"reply_to": "Help <help@example.com>"},
        {"list_unsubscribe": "http://example.com/u"},
        {"list_unsubscribe": "https://example.com/u>\r\nBcc: eve@example.com"},
    ],
)
def test_refuses_what_must_not_reach_a_mail(change):
    """An unknown version, an unsafe id, a header injection, a naive time are all refused."""
    text = json.dumps({**json.loads(_message().to_json()), **change})

    with pytest.raises(ValidationError):
        NotificationMessage.from_json(text)


@given(st.text())
def test_json_has_only_characters_that_sqs_takes(body):
    """Whatever body passes, its JSON has only characters of XML 1.0."""
    try:
        text = _message(body=body).to_json()
    except ValidationError:
        return

    assert all(
        c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" for c in text
    )


def test_an_optional_field_that_is_empty_is_not_written():
    """Most mails have none of them, and no sender has to read what is not there."""
    plain = json.loads(_message().to_json())
    with_html = json.loads(_message(html="<p>Hello</p>").to_json())

    assert {"html": "<p>Hello</p>"} == {name: with_html[name] for name in with_html.keys() - plain.keys()}
    assert not {"expires_at", "html", "from_name", "reply_to", "list_unsubscribe"} & plain.keys()
