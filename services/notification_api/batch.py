"""Notifications of a batch: each is checked, submitted and answered for itself."""

import asyncio
from typing import Any

from notification_api.acceptance import Acceptance, Submitted
from notification_api.authentication import Caller
from notification_api.key_ring import Client
from notification_api.models import BatchResult, InvalidField, ItemResult, Problem, Rules
from notification_api.problems import NOT_ACCEPTED, problem_of, rate_limited, too_much_in_flight
from notification_api.validation import MAX_ERRORS, InvalidError, item_of

_ACCEPTED = 202


class BatchAcceptance:
    """Accepts notifications, each for itself.

    Args:
        acceptance: Hands them to their queues.
        rules: What each is validated with.
    """

    def __init__(self, acceptance: Acceptance, rules: Rules) -> None:
        self._acceptance = acceptance
        self._rules = rules

    async def accept(self, items: list[Any], caller: Caller) -> BatchResult:
        """Submit all notifications, then wait until the queue has confirmed or refused each.

        Args:
            items: Notifications that are still to be checked; emptied.
            caller: Pays for them.

        Raises:
            InvalidError: There are more of them than the caller may ever send at once.
            HTTPException: There are more of them than the caller may send now.
        """
        _charge(len(items), caller.client)
        # The request itself has been counted as one.
        share, further = caller.client.share, len(items) - 1
        share.notifications += further
        try:
            # All of them before the first is waited for: they share calls to the queue, and what was wrong
            # with the others is not kept while they wait.
            submitted = self._submit(items, caller)
            items.clear()
            results = await asyncio.gather(*(self._result(*each) for each in enumerate(submitted)))
        finally:
            share.notifications -= further
        return BatchResult(results=results)

    def _submit(self, items: list[Any], caller: Caller) -> list[Submitted | Problem]:
        submitted: list[Submitted | Problem] = []
        # Of all notifications together, so that an answer stays short; each is told one thing at least.
        may_be_named = MAX_ERRORS
        for place, each in enumerate(items):
            try:
                notification = item_of(each, place, self._rules)
                submitted.append(self._acceptance.submit(notification, notification.idempotency_key, caller))
            except InvalidError as error:
                named = error.errors[: max(1, may_be_named)]
                may_be_named -= len(named)
                more = error.more or len(named) < len(error.errors)
                submitted.append(problem_of(InvalidError(named, more=more)))
            except NOT_ACCEPTED as error:
                submitted.append(_problem_at(place, error))
        return submitted

    async def _result(self, place: int, submitted: Submitted | Problem) -> ItemResult:
        if isinstance(submitted, Problem):
            return _refused(place, submitted)
        try:
            await self._acceptance.confirmed(submitted)
        except NOT_ACCEPTED as error:
            return _refused(place, _problem_at(place, error))
        return ItemResult(index=place, status=_ACCEPTED, id=submitted.id)


def _charge(count: int, client: Client) -> None:
    """Take a token for each notification, or say why not."""
    bucket = client.bucket
    if count > bucket.burst:
        detail = f"this API key may send {bucket.burst} notifications at once: send smaller batches"
        raise InvalidError([InvalidField(pointer="#/notifications", detail=detail)])
    if not client.share.fits(notifications=count - 1):
        raise too_much_in_flight()
    # Authentication has taken one.
    if not bucket.take(count - 1):
        bucket.give_back(1)
        raise rate_limited(bucket.wait_seconds(count))


def _problem_at(place: int, error: Exception) -> Problem:
    document = f"#/notifications/{place}"
    return problem_of(error, document=document, key=f"{document}/idempotency_key")


def _refused(place: int, problem: Problem) -> ItemResult:
    return ItemResult(index=place, status=problem.status, problem=problem)
