"""Liveness and readiness: whether this task lives, and whether it should get requests."""

import asyncio

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

from notification_api.api_keys import ApiKeys
from notification_api.openapi import problem_responses
from notification_api.priority_queues import PriorityQueues
from notification_api.problems import unavailable
from shared.health import HEALTH_PATH, READY_PATH


class Readiness:
    """Answers for `/readyz`.

    Args:
        stop: Set once the task was told to stop.
        priority_queues: Has to be able to have messages confirmed.
        api_keys: Have to be fresh.
    """

    def __init__(self, stop: asyncio.Event, priority_queues: PriorityQueues, api_keys: ApiKeys) -> None:
        self._stop = stop
        self._priority_queues = priority_queues
        self._api_keys = api_keys

    async def why_not(self) -> str | None:
        """Reason why the task is not ready, or None if it is."""
        if self._stop.is_set():
            return "The task is stopping."
        reason = await self._priority_queues.check()
        if reason is not None:
            return f"The queue is unavailable: {reason}"
        if self._api_keys.outage.last_error is not None:
            return f"The API keys cannot be refreshed: {self._api_keys.outage.last_error}"
        return None


def health_routes(readiness: Readiness) -> APIRouter:
    """Routes that the load balancer and operators ask."""
    router = APIRouter(tags=["health"], default_response_class=PlainTextResponse)

    @router.get(HEALTH_PATH, response_description="The process answers.")
    async def live() -> str:
        """Answer 200 as long as the process answers: what the load balancer asks."""
        return "ok"

    @router.get(
        READY_PATH, response_description="The task may get requests.", responses=problem_responses(503)
    )
    async def ready() -> str:
        """Answer 200 if all is well with the queue and the API keys, else 503 with the reason."""
        reason = await readiness.why_not()
        if reason is not None:
            raise unavailable(reason)
        return "ok"

    return router
