"""Whether this task should get requests, and if not, why."""

import asyncio

from notification_api.api_keys import ApiKeys
from notification_api.priority_queues import PriorityQueues


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
            return f"The API keys are no longer fresh: {self._api_keys.outage.last_error}"
        return None
