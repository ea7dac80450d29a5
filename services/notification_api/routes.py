"""HTTP routes of the Notification API."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from notification_api import descriptions
from notification_api.api_keys import ApiKeys
from notification_api.caller import caller_of
from notification_api.deliveries import Deliveries, DeliveriesUnavailableError
from notification_api.fast_path import Answer
from notification_api.identity import is_of
from notification_api.models import Accepted, BatchResult
from notification_api.problems import answer, new_problem, unavailable
from notification_api.readiness import Readiness
from shared.health import HEALTH_PATH, READY_PATH
from shared.status import DeliveryStatus

NOTIFICATIONS_PATH = "/v1/notifications"


def notification_routes(accept_one: Answer, accept_batch: Answer) -> APIRouter:
    """The routes that accept notifications."""
    router = APIRouter(tags=["notifications"])

    @router.post(
        NOTIFICATIONS_PATH,
        status_code=202,
        response_model=Accepted,
        response_description="The queue has confirmed the notification.",
        responses=descriptions.problems(408, 413, 422, 503),
        openapi_extra=descriptions.ACCEPT_ONE,
    )
    async def accept(request: Request) -> Response:
        """Accept a notification: 202 means that the queue has it, not that it was sent."""
        return await accept_one(request.scope, request.receive)

    @router.post(
        f"{NOTIFICATIONS_PATH}/batch",
        status_code=202,
        response_model=BatchResult,
        response_description="The queue has confirmed every notification.",
        responses=descriptions.MULTI_STATUS | descriptions.problems(408, 413, 422, 503),
        openapi_extra=descriptions.ACCEPT_BATCH,
    )
    async def accept_several(request: Request) -> Response:
        """Accept notifications, each for itself: it costs as many requests as it has notifications."""
        return await accept_batch(request.scope, request.receive)

    return router


def status_routes(deliveries: Deliveries, api_keys: ApiKeys) -> APIRouter:
    """The route that tells what became of a notification."""
    router = APIRouter(tags=["notifications"])

    @router.get(
        NOTIFICATIONS_PATH + "/{id}",
        response_model=DeliveryStatus,
        response_description="What became of it so far.",
        responses=descriptions.problems(404, 503),
        openapi_extra=descriptions.STATUS,
    )
    async def status(request: Request) -> Response:
        """Tell what became of a notification: accepted, sending, then sent, failed or unknown.

        Where the mail provider tells what became of a mail, `sent` is followed by `delivered`, `bounced` or
        `complained`, which may take days.

        A repeat of an `Idempotency-Key` with another body is sent never; where it was accepted, it is a
        `conflict` in the timeline. What is older than the Email Sender's memory is `accepted` without a
        timeline.
        """
        caller = caller_of(request.scope)
        notification_id: str = request.path_params["id"]
        if not is_of(api_keys.id_key, caller.client.id, notification_id):
            return answer(new_problem(404, "This API key has no notification of this id."))
        try:
            found = await deliveries.status(notification_id, caller)
        except DeliveriesUnavailableError:
            return unavailable("What became of notifications cannot be told now; they are sent all the same.")
        known = found or DeliveryStatus(id=notification_id, state="accepted", attempts=0, timeline=[])
        return Response(known.model_dump_json(exclude_none=True), media_type="application/json")

    return router


def health_routes(readiness: Readiness) -> APIRouter:
    """Liveness and readiness."""
    router = APIRouter(tags=["health"])

    @router.get(HEALTH_PATH, response_class=Response, responses=descriptions.PLAIN_OK)
    async def live() -> Response:
        """Answer 200 as long as the process answers: what the load balancer asks."""
        return Response(b"ok", media_type="text/plain")

    @router.get(
        READY_PATH, response_class=Response, responses=descriptions.PLAIN_OK | descriptions.problems(503)
    )
    async def ready() -> Response:
        """Answer 200 if all is well with the queue and the API keys, else 503 with the reason."""
        reason = await readiness.why_not()
        return Response(b"ok", media_type="text/plain") if reason is None else unavailable(reason)

    return router
