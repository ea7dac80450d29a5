"""HTTP routes of the Notification API."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Response
from pydantic import StringConstraints

from contract.health import HEALTH_PATH, READY_PATH
from contract.message import NotificationMessage
from notification_api.identity import notification_id
from notification_api.models import (
    Accepted,
    InvalidField,
    NotificationRequest,
    Problem,
    TemplatedNotification,
)
from notification_api.problems import invalid, problem, unavailable
from notification_api.readiness import Readiness
from notification_api.templating import TemplateError, Templates
from observability.metrics import Metrics
from sqs.errors import BatcherFullError, EntryRefusedError, EntryTooLargeError, QueueUnavailableError
from sqs.micro_batcher import MicroBatcher

IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] | None,
    Header(description="Repeats with the same key get the same id.", examples=["order-1042-shipped"]),
]

_EXAMPLES: Any = {
    "written": {
        "summary": "Subject and body",
        "value": {
            "recipient": "ada@example.com",
            "subject": "Your order has shipped",
            "body": "It should be with you on Thursday.",
        },
    },
    "template": {
        "summary": "A built-in template",
        "value": {"recipient": "ada@example.com", "template": "welcome", "data": {"name": "Ada"}},
    },
}


def _documented(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


def notification_routes(messages: MicroBatcher[str], templates: Templates, metrics: Metrics) -> APIRouter:
    """`POST /v1/notifications`."""
    router = APIRouter()

    @router.post(
        "/v1/notifications",
        status_code=202,
        response_model=Accepted,
        response_description="The queue has confirmed the notification.",
        responses={
            413: _documented("The notification is too large."),
            422: _documented("The notification is invalid."),
            503: _documented("The queue did not confirm; try again after Retry-After seconds."),
            "default": {"description": "Any other problem.", "model": Problem},
        },
    )
    async def accept(
        notification: Annotated[NotificationRequest, Body(openapi_examples=_EXAMPLES)],
        idempotency_key: IdempotencyKey = None,
    ) -> Response:
        """Accept a notification: 202 means that the queue has it, not that it was sent."""
        began = perf_counter()
        if isinstance(notification, TemplatedNotification):
            try:
                subject, body = templates.fill(notification.template, notification.data)
            except TemplateError as error:
                return invalid([InvalidField(pointer=error.pointer, detail=str(error))])
        else:
            subject, body = notification.subject, notification.body
        # Every field has been checked above; checking again would double the cost.
        message = NotificationMessage.model_construct(
            id=notification_id(idempotency_key),
            recipient=notification.recipient,
            subject=subject,
            body=body,
            accepted_at=datetime.now(UTC),
        )
        text = message.to_json()
        try:
            await messages.put(text, len(text.encode()))
        except EntryTooLargeError as error:
            return problem(413, f"The notification is too large for the queue: {error}.")
        except (QueueUnavailableError, BatcherFullError) as error:
            metrics.count("NotificationsNotConfirmed")
            full = isinstance(error, BatcherFullError)
            return unavailable(
                "Too many notifications are waiting for the queue."
                if full
                else "The queue did not confirm the notification."
            )
        except EntryRefusedError:
            metrics.count("NotificationsRefused")
            raise
        metrics.count("NotificationsAccepted")
        metrics.observe("AcceptDuration", (perf_counter() - began) * 1000, "Milliseconds")
        return Response(f'{{"id":"{message.id}"}}', 202, media_type="application/json")

    return router


def health_routes(readiness: Readiness) -> APIRouter:
    """Liveness and readiness."""
    router = APIRouter(tags=["health"])

    @router.get(HEALTH_PATH, response_class=Response)
    async def live() -> Response:
        """Answer 200 as long as the process answers: what the load balancer asks."""
        return Response(b"ok", media_type="text/plain")

    @router.get(READY_PATH, response_class=Response, responses={503: _documented("Not ready, and why.")})
    async def ready() -> Response:
        """Answer 200 if a notification would be confirmed now, else 503 with the reason."""
        reason = await readiness.why_not()
        return Response(b"ok", media_type="text/plain") if reason is None else unavailable(reason)

    return router
