"""Makes the status API's answer of an item of the ledger."""

from datetime import UTC, datetime

from email_sender.ledger import LedgerItem
from shared.status import DeliveryStatus, State, TimelineEvent

# Who asks need not know whether a mail that is still to be sent is in flight right now.
_STATES: dict[str, State] = {
    "sending": "sending",
    "pending": "sending",
    "sent": "sent",
    "failed": "failed",
    "unknown": "unknown",
    "delivered": "delivered",
    "soft_bounced": "bounced",
    "bounced": "bounced",
    "complained": "complained",
}


def delivery_status(item: LedgerItem) -> DeliveryStatus:
    """State and timeline of a notification, from its acceptance on."""
    timeline = [TimelineEvent(at=_moment(item.accepted_at), event="accepted")]
    timeline += [
        TimelineEvent(at=_moment(event.at), event=event.event, attempt=event.attempt, detail=event.reason)
        for event in item.events
    ]
    return DeliveryStatus(
        id=item.notification_id, state=_STATES[item.state], attempts=item.attempt, timeline=timeline
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
