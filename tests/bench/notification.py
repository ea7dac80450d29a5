"""The notification that is asked for, put on queues and sent, over and over."""

from datetime import UTC, datetime

from shared.message import NotificationMessage
from tests.bench.aws import CLIENT

RECIPIENT, SUBJECT = "ada@example.com", "Your order has shipped"
TEXT = "Dear Ada,\n\nit should be with you on Thursday.\n"


def message(notification_id: str) -> NotificationMessage:
    """What the Notification API puts on its queue."""
    return NotificationMessage.model_construct(
        id=notification_id,
        recipient=RECIPIENT,
        subject=SUBJECT,
        body=TEXT,
        accepted_at=datetime.now(UTC),
        client_id=CLIENT,
        fingerprint="0" * 64,
    )
