"""Waits of scenarios: for a condition, within so many seconds.

A scenario's time is AWS's: the clock says how long a minute takes, and is slowed down where the host does not
keep up; the load is planned to last for just these waits, so none becomes longer by itself. Locust's start
and the like are counted by no clock of AWS's, and may take longer where the host is slower.
"""

from collections.abc import Callable

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from common.budget import budget, stop_when_spent

# Real seconds.
SOON = budget(20.0)
"""Budget of a thread's or a program's next step, which takes milliseconds."""
START_SECONDS = 60.0
"""A program's start or end on a quiet machine, which takes a second or two."""
START = budget(START_SECONDS)
"""Its budget on this one."""


def reached(
    condition: Callable[[], bool], seconds: float, every: float = 0.25, *, fit_host: bool = False
) -> bool:
    """Whether `condition` held within so many real seconds; returns as soon as it does.

    Args:
        condition: Asked again and again.
        seconds: Longest wait.
        every: Real seconds between two questions.
        fit_host: Whether the wait may last longer where the host is slower.
    """
    stop = stop_when_spent(seconds) if fit_host else stop_after_delay(seconds)
    waiting = Retrying(retry=retry_if_result(lambda held: not held), stop=stop, wait=wait_fixed(every))
    try:
        return bool(waiting(condition))
    except RetryError:
        return False
