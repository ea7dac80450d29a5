import pytest

from email_sender.ledger import ClaimRequest, LeasePolicy, LedgerItem


@pytest.fixture
def policy():
    """Leases of half a minute, a day's memory, unknown outcomes held."""
    return LeasePolicy(lease_seconds=30, retention_seconds=86400, resend_unknown=False)


@pytest.fixture
def claim_request():
    """What a message says, with these fields changed."""

    def make(**changes: object) -> ClaimRequest:
        fields = {
            "notification_id": "id-1",
            "client_id": "team-a",
            "fingerprint": "aa",
            "accepted_at": 900.0,
            "owner": "me",
        }
        return ClaimRequest(**{**fields, **changes})

    return make


@pytest.fixture
def item():
    """An item that another owner is sending, with these fields changed."""

    def make(**changes: object) -> LedgerItem:
        fields = {
            "notification_id": "id-1",
            "version": 3,
            "state": "sending",
            "attempt": 2,
            "owner": "other",
            "lease_until": 1030.0,
            "fingerprint": "aa",
            "client_id": "team-a",
            "accepted_at": 900.0,
            "events": (),
            "expires_at": 87000,
        }
        return LedgerItem(**{**fields, **changes})

    return make
