"""Waiting, at the start of a task, for what the task cannot do without."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from shared.backoff import Backoff
from shared.process import StartupError

BUDGET_SECONDS = 45.0
"""Less than the health check grace period of the services (60 s), so that a task that cannot start ends with
its reason, and the deployment circuit breaker counts it."""

_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 5.0

T = TypeVar("T")


class NotReadyError(Exception):
    """It cannot be used yet, for the reason that the message gives."""


async def wait_until_ready(  # noqa: PLR0913 - most have a default
    attempt: Callable[[], Awaitable[T]],
    stop: asyncio.Event,
    *,
    lacking: str,
    check: str,
    budget_seconds: float = BUDGET_SECONDS,
    again: Callable[[NotReadyError, float], None] | None = None,
    now: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] = random.random,
) -> T | None:
    """Attempt something again and again, within a budget, until it succeeds.

    Args:
        attempt: Raises `NotReadyError` if it has to be made again.
        stop: Ends the waiting.
        lacking: Subject of the error, e.g. "no URL for the queue 'mail'".
        check: Advice of the error: settings and rights to look at.
        budget_seconds: Longest time until the last attempt.
        again: Told why an attempt failed, and the seconds until the next one.
        now: Seconds on a clock that only goes forward.
        jitter: A random number in [0, 1), by which tasks that start together do not ask together.

    Returns:
        The attempt's result, or None if told to stop first.

    Raises:
        StartupError: No attempt succeeded within the budget.
    """
    deadline = now() + budget_seconds
    backoff = Backoff(_FIRST_PAUSE_SECONDS, _MAX_PAUSE_SECONDS, jitter)
    while not stop.is_set():
        try:
            return await attempt()
        except NotReadyError as error:
            if now() + backoff.next_max_seconds > deadline:
                raise StartupError(
                    f"{lacking} within {budget_seconds:.0f} s: check {check} ({error})"
                ) from error
            pause = backoff.next()
            if again is not None:
                again(error, pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
    return None
