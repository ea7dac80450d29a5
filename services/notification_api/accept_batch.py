"""`POST /v1/notifications/batch`."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope

from notification_api.acceptance import IDEMPOTENCY_KEY, Acceptance, Submitted
from notification_api.caller import Caller, caller_of
from notification_api.documents import item, notifications, read_json
from notification_api.invalid_fields import MAX_ERRORS, InvalidError
from notification_api.key_ring import Client
from notification_api.models import BatchResult, InvalidField, ItemResult, Problem
from notification_api.problems import (
    RETRY_AFTER_SECONDS,
    answer,
    invalid,
    too_many_requests,
    too_much_under_way,
)
from notification_api.request_parts import headers, read_body

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
        await self._acceptance.turns.wait(body)
        if headers(scope, IDEMPOTENCY_KEY.lower().encode()):
            # One key for all would make them one notification; none at all would lose what was meant.
            detail = 'give each notification its own "idempotency_key" instead'
            return answer(invalid([InvalidField(pointer=IDEMPOTENCY_KEY, detail=detail)]))
        try:
            items = notifications(read_json(body))
        except InvalidError as error:
            return answer(invalid(error.errors, more=error.more))
        caller = caller_of(scope)
        refusal = _too_many(len(items), caller.client)
        if refusal is not None:
            return refusal
        # The request itself has been counted as one.
        share, further = caller.client.share, len(items) - 1
        share.notifications += further
        try:
            # All of them before the first is waited for: they share calls to the queue, and what was wrong
            # with the others is not kept while they wait.
            submitted = self._submit(items, caller)
            del items
            results = await asyncio.gather(*(self._result(*each) for each in enumerate(submitted)))
        finally:
            share.notifications -= further
        statuses = {result.status for result in results}
        return Response(
            BatchResult(results=results).model_dump_json(exclude_none=True),
            _ACCEPTED if statuses == {_ACCEPTED} else _MULTI_STATUS,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)} if _UNAVAILABLE in statuses else None,
            media_type="application/json",
        )

    def _submit(self, items: list[Any], caller: Caller) -> list[Submitted | Problem]:
        submitted: list[Submitted | Problem] = []
        # Of all notifications together, so that an answer stays short; each is told one thing at least.
        may_be_named = MAX_ERRORS
        for place, each in enumerate(items):
            try:
                notification = item(each, place, self._acceptance.rules)
                submitted.append(self._acceptance.submit(notification, notification.idempotency_key, caller))
            except InvalidError as error:
                named = error.errors[: max(1, may_be_named)]
                may_be_named -= len(named)
                submitted.append(invalid(named, more=error.more or len(named) < len(error.errors)))
            except Exception as error:  # noqa: BLE001 - what it cannot explain, it raises again
                submitted.append(self._not_accepted(error, place))
        return submitted

    async def _result(self, place: int, submitted: Submitted | Problem) -> ItemResult:
        if isinstance(submitted, Problem):
            return _refused(place, submitted)
        try:
            await submitted.confirmed
        except Exception as error:  # noqa: BLE001 - what it cannot explain, it raises again
            return _refused(place, self._not_accepted(error, place, submitted))
        self._acceptance.accepted(submitted)
        return ItemResult(index=place, status=_ACCEPTED, id=submitted.id)

    def _not_accepted(self, error: Exception, place: int, submitted: Submitted | None = None) -> Problem:
        document = f"#/notifications/{place}"
        key = f"{document}/idempotency_key"
        return self._acceptance.not_accepted(error, submitted, document=document, key=key)


def _too_many(count: int, client: Client) -> Response | None:
    """Take a token for each notification, or say why not."""
    bucket = client.bucket
    if count > bucket.burst:
        detail = f"this API key may send {bucket.burst} notifications at once: send smaller batches"
        return answer(invalid([InvalidField(pointer="#/notifications", detail=detail)]))
    if not client.share.fits(notifications=count - 1):
        return too_much_under_way()
    # Authentication has taken one.
    if not bucket.take(count - 1):
        bucket.give_back(1)
        return too_many_requests(bucket.wait_seconds(count))
    return None


def _refused(place: int, problem: Problem) -> ItemResult:
    return ItemResult(index=place, status=problem.status, problem=problem)
