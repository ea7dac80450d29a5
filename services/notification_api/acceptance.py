"""Accepts valid requests: makes a message of each and has the queue confirm it."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import structlog
from pydantic_core import to_json

from notification_api.api_keys import ApiKeys
from notification_api.caller import Caller
from notification_api.identity import new_id
from notification_api.models import (
    InvalidField,
    Problem,
    Rules,
    TemplatedNotification,
    WrittenNotification,
)
from notification_api.notification_queue import QueuedMessage
from notification_api.priority_queues import PriorityQueues
from notification_api.problems import defect, invalid, new_problem
from notification_api.repeats import Repeats
from notification_api.request_parts import Turns
from notification_api.templating import Content, TemplateError, Templates
from shared.address import with_unicode_domain
from shared.message import SCHEMA_VERSION, Priority
from shared.metrics import Metrics
from shared.sqs.errors import (
    BatcherFullError,
    EntryRefusedError,
    EntryTooLargeError,
    QueueUnavailableError,
    WithdrawnError,
)

IDEMPOTENCY_KEY = "Idempotency-Key"
"""Header that makes repeats of a notification one notification."""

# Fields of a request, of a template and of a message alike.
_EXTRA_HEADERS = ("from_name", "reply_to", "list_unsubscribe")
_OPTIONAL = frozenset({"html", *_EXTRA_HEADERS})

_log = structlog.get_logger()


class RepeatedKeyError(Exception):
    """The Idempotency-Key came with another content before."""


class Submitted(NamedTuple):
    """A notification on its way to the queue.

    Attributes:
        id: What it is answered with.
        confirmed: Done once the queue has it.
        fingerprint: Of its content; empty if it has no Idempotency-Key.
        first: Whether its key was not known before.
    """

    id: str
    confirmed: asyncio.Future[None]
    fingerprint: str
    first: bool


class Acceptance:
    """Turns requests into messages and hands them to their queue.

    Args:
        priority_queues: Takes messages and confirms them.
        api_keys: Knows what ids are signed with.
        templates: Fills in what names one.
        metrics: Takes what became of each notification.
        rules: What requests are validated with.

    Attributes:
        turns: Whose turn it is to have a large body worked on.
    """

    def __init__(
        self,
        priority_queues: PriorityQueues,
        api_keys: ApiKeys,
        templates: Templates,
        metrics: Metrics,
        rules: Rules | None = None,
    ) -> None:
        self.rules = rules or Rules()
        self._priority_queues = priority_queues
        self._api_keys = api_keys
        self._templates = templates
        self._metrics = metrics
        self._repeats = Repeats()
        self.turns = Turns()

    def submit(
        self,
        notification: WrittenNotification | TemplatedNotification,
        idempotency_key: str | None,
        caller: Caller,
    ) -> Submitted:
        """Have a notification put on its queue.

        Raises:
            Exception: Why it cannot be accepted, for `not_accepted`.
        """
        if isinstance(notification, TemplatedNotification):
            content = self._templates.fill(notification.template, notification.data)
            subject, body = content.subject, content.body
            extras = _extras(notification, content)
        else:
            subject, body = notification.subject, notification.body
            extras = {}
            if not _OPTIONAL.isdisjoint(notification.model_fields_set):
                extras = _extras(notification, notification)
        recipient, priority, client_id = notification.recipient, notification.priority, caller.client.id
        notification_id = new_id(self._api_keys.id_key, client_id, idempotency_key)
        # Every field has been checked by now: a `NotificationMessage` would check it again, or cost as much
        # to be made without that as everything else here.
        message: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "id": notification_id,
            "recipient": recipient,
            "subject": subject,
            "body": body,
            "accepted_at": datetime.now(UTC),
            "client_id": client_id,
            "fingerprint": _fingerprint(recipient, subject, body, priority, extras),
            "priority": priority,
        }
        if extras:
            message.update(extras)
        if notification.expires_at is not None:
            message["expires_at"] = notification.expires_at
        fingerprint = message["fingerprint"] if idempotency_key else ""
        if fingerprint and self._repeats.is_conflict(notification_id, fingerprint):
            raise RepeatedKeyError
        queued = QueuedMessage(to_json(message), caller.traceparent, caller.tracestate)
        confirmed = self._priority_queues.submit(queued, priority)
        first = bool(fingerprint) and self._repeats.remember(notification_id, fingerprint)
        return Submitted(notification_id, confirmed, fingerprint, first)

    def accepted(self, submitted: Submitted) -> None:
        """Count a notification that the queue has confirmed."""
        if submitted.fingerprint:
            # Once more: somebody else's failure may have had it forgotten meanwhile.
            self._repeats.remember(submitted.id, submitted.fingerprint)
        self._metrics.count("NotificationsAccepted")

    def not_accepted(
        self,
        error: BaseException,
        submitted: Submitted | None = None,
        *,
        document: str = "#",
        key: str = IDEMPOTENCY_KEY,
    ) -> Problem:
        """Problem for the caller of a notification that was not confirmed; counted.

        Args:
            error: Why.
            submitted: The notification, if it came so far.
            document: JSON pointer to the notification in the request's body.
            key: Where in the request its Idempotency-Key is.

        Raises:
            Exception: `error`, if it cannot be explained.
        """
        if submitted is not None and submitted.first:
            self._repeats.forget(submitted.id)
        match error:
            case TemplateError():
                where = document + error.pointer.removeprefix("#")
                return invalid([InvalidField(pointer=where, detail=str(error))])
            case RepeatedKeyError():
                # https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.7
                errors = [InvalidField(pointer=key, detail="was used with another content")]
                return new_problem(422, "The Idempotency-Key was used for another notification.", errors)
            case EntryTooLargeError():
                return new_problem(413, f"The notification is too large for the queue: {error}.")
            case BatcherFullError() | QueueUnavailableError():
                self._metrics.count("NotificationsNotConfirmed")
                return new_problem(503, _not_confirmed(error))
            case EntryRefusedError():
                self._metrics.count("NotificationsRefused")
                _log.error("notification_refused", reason=str(error))
                return defect()
            case _:
                raise error


def _not_confirmed(error: BatcherFullError | QueueUnavailableError) -> str:
    match error:
        case BatcherFullError():
            return "Too many notifications are waiting for the queue."
        case WithdrawnError():
            return "The notification waited too long for the queue and was withdrawn."
        case _:
            return "The queue did not confirm the notification."


def _extras(
    notification: WrittenNotification | TemplatedNotification, content: WrittenNotification | Content
) -> dict[str, str]:
    """Optional parts of a mail; the request has the last word over its template."""
    extras = {}
    if content.html:
        extras["html"] = content.html
    for name in _EXTRA_HEADERS:
        value = getattr(notification, name) or getattr(content, name)
        if value:
            extras[name] = value
    return extras


def _fingerprint(
    recipient: str, subject: str, body: str, priority: Priority, extras: Mapping[str, str]
) -> str:
    """Digest of what a mail says and whom it goes to, in whatever spelling of the address's domain.

    When it expires is no part of it: a caller who tries again counts from then.
    """
    if "xn--" in recipient:
        recipient = with_unicode_domain(recipient)
    # With their lengths, so that no two notifications are joined alike.
    joined = f"{len(recipient)}:{recipient}{len(subject)}:{subject}{priority}:{body}"
    if extras:
        # No other notification's begins with a letter, and without extras it is what it was before there
        # were any: repeats may meet tasks of two versions.
        before = "".join([f"{name}{len(value)}:{value}" for name, value in extras.items()])
        joined = before + joined
    return hashlib.sha256(joined.encode()).hexdigest()
