"""Reads a message of the events' queue as an event with its consequences."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from email_sender.ledger import Feedback, FeedbackKind
from email_sender.mail_events.record import Bounce, Complaint, DeliveryDelay, Mail, Record
from email_sender.providers.ses import ATTEMPT_TAG, NOTIFICATION_TAG
from email_sender.reason import fit_reason

# Sent once when a topic is named as the destination of events:
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html
_TEST_MESSAGE = "Successfully validated SNS topic for Amazon SES event publishing"
# https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
_OF_THE_SUBSCRIPTION = frozenset({"SubscriptionConfirmation", "UnsubscribeConfirmation"})
# Nobody here asks for them, and nothing follows from them.
_WITHOUT_CONSEQUENCES = frozenset({"Send", "Open", "Click", "Subscription"})
# A recipient's report that the mail is none of it (RFC 5965, 7.3).
_NOT_SPAM = "not-spam"
_NOTIFICATION_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ATTEMPT = re.compile(r"[1-9][0-9]{0,8}")


class AboutTheTopicError(Exception):
    """The message is about the topic or its subscription, and not about a mail."""


@dataclass(frozen=True, slots=True)
class MailEvent:
    """An event of SES about one mail.

    Attributes:
        kind: SES's name of it, such as "Bounce".
        message_id: SES's own id of the mail.
        feedback: What the ledger is told; None where the mail names no notification of ours, or nothing
            follows from it.
        suppress: Addresses that get no mail from now on.
        reason: Why.
    """

    kind: str
    message_id: str
    feedback: Feedback | None = None
    suppress: tuple[str, ...] = ()
    reason: str = ""


def read_event(body: str) -> MailEvent:
    """Read the body of a message.

    Raises:
        AboutTheTopicError: It is about no mail.
        ValueError: It is nothing that SES documents (pydantic.ValidationError is one).
    """
    record = Record.model_validate(unwrapped(body))
    if record.eventType in _WITHOUT_CONSEQUENCES:
        return MailEvent(record.eventType, "" if record.mail is None else record.mail.messageId)
    event = None if record.mail is None else _meaning(record, record.mail)
    if event is None:
        raise ValueError(f"{record.eventType[:40]!r} is no event that SES documents, or lacks a part")
    return event


def _meaning(record: Record, mail: Mail) -> MailEvent | None:
    """The meaning of a record; None if its type is not known, or the part of that type is not there."""
    event = None
    match record.eventType:
        case "Bounce" if record.bounce is not None:
            event = _bounce(mail, record.bounce)
        case "Complaint" if record.complaint is not None:
            event = _complaint(mail, record.complaint)
        case "Delivery" if record.delivery is not None:
            said = record.delivery.smtpResponse
            feedback = _feedback(mail, "delivered", record.delivery.timestamp, said)
            event = MailEvent(record.eventType, mail.messageId, feedback)
        case "DeliveryDelay" if record.deliveryDelay is not None:
            event = _delay(mail, record.deliveryDelay)
        case "Reject" if record.reject is not None:
            event = _given_up(record, mail, f"SES rejected it: {record.reject.reason}")
        case "Rendering Failure" if record.failure is not None:
            event = _given_up(record, mail, f"SES could not render it: {record.failure.errorMessage}")
    return event


def _delay(mail: Mail, delay: DeliveryDelay) -> MailEvent:
    reason = _joined(delay.delayType, [one.diagnosticCode for one in delay.delayedRecipients])
    return MailEvent("DeliveryDelay", mail.messageId, _feedback(mail, "delayed", delay.timestamp, reason))


def _given_up(record: Record, mail: Mail, reason: str) -> MailEvent:
    """Event of a mail that SES took and will not send; it does not say when it noticed."""
    return MailEvent(record.eventType, mail.messageId, _feedback(mail, "failed", mail.timestamp, reason))


def _bounce(mail: Mail, bounce: Bounce) -> MailEvent:
    reason = _joined(
        f"{bounce.bounceType} {bounce.bounceSubType}",
        [one.diagnosticCode for one in bounce.bouncedRecipients],
    )
    permanent = bounce.bounceType == "Permanent"
    feedback = _feedback(mail, "bounced", bounce.timestamp, reason, soft=not permanent)
    suppress = tuple(one.emailAddress for one in bounce.bouncedRecipients) if permanent else ()
    return MailEvent("Bounce", mail.messageId, feedback, suppress, f"bounced: {reason}")


def _complaint(mail: Mail, complaint: Complaint) -> MailEvent:
    told = complaint.complaintFeedbackType or complaint.complaintSubType or "of a kind that nobody told"
    if told == _NOT_SPAM:
        return MailEvent("Complaint", mail.messageId)
    feedback = _feedback(mail, "complained", complaint.timestamp, told)
    suppress = tuple(one.emailAddress for one in complaint.complainedRecipients)
    return MailEvent("Complaint", mail.messageId, feedback, suppress, f"complained: {told}")


def _feedback(
    mail: Mail, kind: FeedbackKind, at: datetime, reason: str | None, *, soft: bool = False
) -> Feedback | None:
    """Feedback for the ledger; None if the mail has not the tags that ours have."""
    notification_id = _tag(mail, NOTIFICATION_TAG)
    attempt = _tag(mail, ATTEMPT_TAG)
    if not (_NOTIFICATION_ID.fullmatch(notification_id) and _ATTEMPT.fullmatch(attempt)):
        return None
    # A mail of ours has one recipient.
    recipient = mail.destination[0] if mail.destination else ""
    why = None if reason is None else fit_reason(reason, recipient)
    return Feedback(notification_id, int(attempt), kind, at.timestamp(), why, soft=soft)


def _tag(mail: Mail, name: str) -> str:
    values = mail.tags.get(name, [])
    return values[0] if values else ""


def _joined(first: str, said: list[str | None]) -> str:
    """A description and a server's reply to it, which may be empty, as one text."""
    return ": ".join([first, *filter(None, said[:1])])


def unwrapped(body: str) -> dict[str, Any]:
    """The record in a message, be it raw or in SNS's envelope.

    Raises:
        AboutTheTopicError: It has none, and needs none.
        ValueError: It is neither.
    """
    said = _read(body)
    kind = said.get("Type")
    if kind in _OF_THE_SUBSCRIPTION:
        raise AboutTheTopicError(str(kind))
    if kind == "Notification":
        said = _read(str(said.get("Message", "")))
    if said.get("notificationType") == "AmazonSnsSubscriptionSucceeded":
        raise AboutTheTopicError("AmazonSnsSubscriptionSucceeded")
    return said


def _read(text: str) -> dict[str, Any]:
    if text.strip().startswith(_TEST_MESSAGE):
        raise AboutTheTopicError("a test of the topic")
    try:
        said = json.loads(text)
    except RecursionError as error:
        raise ValueError("not JSON that anybody can read") from error
    if not isinstance(said, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - json.loads raises the same for what is no JSON
    return said
