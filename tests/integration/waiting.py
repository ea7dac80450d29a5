"""Waits for conditions, never for a time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_STEP_SECONDS = 0.2


def wait_for(what: str, ask: Callable[[], T], budget_seconds: float) -> T:
    """The first answer that counts as true.

    Args:
        what: What is waited for, for the failure's message.
        ask: Asked again and again; an error of its own is not caught.
        budget_seconds: How long at most.

    Raises:
        AssertionError: Nothing came in time; the message has the last answer.
    """
    deadline = time.monotonic() + budget_seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"no {what} within {budget_seconds:g} s; last answer: {answer!r}")
        time.sleep(_STEP_SECONDS)
    return answer
