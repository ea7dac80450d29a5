"""Waits of tests: for a condition, within a named budget that fits the host.

A budget says when a test is given up. It never says how fast something has to be: that is asserted as an
order, a count, or a ratio of two times of the same run.
"""

import faulthandler
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import retry, retry_if_exception_type, wait_fixed

from common.budget import budget, spent

T = TypeVar("T")

# Real seconds.
SOON = budget(20.0)
"""What a thread, an event loop or a program that runs already does next; it takes milliseconds."""
START = budget(60.0)
"""A program's start or end, or a small command; it takes a second or two."""
LONG = budget(180.0)
"""Several programs, Terraform, a pytest of its own; it takes up to half a minute."""

_STEP_SECONDS = 0.02
_STDERR = 2


def reached(condition: Callable[[], object], allowed: float = SOON, every: float = _STEP_SECONDS) -> bool:
    """Whether a condition held within a budget; returns as soon as it does.

    Args:
        condition: Asked again and again; an error of its own is not caught.
        allowed: Real seconds; one of the named budgets.
        every: Real seconds between two questions.
    """
    return bool(_first(condition, allowed, every)[0])


def eventually(
    ask: Callable[[], T], allowed: float = SOON, every: float = _STEP_SECONDS, what: str = "such answer"
) -> T:
    """The first answer that counts as true.

    Args:
        ask: Asked again and again; an error of its own is not caught.
        allowed: Real seconds; one of the named budgets.
        every: Real seconds between two questions.
        what: What is waited for, for the failure's message.

    Raises:
        AssertionError: There was none within the budget; the message has the last answer, and standard error
            where each thread stands.
    """
    answer, elapsed = _first(ask, allowed, every)
    if not answer:
        faulthandler.dump_traceback(_STDERR)
        raise AssertionError(f"no {what} within {elapsed:.0f} s; the last answer was {answer!r}")
    return answer


def holds_eventually(allowed: float = SOON):
    """Decorates a function, or a coroutine, with asserts: called again and again until it returns.

    Args:
        allowed: Real seconds; one of the named budgets. The last error is raised when they are spent.
    """
    return retry(
        stop=lambda state: spent(state.seconds_since_start or 0.0, allowed),
        wait=wait_fixed(_STEP_SECONDS),
        retry=retry_if_exception_type((AssertionError, OSError)),
        reraise=True,
    )


def _first(ask: Callable[[], T], allowed: float, every: float) -> tuple[T, float]:
    began = time.monotonic()
    while not (answer := ask()):
        elapsed = time.monotonic() - began
        if spent(elapsed, allowed):
            return answer, elapsed
        time.sleep(every)
    return answer, time.monotonic() - began
