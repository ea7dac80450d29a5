"""Whether this task should get requests, and if not, why."""

import asyncio
from collections.abc import Awaitable, Callable


class Readiness:
    """Answers for `/readyz`.

    Args:
        stop: Set once the task was told to stop.
        check_queue: Why messages would not be confirmed now, or None.
    """

    def __init__(self, stop: asyncio.Event, check_queue: Callable[[], Awaitable[str | None]]) -> None:
        self._stop = stop
        self._check_queue = check_queue

    async def why_not(self) -> str | None:
        """Why the task is not ready, or None if it is."""
        if self._stop.is_set():
            return "The task is stopping."
        trouble = await self._check_queue()
        return None if trouble is None else f"The queue is unavailable: {trouble}"
