import pytest

from email_sender.ledger.item import Event, LedgerItem
from shared.message import NotificationMessage

_ACCEPTED_AT = 1_700_000_000.0


@pytest.fixture
def letter_body():
    """What a dead letter asks to send."""

    def make(notification_id="id-1", **changes) -> NotificationMessage:
        fields = {
            "recipient": "ada@example.com",
            "subject": "Hello",
            "body": "Good morning",
            "accepted_at": "2026-11-01T08:00:00Z",
            "fingerprint": "0a",
        }
        return NotificationMessage(id=notification_id, **{**fields, **changes})

    return make


@pytest.fixture
def ledger_item():
    """What the ledger says of a notification."""

    def make(state, notification_id="id-1", **changes) -> LedgerItem:
        fields = {
            "version": 3,
            "attempt": 2,
            "owner": "somebody",
            "lease_until": 0.0,
            "fingerprint": "0a",
            "client_id": "team-a",
            "accepted_at": _ACCEPTED_AT,
            "events": (Event(_ACCEPTED_AT, "sending", 2),),
            "expires_at": int(_ACCEPTED_AT) + 86_400,
        }
        return LedgerItem(notification_id=notification_id, state=state, **{**fields, **changes})

    return make
