"""Waiting for a condition with a budget."""

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
