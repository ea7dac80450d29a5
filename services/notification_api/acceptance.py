"""From a valid request to a message that the queue has."""

import asyncio
import hashlib
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
from notification_api.templating import TemplateError, Templates
from observability.metrics import Metrics
from sqs.errors import BatcherFullError, EntryRefusedError, EntryTooLargeError, QueueUnavailableError

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
            subject, body = self._templates.fill(notification.template, notification.data)
        else:
            subject, body = notification.subject, notification.body
        recipient, priority, client_id = notification.recipient, notification.priority, caller.client.id
        notification_id = new_id(self._api_keys.id_key, client_id, idempotency_key)
        # Every field has been checked by now: a `NotificationMessage` would check it again, or cost as much
        # to be made without that as everything else here.
        message = {
            "schema_version": SCHEMA_VERSION,
            "id": notification_id,
            "recipient": recipient,
            "subject": subject,
            "body": body,
            "accepted_at": datetime.now(UTC),
            "client_id": client_id,
            "fingerprint": _fingerprint(recipient, subject, body, priority),
            "priority": priority,
        }
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


def _fingerprint(recipient: str, subject: str, body: str, priority: Priority) -> str:
    """Digest of what a mail says and whom it goes to, in whatever spelling of the address's domain."""
    if "xn--" in recipient:
        recipient = with_unicode_domain(recipient)
    # With their lengths, so that no two notifications are joined alike.
    joined = f"{len(recipient)}:{recipient}{len(subject)}:{subject}{priority}:{body}"
    return hashlib.sha256(joined.encode()).hexdigest()
