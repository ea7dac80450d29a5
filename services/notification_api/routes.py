"""Routes of notifications: what happens to a request from its caller to its response.

Errors are raised, and answered by `problems`. The caller has been authenticated in `authentication`, and the
size of the body been limited in `bodies`, before a request comes here.
"""

from http import HTTPStatus
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from starlette.responses import Response

from notification_api.acceptance import Acceptance
from notification_api.api_keys import ApiKeys
from notification_api.authentication import caller_of
from notification_api.batch import BatchAcceptance
from notification_api.bodies import BodyReader
from notification_api.deliveries import Deliveries, DeliveriesUnavailableError
from notification_api.fast_path import FastPath
from notification_api.idempotency import idempotency_key_of, is_of, refuse_idempotency_key
from notification_api.models import Accepted, BatchResult, Rules
from notification_api.openapi import (
    API_KEY,
    MULTI_STATUS,
    guarded,
    takes_batch,
    takes_notification,
)
from notification_api.problems import RETRY_AFTER, unavailable
from notification_api.validation import items_of, notification_of, read_json
from shared.metrics import Metrics
from shared.status import DeliveryStatus

NOTIFICATIONS_PATH = "/v1/notifications"


def notification_routes(acceptance: Acceptance, rules: Rules, metrics: Metrics) -> APIRouter:
    """The routes that accept notifications.

    Args:
        acceptance: Puts them on their queues.
        rules: What they are validated with.
        metrics: Takes how long it took.
    """
    router = APIRouter(tags=["notifications"], route_class=FastPath, dependencies=[API_KEY])
    bodies = BodyReader()
    batch = BatchAcceptance(acceptance, rules)

    @router.post(
        NOTIFICATIONS_PATH,
        status_code=202,
        response_description="The queue has confirmed the notification.",
        responses=guarded({202: {}}, 408, 413, 422, 503),
        dependencies=[Depends(takes_notification)],
    )
    async def accept_notification(request: Request) -> Accepted:
        """Accept a notification: 202 means that the queue has it, not that it was sent."""
        began = perf_counter()
        caller = caller_of(request)
        body = await bodies.read(request)
        notification = notification_of(read_json(body), rules)
        idempotency_key = idempotency_key_of(request)
        submitted = acceptance.submit(notification, idempotency_key, caller)
        await acceptance.confirmed(submitted)
        metrics.observe("AcceptDuration", (perf_counter() - began) * 1000, "Milliseconds")
        return Accepted(id=submitted.id)

    @router.post(
        f"{NOTIFICATIONS_PATH}/batch",
        status_code=202,
        response_model=BatchResult,
        response_description="The queue has confirmed every notification.",
        responses=guarded({202: {}, 207: MULTI_STATUS}, 408, 413, 422, 503),
        dependencies=[Depends(takes_batch)],
    )
    async def accept_batch(request: Request) -> Response:
        """Accept notifications, each on its own; a batch counts as one request per notification."""
        caller = caller_of(request)
        body = await bodies.read(request)
        refuse_idempotency_key(request)
        result = await batch.accept(items_of(read_json(body)), caller)
        statuses = {each.status for each in result.results}
        return Response(
            result.model_dump_json(exclude_none=True),
            202 if statuses == {202} else 207,
            headers=RETRY_AFTER if HTTPStatus.SERVICE_UNAVAILABLE in statuses else None,
            media_type="application/json",
        )

    return router


def status_routes(deliveries: Deliveries, api_keys: ApiKeys) -> APIRouter:
    """The route that reports the delivery status of a notification."""
    router = APIRouter(tags=["notifications"], dependencies=[API_KEY])

    @router.get(
        NOTIFICATIONS_PATH + "/{id}",
        response_model_exclude_none=True,
        response_description="Its delivery status so far.",
        responses=guarded({200: {}}, 404, 503),
    )
    async def status(
        request: Request,
        notification_id: Annotated[
            str,
            Path(
                alias="id",
                description="Id from the response that accepted the notification.",
                openapi_examples={"one": {"value": "0b9f5a9e-6a0d-4c1f-8f56-3f1a9f0c2d11-5d0c2ae8b1f4"}},
            ),
        ],
    ) -> DeliveryStatus:
        """Report the delivery status of a notification: accepted, sending, then sent, failed or unknown.

        Where the mail provider reports later events, `sent` is followed by `delivered`, `bounced` or
        `complained`, possibly days later.

        A repeat of an `Idempotency-Key` with a different body is never sent; if it was accepted, it appears
        as `conflict` in the timeline. A notification that is older than the Email Sender's memory is
        `accepted` without a timeline.
        """
        caller = caller_of(request)
        if not is_of(api_keys.id_key, caller.client.id, notification_id):
            raise HTTPException(404, "This API key has no notification with this id.")
        try:
            known = await deliveries.status(notification_id, caller)
        except DeliveriesUnavailableError:
            raise unavailable("The delivery status is unavailable; notifications are still sent.") from None
        return known or DeliveryStatus(id=notification_id, state="accepted", attempts=0, timeline=[])

    return router
