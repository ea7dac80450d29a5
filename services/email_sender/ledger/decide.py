"""Decisions about an item of the ledger: pure functions of the item, a message and the time."""

from dataclasses import dataclass, replace
from typing import Literal

from email_sender.ledger.item import TAKEN, Event, LedgerItem

MAX_BACKOFF_SECONDS = 900.0
"""Maximum seconds between two attempts at a mail that fails by itself."""

_NOBODY_SAID = "nobody said how attempt {attempt} ended"


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """Request to claim the mail of a message.

    Attributes:
        notification_id: Which notification it asks to send.
        client_id: Whose it is; empty if it does not say.
        fingerprint: Digest of what the mail says; empty if it does not tell.
        accepted_at: Seconds since the Unix epoch.
        owner: Name of this attempt alone.
    """

    notification_id: str
    client_id: str
    fingerprint: str
    accepted_at: float
    owner: str


@dataclass(frozen=True, slots=True)
class LeasePolicy:
    """Settings of leases, retention and repeats.

    Attributes:
        lease_seconds: How long a claim holds: the queue's visibility timeout.
        retention_seconds: How long an item is kept after its last write.
        resend_unknown: Whether a mail that may have been sent is sent again; else it is held.
        max_attempts: Failures of a mail's own after which one that may have been sent is held all the same.
    """

    lease_seconds: float
    retention_seconds: float
    resend_unknown: bool
    max_attempts: int = 30


@dataclass(frozen=True, slots=True)
class Claimed:
    """Decision: send the mail; nobody else will while the lease lasts.

    Attributes:
        item: As written; its `attempt` says which attempt this is.
        found_unknown: Whether this claim found that nobody said how the one before it ended.
    """

    item: LedgerItem
    found_unknown: bool = False


@dataclass(frozen=True, slots=True)
class AlreadySent:
    """Decision: the mail is sent already, whatever became of it then; the message is a repeat."""


