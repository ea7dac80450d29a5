"""Pauses between the attempts at something that is down."""

import random
from collections.abc import Callable


class Backoff:
    """Pauses that double up to a maximum, each shortened at random by up to a half.

    Those who wait for the same thing must not all ask at once when it is back:
    https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/

    Args:
        first_seconds: Maximum of the first pause.
        max_seconds: Maximum of every pause.
        jitter: A random number in [0, 1).

    Attributes:
        next_max_seconds: Maximum of the next pause.
    """

    __slots__ = ("_first_seconds", "_jitter", "_max_seconds", "next_max_seconds")

    def __init__(
        self, first_seconds: float, max_seconds: float, jitter: Callable[[], float] = random.random
    ) -> None:
        self._first_seconds = first_seconds
        self._max_seconds = max_seconds
        self._jitter = jitter
        self.next_max_seconds = first_seconds

    def next(self) -> float:
        """Seconds to wait now; the pause after it may be twice as long."""
        seconds = self.next_max_seconds * (1 + self._jitter()) / 2
        self.next_max_seconds = min(self.next_max_seconds * 2, self._max_seconds)
        return seconds

    def reset(self) -> None:
        """Begin again with the first pause: it is not down any more."""
        self.next_max_seconds = self._first_seconds
