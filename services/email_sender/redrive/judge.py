"""Decides about a dead letter: a pure function of the letter, the ledger and what was asked for."""

from dataclasses import dataclass, replace
from enum import Enum

from email_sender.ledger.decide import reopen
from email_sender.ledger.item import TAKEN, LedgerItem
from email_sender.sending.retry_policy import UNKNOWN_PREFIX
from shared.message import NotificationMessage

_REOPENED = "an operator sent it back from the dead-letter queue"


class Verdict(Enum):
    """Result for one dead letter, in words for the summary."""

    MOVED = "moved back to its queue"
    DROPPED = "sent already: deleted"
    SENT = "sent already: left (--drop-sent deletes them)"
    UNKNOWN = "may have been sent: left (--resend-unknown takes them)"
    IN_PROGRESS = "being sent at this moment: left"
    CONFLICTING = "says something else than the mail of the same id: left"
    EXPIRED = "expired, of no use to anybody any more: left"
    MALFORMED = "malformed, no Email Sender can read it: left"
    NOT_CHOSEN = "has another reason than --reason: left"
    CHANGED = "its notification changed meanwhile: left, run again"
    NOT_CONFIRMED = "AWS did not confirm: left, run again"
    NOT_DELETED = "moved back, and still here too: run again with --drop-sent"


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of a redrive that the operator has chosen.

    Attributes:
        reason: Only letters whose reason contains this, in any case of letters; empty for all.
        resend_unknown: Whether mails that may have been sent shall be sent again.
        drop_sent: Whether letters of mails that are sent shall be deleted.
        dry_run: Whether to say what would be done, and do nothing.
        limit: Maximum letters to move; None for all.
    """

    reason: str = ""
    resend_unknown: bool = False
    drop_sent: bool = False
    dry_run: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """Decision: leave the letter on the dead-letter queue.

    Attributes:
        verdict: Why.
    """

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Drop:
    """Decision: delete the letter, because its mail is sent."""


@dataclass(frozen=True, slots=True)
class Move:
    """Decision: put the letter back on its queue.

    Attributes:
        reopened: The ledger's item to write before, so that the mail may be claimed again; None if it may
            be as it is.
    """

    reopened: LedgerItem | None


def judge(
    message: NotificationMessage, reason: str, item: LedgerItem | None, asked: Asked, now: float
) -> Leave | Drop | Move:
    """Decide whether a letter is moved, deleted or left.

    Args:
        message: What it asks to send.
        reason: Why it is a dead letter; empty for one that SQS itself has moved.
        item: What the ledger says of its notification; None if it does not know it.
        asked: What the operator wants.
        now: Seconds since the Unix epoch.
    """
    if asked.reason.casefold() not in reason.casefold():
        return Leave(Verdict.NOT_CHOSEN)
    if item is not None:
        if item.fingerprint and message.fingerprint and item.fingerprint != message.fingerprint:
            return Leave(Verdict.CONFLICTING)
        if item.state in TAKEN:
            return Drop() if asked.drop_sent else Leave(Verdict.SENT)
        if item.state == "sending":
            if now < item.lease_until:
                return Leave(Verdict.IN_PROGRESS)
            # Nobody said how it ended, and the message that would have found that out is this letter.
            item = replace(item, state="unknown")
    unknown = reason.startswith(UNKNOWN_PREFIX) or (item is not None and item.state == "unknown")
    if message.expires_at is not None and message.expires_at.timestamp() <= now:
        left: Verdict | None = Verdict.EXPIRED
    else:
        left = Verdict.UNKNOWN if unknown and not asked.resend_unknown else None
    if left is not None:
        return Leave(left)
    return Move(None if item is None else reopen(item, _REOPENED, now))
