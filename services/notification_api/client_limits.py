"""Limits of one client: the rate of their requests, and their share of what a task has in flight."""

import math
import time
from collections.abc import Callable

MAX_NOTIFICATIONS = 250
"""Notifications that one client may have in flight: half of what may wait for a queue."""
MAX_BYTES = 16 * 1024 * 1024
"""Bytes of bodies that one client may have in flight: a quarter of what all clients together may have."""


class TokenBucket:
    """A token bucket, full at its start.

    Args:
        per_second: Tokens that come back in a second.
        burst: Maximum tokens that it holds.
        now: Seconds on a clock that only goes forward.
    """

    __slots__ = ("_at", "_now", "_tokens", "burst", "per_second")

    def __init__(self, per_second: float, burst: int, *, now: Callable[[], float] = time.monotonic) -> None:
        self.per_second = per_second
        self.burst = burst
        self._now = now
        self._tokens = float(burst)
        self._at = now()

    def take(self, tokens: int) -> bool:
        """Take tokens if all of them are there, else none."""
        self._fill()
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True

    def give_back(self, tokens: int) -> None:
        """Put tokens back that were taken for something that did not happen."""
        self._tokens = min(float(self.burst), self._tokens + tokens)

    def change(self, per_second: float, burst: int) -> None:
        """Change rate and size, and keep no more tokens than before."""
        self._fill()
        self.per_second = per_second
        self.burst = burst
        self._tokens = min(float(burst), self._tokens)

    @property
    def remaining(self) -> int:
        """Whole tokens that are there."""
        return int(self._tokens)

    @property
    def reset_seconds(self) -> int:
        """Seconds until it is full again, rounded up."""
        return math.ceil((self.burst - self._tokens) / self.per_second)

    def wait_seconds(self, tokens: int) -> int:
        """Seconds until so many tokens are there if nobody takes any, rounded up and at least 1."""
        return max(1, math.ceil((tokens - self._tokens) / self.per_second))

    def _fill(self) -> None:
        at = self._now()
        self._tokens = min(float(self.burst), self._tokens + (at - self._at) * self.per_second)
        self._at = at


class Share:
    """Requests, notifications and bytes that a client has in flight in this task.

    The rate at which they may ask says nothing of it: a body may be sent slowly, and the queue may take its
    time to confirm.

    Attributes:
        notifications: Requests, and beyond the first those of each batch.
        size: Bytes of their bodies.
    """

    __slots__ = ("notifications", "size")

    def __init__(self) -> None:
        self.notifications = 0
        self.size = 0

    def fits(self, *, notifications: int = 0, size: int = 0) -> bool:
        """Whether the client may have so much more in flight."""
        return self.notifications + notifications <= MAX_NOTIFICATIONS and self.size + size <= MAX_BYTES
