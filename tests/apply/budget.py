"""How long a phase may take."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

# setitimer takes 0 for never.
_AT_ONCE = 0.001


class OverBudgetError(Exception):
    """A phase took longer than it may."""


@contextmanager
def within(seconds: float, phase: str) -> Iterator[None]:
    """End what runs inside after so many seconds.

    Whoever waits for a child there ends it as when a person interrupts. A timer that ran before, such as
    the limit of the test, has less time left afterwards, and no more.

    Raises:
        OverBudgetError: The time is over; the message names the phase.
    """

    def over(_number: int, _frame: object) -> None:
        raise OverBudgetError(f"{phase} took more than its {seconds:g} s")

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, over)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), _AT_ONCE))
