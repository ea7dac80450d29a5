"""Token bucket: limits a client's requests, fills at a rate and loses one token a request."""

import math
import time
from collections.abc import Callable


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
