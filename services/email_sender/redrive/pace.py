"""A rate for one process."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress


class Pace:
    """Hands out moments that are evenly apart.

    Args:
        per_second: How many a second.
        pause: Waits for so many seconds, or less if there is a reason to hurry.
        now: Seconds on a clock that only goes forward.

    Attributes:
        per_second: How many a second.
    """

    def __init__(
        self,
        per_second: float,
        *,
        pause: Callable[[float], Awaitable[None]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.per_second = per_second
        self._now = now
        self._pause = pause
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next moment that nobody has yet; the first one is now."""
        now = self._now()
        at = max(self._next, now)
        self._next = at + 1 / self.per_second
        if at > now:
            await self._pause(at - now)


async def pause_unless(stop: asyncio.Event, seconds: float) -> None:
    """Wait, but not once told to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
