"""`POST /v1/notifications/batch`."""

import asyncio
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response
from starlette.types import Receive, Scope

from notification_api.accept_one import IDEMPOTENCY_KEY
from notification_api.acceptance import Acceptance
from notification_api.caller import Caller, caller_of
from notification_api.models import ITEM, Batch, BatchResult, InvalidField, ItemResult, Problem
from notification_api.problems import (
    RETRY_AFTER_SECONDS,
    answer,
    invalid,
    invalid_fields,
    too_many_requests,
)
from notification_api.request_parts import header, read_body

_ACCEPTED, _MULTI_STATUS, _UNAVAILABLE = 202, 207, 503


class AcceptBatch:
    """Accepts notifications, each for itself: 202 if all of them are accepted, else 207.

    Args:
        acceptance: Hands them to their queues.
    """

    def __init__(self, acceptance: Acceptance) -> None:
        self._acceptance = acceptance

    async def __call__(self, scope: Scope, receive: Receive) -> Response:
        """Answer one request."""
        body = await read_body(receive)
        if header(scope, IDEMPOTENCY_KEY.lower().encode()) is not None:
            # One key for all would make them one notification; none at all would lose what was meant.
            detail = 'give each notification its own "idempotency_key" instead'
            return answer(invalid([InvalidField(pointer=IDEMPOTENCY_KEY, detail=detail)]))
        try:
            items: list[Any] = list(Batch.model_validate_json(body).notifications)
        except ValidationError as error:
            return answer(invalid(invalid_fields(error)))
        caller = caller_of(scope)
        refusal = _too_many(items, caller)
        if refusal is not None:
            return refusal
        # Together, so that they share calls to the queue.
        results = await asyncio.gather(
            *(self._accept(place, item, caller) for place, item in enumerate(items))
        )
        statuses = {result.status for result in results}
        return Response(
            BatchResult(results=results).model_dump_json(exclude_none=True),
            _ACCEPTED if statuses == {_ACCEPTED} else _MULTI_STATUS,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)} if _UNAVAILABLE in statuses else None,
            media_type="application/json",
        )

    async def _accept(self, place: int, item: Any, caller: Caller) -> ItemResult:
        try:
            notification = ITEM.validate_python(item, context=self._acceptance.rules)
        except ValidationError as error:
            return _refused(place, invalid(invalid_fields(error, "notifications", place)))
        try:
            notification_id, confirmed = self._acceptance.submit(
                notification, notification.idempotency_key, caller
            )
            await confirmed
        except Exception as error:  # noqa: BLE001 - what it cannot explain, it raises again
            return _refused(place, self._acceptance.not_accepted(error, f"#/notifications/{place}"))
        self._acceptance.accepted()
        return ItemResult(index=place, status=_ACCEPTED, id=notification_id)


def _too_many(items: list[Any], caller: Caller) -> Response | None:
    """Take a token for each item, or say why not."""
    bucket = caller.client.bucket
    if len(items) > bucket.burst:
        detail = f"this API key may send {bucket.burst} notifications at once: send smaller batches"
        return answer(invalid([InvalidField(pointer="#/notifications", detail=detail)]))
    # The gate has taken one.
    if not bucket.take(len(items) - 1):
        bucket.give_back(1)
        return too_many_requests(bucket.wait_seconds(len(items)))
    return None


def _refused(place: int, problem: Problem) -> ItemResult:
    return ItemResult(index=place, status=problem.status, problem=problem)
