"""From a valid request to a message that the queue has."""

import asyncio
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from pydantic_core import to_json

from contract.address import with_unicode_domain
from contract.message import SCHEMA_VERSION, Priority
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
from notification_api.outbox import Outbox
from notification_api.problems import defect, invalid, new_problem
from notification_api.templating import Content, TemplateError, Templates
from observability.metrics import Metrics
from sqs.errors import BatcherFullError, EntryRefusedError, EntryTooLargeError, QueueUnavailableError

# Fields of a request, of a template and of a message alike.
_EXTRA_HEADERS = ("from_name", "reply_to", "list_unsubscribe")
_OPTIONAL = frozenset({"html", *_EXTRA_HEADERS})

_log = structlog.get_logger()


class Acceptance:
    """Turns requests into messages and hands them to their queue.

    Args:
        outbox: Takes messages and confirms them.
        api_keys: Knows what ids are signed with.
        templates: Fills in what names one.
        metrics: Takes what became of each notification.
        rules: What requests are validated with.
    """

    def __init__(
        self,
        outbox: Outbox,
        api_keys: ApiKeys,
        templates: Templates,
        metrics: Metrics,
        rules: Rules | None = None,
    ) -> None:
        self.rules = rules or Rules()
        self._outbox = outbox
        self._api_keys = api_keys
        self._templates = templates
        self._metrics = metrics

    def submit(
        self,
        notification: WrittenNotification | TemplatedNotification,
        idempotency_key: str | None,
        caller: Caller,
    ) -> tuple[str, asyncio.Future[None]]:
        """The notification's id, and what is done once the queue has confirmed it.

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
        message: dict[str, object] = {
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
        return notification_id, self._outbox.submit(
            QueuedMessage(to_json(message), caller.traceparent), priority
        )

    def accepted(self) -> None:
        """Count a notification that the queue has confirmed."""
        self._metrics.count("NotificationsAccepted")

    def not_accepted(self, error: BaseException, at: str = "#") -> Problem:
        """What to tell the caller of a notification that was not confirmed; counted.

        Args:
            error: What `submit` or the queue raised.
            at: JSON pointer to the notification in the request's body.
        """
        match error:
            case TemplateError():
                return invalid(
                    [InvalidField(pointer=at + error.pointer.removeprefix("#"), detail=str(error))]
                )
            case EntryTooLargeError():
                return new_problem(413, f"The notification is too large for the queue: {error}.")
            case BatcherFullError():
                self._metrics.count("NotificationsNotConfirmed")
                return new_problem(503, "Too many notifications are waiting for the queue.")
            case QueueUnavailableError():
                self._metrics.count("NotificationsNotConfirmed")
                return new_problem(503, "The queue did not confirm the notification.")
            case EntryRefusedError():
                self._metrics.count("NotificationsRefused")
                _log.error("notification_refused", reason=str(error))
                return defect()
            case _:
                raise error


def _extras(
    notification: WrittenNotification | TemplatedNotification, content: WrittenNotification | Content
) -> dict[str, str]:
    """What a mail has besides; the request has the last word over its template."""
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
