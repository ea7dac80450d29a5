"""An item of the ledger, its form in DynamoDB, and the errors on the way there."""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from pydantic_core import to_json

State = Literal[
    "sending", "pending", "sent", "failed", "unknown", "delivered", "soft_bounced", "bounced", "complained"
]
"""`pending`: nobody is sending it, and it may be claimed again. `soft_bounced`: it came back this once, be it
that a mailbox was full or that its owner is away. The others say what they mean."""

TAKEN: frozenset[State] = frozenset({"sent", "delivered", "soft_bounced", "bounced", "complained"})
"""States of a mail that the provider took, so that it is not sent again."""

EventName = Literal[
    "sending",
    "retry",
    "sent",
    "failed",
    "unknown",
    "conflict",
    "delayed",
    "delivered",
    "bounced",
    "complained",
]

# A mail that is tried five times has ten events; what is beyond the bound are repeats.
MAX_EVENTS = 30

_ZERO = {"N": "0"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a notification.

    Attributes:
        at: Seconds since the Unix epoch.
        event: What happened, in the words of `shared.status`.
        attempt: Which attempt to send it was about, from 1.
        reason: Why, without anything of the mail.
    """

    at: float
    event: EventName
    attempt: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerItem:
    """State of one notification in the ledger; holds neither its recipient nor its content.

    Attributes:
        notification_id: The key.
        version: 1 for the first write, one more for each that follows.
        state: How things stand.
        attempt: Number of the last attempt to send it, from 1.
        owner: Name of that attempt alone, so that who made it knows its own claim again.
        lease_until: When the claim of who is sending it ends, in seconds since the Unix epoch.
        fingerprint: Digest of what the mail says; empty if the message did not tell.
        client_id: Whose notification it is; empty if the message did not tell.
        accepted_at: When the Notification API took it, in seconds since the Unix epoch.
        events: What happened, oldest first.
        expires_at: When DynamoDB may forget it, in whole seconds since the Unix epoch.
        failures: Attempts that failed for a reason of this mail's own, since it was last sent back by an
            operator.
        refusals: Times that the provider refused this mail as if it took none, and took others meanwhile.
        failing_seconds: How long it went on failing like that, up to the last of these; waits for whatever
            else are not counted.
    """

    notification_id: str
    version: int
    state: State
    attempt: int
    owner: str
    lease_until: float
    fingerprint: str
    client_id: str
    accepted_at: float
    events: tuple[Event, ...]
    expires_at: int
    failures: int = 0
    refusals: int = 0
    failing_seconds: float = 0.0

    def with_event(self, event: Event) -> tuple[Event, ...]:
        """The events and one more; beyond the bound the second oldest goes: the first says when it began."""
        return _bounded((*self.events, event))

    def with_event_of_then(self, event: Event) -> tuple[Event, ...]:
        """The events and one that somebody else saw, at the place where it happened."""
        place = bisect_right(self.events, event.at, key=lambda known: known.at)
        return _bounded((*self.events[:place], event, *self.events[place:]))

    @property
    def last_reason(self) -> str:
        """The reason that the last event with one gives."""
        return next(
            (event.reason for event in reversed(self.events) if event.reason), "no reason was written"
        )


def _bounded(events: tuple[Event, ...]) -> tuple[Event, ...]:
    return events if len(events) <= MAX_EVENTS else (events[0], *events[2:])


def to_attributes(item: LedgerItem) -> dict[str, dict[str, str]]:
    """The item as DynamoDB takes it.

    The events are one JSON text: they are read and written whole, and as a tree of attribute values they
    would make an item cost two thirds more CPU, since botocore walks it node by node (70 µs, not 42).
    """
    attributes: dict[str, dict[str, str]] = {
        "notification_id": {"S": item.notification_id},
        "version": {"N": str(item.version)},
        "state": {"S": item.state},
        "attempt": {"N": str(item.attempt)},
        "owner": {"S": item.owner},
        "lease_until": {"N": f"{item.lease_until:.3f}"},
        "fingerprint": {"S": item.fingerprint},
        "client_id": {"S": item.client_id},
        "accepted_at": {"N": f"{item.accepted_at:.3f}"},
        "events": {"S": to_json([_event_out(event) for event in item.events]).decode()},
        "expires_at": {"N": str(item.expires_at)},
    }
    # Most mails have none of these, and pay for none.
    if item.failures:
        attributes["failures"] = {"N": str(item.failures)}
    if item.refusals:
        attributes["refusals"] = {"N": str(item.refusals)}
    if item.failing_seconds:
        attributes["failing_seconds"] = {"N": f"{item.failing_seconds:.3f}"}
    return attributes


def from_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> LedgerItem:
    """The item that DynamoDB gave.

    Raises:
        KeyError: An attribute is missing: it is no item of the ledger.
    """
    return LedgerItem(
        notification_id=attributes["notification_id"]["S"],
        version=int(attributes["version"]["N"]),
        state=cast("State", attributes["state"]["S"]),
        attempt=int(attributes["attempt"]["N"]),
        owner=attributes["owner"]["S"],
        lease_until=float(attributes["lease_until"]["N"]),
        fingerprint=attributes["fingerprint"]["S"],
        client_id=attributes["client_id"]["S"],
        accepted_at=float(attributes["accepted_at"]["N"]),
        events=tuple(Event(**event) for event in json.loads(attributes["events"]["S"])),
        expires_at=int(attributes["expires_at"]["N"]),
        failures=int(attributes.get("failures", _ZERO)["N"]),
        refusals=int(attributes.get("refusals", _ZERO)["N"]),
        failing_seconds=float(attributes.get("failing_seconds", _ZERO)["N"]),
    )


def _event_out(event: Event) -> dict[str, float | int | str]:
    out: dict[str, float | int | str] = {"at": round(event.at, 3), "event": event.event}
    if event.attempt is not None:
        out["attempt"] = event.attempt
    if event.reason is not None:
        out["reason"] = event.reason
    return out


class LedgerUnavailableError(Exception):
    """The ledger did not confirm, or is asked for more than it can give; the same may work later."""


class VersionChangedError(Exception):
    """Somebody else wrote the item first.

    Attributes:
        current: The item as it is now; None if it is there no more.
    """

    def __init__(self, current: LedgerItem | None) -> None:
        super().__init__("somebody else wrote the item first")
        self.current = current
