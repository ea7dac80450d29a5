"""Feedback of the provider on a mail that it took, and its effect on the ledger item: pure functions."""

from dataclasses import dataclass, replace
from typing import Literal

from email_sender.ledger.decide import InProgress, LeasePolicy
from email_sender.ledger.item import Event, LedgerItem, State

# A provider tells it in any order, late and twice, so the highest of what it told is how things stand:
# whatever the order, it ends the same. A mail that was delivered may still come back hours later, and a
# recipient complains about what he got. A soft bounce after a delivery is mostly a notice of absence.
# https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types
_RANKS: dict[State, int] = {
    "sent": 0,
    "failed": 1,
    "soft_bounced": 2,
    "delivered": 3,
    "bounced": 4,
    "complained": 5,
}
# Whoever asks for feedback did not know how the attempt ended.
_NO_RANK = -1


FeedbackKind = Literal["delayed", "delivered", "bounced", "complained", "failed"]


@dataclass(frozen=True, slots=True)
class Feedback:
    """One statement of the provider about a mail.

    Attributes:
        notification_id: Which notification the mail is of.
        attempt: Which attempt to send it took it, from 1.
        kind: What became of it; `delayed` says that the provider goes on trying, `failed` that it took the
            mail and will not send it.
        at: When, in seconds since the Unix epoch.
        reason: Why, without anything of the mail; None where there is nothing to say.
        soft: Whether a bounce says nothing of the next mail to the same address.
    """

    notification_id: str
    attempt: int
    kind: FeedbackKind
    at: float
    reason: str | None = None
    soft: bool = False

    @property
    def state(self) -> State:
        """State of the notification if nothing else is known."""
        if self.kind == "delayed":
            return "sent"
        return "soft_bounced" if self.kind == "bounced" and self.soft else self.kind


@dataclass(frozen=True, slots=True)
class Recorded:
    """Decision: the feedback becomes an event of the item.

    Attributes:
        item: As written.
    """

    item: LedgerItem


@dataclass(frozen=True, slots=True)
class AlreadyRecorded:
    """Decision: the item has this event already; the provider, or a queue, has repeated itself."""


@dataclass(frozen=True, slots=True)
class NotKnown:
    """Decision: the ledger does not have the notification, or no longer."""


Recording = Recorded | AlreadyRecorded | NotKnown | InProgress


def record(item: LedgerItem | None, feedback: Feedback, now: float, policy: LeasePolicy) -> Recording:
    """Decide what the provider's feedback changes in an item.

    While the attempt that it is about is still being settled, it has to wait: whoever sends the mail owns
    the item. Once that lease is over, the provider's word is better than nobody's.

    Args:
        item: What the ledger has; None for a notification that it does not know.
        feedback: What the provider says.
        now: Seconds since the Unix epoch.
        policy: Leases, retention and repeats, as set.
    """
    if item is None:
        return NotKnown()
    event = Event(round(feedback.at, 3), feedback.kind, feedback.attempt, feedback.reason)
    told = {(known.at, known.event, known.attempt) for known in item.events}
    if (event.at, event.event, event.attempt) in told:
        return AlreadyRecorded()
    if item.state == "sending" and feedback.attempt >= item.attempt and now < item.lease_until:
        return InProgress(item.lease_until)
    state = item.state
    if _counts(item, feedback) and _RANKS[feedback.state] > _RANKS.get(item.state, _NO_RANK):
        state = feedback.state
    return Recorded(
        replace(
            item,
            version=item.version + 1,
            state=state,
            lease_until=item.lease_until if state == "sending" else 0.0,
            events=item.with_event_of_then(event),
            expires_at=max(item.expires_at, int(now + policy.retention_seconds)),
        )
    )


def _counts(item: LedgerItem, feedback: Feedback) -> bool:
    """Whether the feedback may change the state, and is not about an attempt that another has followed."""
    if feedback.attempt >= item.attempt:
        return True
    # Nobody has to try again what has arrived.
    return feedback.kind == "delivered" and item.state in {"pending", "unknown", "failed"}
