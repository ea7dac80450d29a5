"""How long a phase may take."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class OverBudgetError(Exception):
    """A phase took longer than it may."""


@contextmanager
def within(seconds: int, phase: str) -> Iterator[None]:
    """End what runs inside after so many seconds.

    Whoever waits for a child there ends it as when a person interrupts.

    Raises:
        OverBudgetError: The time is over; the message names the phase.
    """

    def over(_number: int, _frame: object) -> None:
        raise OverBudgetError(f"{phase} took more than its {seconds} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