@dataclass(frozen=True, slots=True)
class AlreadyFailed:
    """Decision: the mail has failed for good and will never be sent.

    Attributes:
        reason: Why.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class InProgress:
    """Decision: another attempt is sending the mail now.

    Attributes:
        lease_until: When that ends at the latest, in seconds since the Unix epoch.
    """

    lease_until: float


@dataclass(frozen=True, slots=True)
class OutcomeUnknown:
    """Decision: the mail may have been sent, and is held.

    Attributes:
        reason: Why nobody knows.
        found_now: Whether nobody had noticed before.
    """

    reason: str
    found_now: bool


@dataclass(frozen=True, slots=True)
class Conflicting:
    """Decision: the id belongs to a mail with other content, so this one must not be sent."""


Decision = Claimed | AlreadySent | AlreadyFailed | InProgress | OutcomeUnknown | Conflicting


@dataclass(frozen=True, slots=True)
class Ending:
    """End of an attempt, to be written into the item.

    Attributes:
        state: What the item becomes.
        reason: Why, without anything of the mail; None for what was sent.
        counts_as: Which of the item's counters goes up; None for an end that is not the mail's doing.
    """

    state: Literal["pending", "sent", "failed", "unknown"]
    reason: str | None = None
    counts_as: Literal["failure", "refusal"] | None = None


def decide(
    item: LedgerItem | None, request: ClaimRequest, now: float, policy: LeasePolicy
) -> tuple[Decision, LedgerItem | None]:
    """Decide whether a message's mail may be sent; with the item to write for that, if any.

    Args:
        item: What the ledger has; None for a notification that it does not know.
        request: For the mail of a message.
        now: Seconds since the Unix epoch.
        policy: Leases, retention and repeats, as set.
    """
    if item is None:
        return _claim(_first(request), request, now, policy)
    if _differ(item.fingerprint, request.fingerprint):
        return Conflicting(), _conflict(item, now, policy)
    if item.owner == request.owner and item.state in {"sending", "unknown"}:
        # Our own claim, whose confirmation was lost on the way: nothing has been sent yet, even if somebody
        # else could not know that.
        return _claim(item, request, now, policy)
    if item.state == "sending":
        return _decide_sending(item, request, now, policy)
    if item.state == "pending" or (item.state == "unknown" and _may_resend(item, policy)):
        return _claim(item, request, now, policy)
    return _over(item), None


def settle(
    item: LedgerItem | None, owner: str, ending: Ending, now: float, policy: LeasePolicy
) -> LedgerItem | None:
    """The item to write for how an attempt ended; None if the attempt is no longer its owner's to settle.

    Who knows whether the mail was taken may say so even after somebody else has found that nobody knows:
    it is still the last attempt, and what is known is worth more than what is not.

    Args:
        item: What the ledger has.
        owner: Name of the attempt.
        ending: How it ended.
        now: Seconds since the Unix epoch.
        policy: Leases, retention and repeats, as set.
    """
    if item is None or item.owner != owner:
        return None
    if item.state != "sending" and not (item.state == "unknown" and ending.state in {"sent", "failed"}):
        return None
    event = "retry" if ending.state == "pending" else ending.state
    return replace(
        item,
        version=item.version + 1,
        state=ending.state,
        lease_until=0.0,
        events=item.with_event(Event(now, event, item.attempt, ending.reason)),
        expires_at=int(now + policy.retention_seconds),
        failures=item.failures + (ending.counts_as == "failure"),
        refusals=item.refusals + (ending.counts_as == "refusal"),
        failing_seconds=failing_seconds(item, now) if ending.counts_as else item.failing_seconds,
    )


def failing_seconds(item: LedgerItem, now: float) -> float:
    """Time for which a mail has been failing by itself if its attempt under way fails by itself, too.

    The time since the attempt before is counted up to the longest back-off: what is beyond that was an
    outage, or a queue with a backlog, and is none of the mail's doing.

    Args:
        item: Of the attempt under way.
        now: Seconds since the Unix epoch.
    """
    if not item.failures and not item.refusals:
        return 0.0
    before = max((event.at for event in item.events if event.attempt != item.attempt), default=now)
    return item.failing_seconds + min(max(now - before, 0.0), MAX_BACKOFF_SECONDS)


def renew(item: LedgerItem | None, owner: str, now: float, policy: LeasePolicy) -> LedgerItem | None:
    """The item to write so that an attempt under way keeps its claim; None if the claim is no longer its own.

    Args:
        item: What the ledger has.
        owner: Name of the attempt.
        now: Seconds since the Unix epoch.
        policy: Leases, retention and repeats, as set.
    """
    if item is None or item.owner != owner or item.state != "sending":
        return None
    return replace(item, version=item.version + 1, lease_until=now + policy.lease_seconds)


def is_settled(item: LedgerItem | None, owner: str, ending: Ending) -> bool:
    """Whether an earlier write of the same settlement went through without being confirmed."""
    if item is None or item.owner != owner:
        return False
    # The provider may have told meanwhile what became of the mail.
    return item.state == ending.state or (ending.state == "sent" and item.state in TAKEN)


def reopen(item: LedgerItem, reason: str, now: float) -> LedgerItem | None:
    """The item to write so that an operator's redrive is sent; None if there is nothing to reopen.

    Args:
        item: What the ledger has.
        reason: Goes into the timeline.
        now: Seconds since the Unix epoch.
    """
    if item.state not in {"failed", "unknown"}:
        return None
    return replace(
        item,
        version=item.version + 1,
        state="pending",
        events=item.with_event(Event(now, "retry", item.attempt, reason)),
        failures=0,
        refusals=0,
        failing_seconds=0.0,
    )


def _may_resend(item: LedgerItem, policy: LeasePolicy) -> bool:
    return policy.resend_unknown and item.failures < policy.max_attempts


def _over(item: LedgerItem) -> Decision:
    if item.state == "failed":
        return AlreadyFailed(item.last_reason)
    if item.state == "unknown":
        return OutcomeUnknown(item.last_reason, found_now=False)
    # Whether it arrived or came back: the provider took it.
    return AlreadySent()


def _decide_sending(
    item: LedgerItem, request: ClaimRequest, now: float, policy: LeasePolicy
) -> tuple[Decision, LedgerItem | None]:
    if now < item.lease_until:
        return InProgress(item.lease_until), None
    reason = _NOBODY_SAID.format(attempt=item.attempt)
    events = item.with_event(Event(now, "unknown", item.attempt, reason))
    # A mail that ends every sender which tries it must not be tried for ever.
    failed = replace(item, events=events, failures=item.failures + 1)
    if _may_resend(failed, policy):
        return _claim(failed, request, now, policy, found_unknown=True)
    unknown = replace(
        failed,
        version=item.version + 1,
        state="unknown",
        lease_until=0.0,
        expires_at=int(now + policy.retention_seconds),
    )
    return OutcomeUnknown(reason, found_now=True), unknown


def _claim(
    item: LedgerItem, request: ClaimRequest, now: float, policy: LeasePolicy, *, found_unknown: bool = False
) -> tuple[Decision, LedgerItem]:
    attempt = item.attempt + 1
    claimed = LedgerItem(
        notification_id=item.notification_id,
        version=item.version + 1,
        state="sending",
        attempt=attempt,
        owner=request.owner,
        lease_until=now + policy.lease_seconds,
        fingerprint=item.fingerprint or request.fingerprint,
        client_id=item.client_id or request.client_id,
        accepted_at=item.accepted_at,
        events=item.with_event(Event(now, "sending", attempt)),
        expires_at=int(now + policy.retention_seconds),
        failures=item.failures,
        refusals=item.refusals,
        failing_seconds=item.failing_seconds,
    )
    return Claimed(claimed, found_unknown), claimed


def _first(request: ClaimRequest) -> LedgerItem:
    """Item to begin with for a notification that the ledger does not have; never written."""
    return LedgerItem(
        notification_id=request.notification_id,
        version=0,
        state="pending",
        attempt=0,
        owner="",
        lease_until=0.0,
        fingerprint=request.fingerprint,
        client_id=request.client_id,
        accepted_at=request.accepted_at,
        events=(),
        expires_at=0,
    )


def _conflict(item: LedgerItem, now: float, policy: LeasePolicy) -> LedgerItem | None:
    if item.events and item.events[-1].event == "conflict":
        # The same message again, or one more of its kind: the timeline says it already.
        return None
    reason = "the same Idempotency-Key came with another body, which was not sent"
    return replace(
        item,
        version=item.version + 1,
        events=item.with_event(Event(now, "conflict", reason=reason)),
        expires_at=int(now + policy.retention_seconds),
    )


def _differ(one: str, other: str) -> bool:
    """Whether both say what the mail is, and say different things."""
    return bool(one and other and one != other)
