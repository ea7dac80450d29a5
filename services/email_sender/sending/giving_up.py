"""Ends all waits of a task at the moment in its shutdown from which it may wait no more."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class GivingUp:
    """Ends all waits, running and later ones, once it is told to give up.

    Attributes:
        event: Set once the moment has come.
    """

    def __init__(self) -> None:
        self._limits: set[asyncio.Timeout] = set()
        self.event = asyncio.Event()

    def now(self) -> None:
        """Give up: end all waits, those under way and those that come."""
        self.event.set()
        moment = asyncio.get_running_loop().time()
        for limit in self._limits:
            # One that has run out by itself cannot be moved, and need not be.
            if not limit.expired():
                limit.reschedule(moment)

    async def wait(self, work: Awaitable[T], limit: asyncio.Timeout | None = None) -> T:
        """Wait for an awaitable, but not after giving up.

        Args:
            work: What to wait for.
            limit: Ends the wait earlier; may be rescheduled meanwhile.

        Raises:
            TimeoutError: It took too long.
        """
        async with limit or asyncio.timeout(None) as running:
            self._limits.add(running)
            try:
                return await work
            finally:
                self._limits.discard(running)

    async def pause(self, seconds: float) -> None:
        """Sleep for so many seconds, or until giving up."""
        try:
            async with asyncio.timeout(seconds):
                await self.event.wait()
        except TimeoutError:
            pass
