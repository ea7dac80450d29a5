"""Waits of scenarios: for a condition, within so many AWS minutes.

A scenario's time is AWS's: the clock says how long a minute takes, and is slowed down where the host does not
keep up; the load is planned to last for just these waits. So none becomes longer by itself, as those of
tests/waiting.py do where the host becomes slower; they are for what no clock of AWS's counts, such as
Locust's start.
"""

from collections.abc import Callable

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed


def reached(condition: Callable[[], bool], seconds: float, every: float = 0.25) -> bool:
    """Whether `condition` held within so many real seconds; returns as soon as it does."""
    waiting = Retrying(
        retry=retry_if_result(lambda held: not held), stop=stop_after_delay(seconds), wait=wait_fixed(every)
    )
    try:
        return bool(waiting(condition))
    except RetryError:
        return False
