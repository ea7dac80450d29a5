"""The Email Sender's HTTP side, as the smallest ASGI application: health, and what became of a mail."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from email_sender.ledger import LedgerItem, LedgerUnavailableError
from shared.health import HEALTH_PATH, READY_PATH
from shared.http.problem import PROBLEM_TYPE, problem
from shared.status import CLIENT_ID_HEADER, STATUS_PATH, DeliveryStatus, State, TimelineEvent

_CLIENT_ID = CLIENT_ID_HEADER.lower().encode()
# Other items live in the same table, and their keys are none of a caller's business.
_NOTIFICATION_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")

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

_NOT_ALLOWED = 405

_Answer = tuple[int, bytes, bytes]


class SenderApp:
    """Answers three paths; anything else is 404.

    Args:
        why_not_ready: Why the task is not ready, or None if it is.
        find: The ledger's item of a notification, or None.
    """

    def __init__(
        self,
        why_not_ready: Callable[[], str | None],
        find: Callable[[str], Awaitable[LedgerItem | None]],
    ) -> None:
        self._why_not_ready = why_not_ready
        self._find = find

    async def __call__(
        self, scope: Mapping[str, Any], _: object, send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Answer one request."""
        status, content_type, body = await self._answer(scope)
        headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        if status == _NOT_ALLOWED:
            # RFC 9110, 15.5.6.
            headers.append((b"allow", b"GET, HEAD"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Mapping[str, Any]) -> _Answer:
        path: str = scope["path"]
        if scope["method"] not in {"GET", "HEAD"}:
            return _problem(_NOT_ALLOWED, "Everything here is asked with GET.")
        if path == HEALTH_PATH:
            return 200, b"text/plain", b"ok"
        if path == READY_PATH:
            reason = self._why_not_ready()
            return (200, b"text/plain", b"ok") if reason is None else _unavailable(reason)
        if path.startswith(STATUS_PATH):
            return await self._status(path.removeprefix(STATUS_PATH), dict(scope["headers"]))
        return _problem(404, f"There are only {HEALTH_PATH}, {READY_PATH} and {STATUS_PATH}ID.")

    async def _status(self, notification_id: str, headers: Mapping[bytes, bytes]) -> _Answer:
        client_id = headers.get(_CLIENT_ID, b"").decode("latin-1")
        if not client_id:
            return _problem(400, f"{CLIENT_ID_HEADER} must say who asks.")
        try:
            known = _NOTIFICATION_ID.fullmatch(notification_id)
            item = await self._find(notification_id) if known else None
        except LedgerUnavailableError:
            return _unavailable("The ledger does not answer: ask again a little later.")
        if item is None or item.client_id != client_id:
            return _problem(404, "There is no such notification of this client.")
        return 200, b"application/json", delivery_status(item).model_dump_json().encode()


def _unavailable(reason: str) -> _Answer:
    return _problem(503, reason)


def _problem(status: int, detail: str) -> _Answer:
    return status, PROBLEM_TYPE, problem(status, detail)


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
