"""Accepts valid requests: makes a message of each and has the queue confirm it."""

import asyncio
from datetime import UTC, datetime
from typing import Any, NamedTuple

import structlog
from pydantic_core import to_json

from notification_api.api_keys import ApiKeys
from notification_api.authentication import Caller
from notification_api.idempotency import RepeatedKeyError, Repeats, fingerprint_of, new_id
from notification_api.models import TemplatedNotification, WrittenNotification
from notification_api.notification_queue import QueuedMessage
from notification_api.priority_queues import PriorityQueues
from notification_api.templating import Content, Templates
from shared.message import SCHEMA_VERSION
from shared.metrics import Metrics
from shared.sqs.errors import BatcherFullError, EntryRefusedError, QueueUnavailableError

# Fields of a request, of a template and of a message alike.
_EXTRA_HEADERS = ("from_name", "reply_to", "list_unsubscribe")
_OPTIONAL = frozenset({"html", *_EXTRA_HEADERS})

_log = structlog.get_logger()


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
    """

    def __init__(
        self,
        priority_queues: PriorityQueues,
        api_keys: ApiKeys,
        templates: Templates,
        metrics: Metrics,
    ) -> None:
        self._priority_queues = priority_queues
        self._api_keys = api_keys
        self._templates = templates
        self._metrics = metrics
        self._repeats = Repeats()

    def submit(
        self,
        notification: WrittenNotification | TemplatedNotification,
        idempotency_key: str | None,
        caller: Caller,
    ) -> Submitted:
        """Have a notification put on its queue.

        Raises:
            TemplateError: There is no such template, or its data does not fit.
            RepeatedKeyError: Its Idempotency-Key came with different content before.
            EntryTooLargeError: It is too large for the queue.
            BatcherFullError: Too many notifications are waiting for the queue.
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
            "fingerprint": fingerprint_of(recipient, subject, body, priority, extras),
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
        try:
            confirmed = self._priority_queues.submit(queued, priority)
        except BatcherFullError:
            self._metrics.count("NotificationsNotConfirmed")
            raise
        first = bool(fingerprint) and self._repeats.remember(notification_id, fingerprint)
        return Submitted(notification_id, confirmed, fingerprint, first)

    async def confirmed(self, submitted: Submitted) -> None:
        """Return when the queue has the notification.

        Raises:
            QueueUnavailableError: The queue did not confirm it.
            EntryRefusedError: The queue refuses it.
        """
        try:
            await submitted.confirmed
        except Exception as error:
            if submitted.first:
                self._repeats.forget(submitted.id)
            if isinstance(error, QueueUnavailableError):
                self._metrics.count("NotificationsNotConfirmed")
            elif isinstance(error, EntryRefusedError):
                self._metrics.count("NotificationsRefused")
                _log.error("notification_refused", reason=str(error))
            raise
        if submitted.fingerprint:
            # Once more: somebody else's failure may have had it forgotten meanwhile.
            self._repeats.remember(submitted.id, submitted.fingerprint)
        self._metrics.count("NotificationsAccepted")


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
