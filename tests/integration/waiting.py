"""Waits for conditions, never for a time.

A wait ends as soon as its condition holds. How long it may last matters to a system that is broken alone:
there is one figure for all, so large that no slow machine meets it.
"""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_STEP_SECONDS = 0.2

PATIENCE_SECONDS = 300.0
"""How long anything may take; the slowest takes a minute on two cores."""

ANSWER_SECONDS = 60.0
"""How long an answer over HTTP may take that has to come."""


def wait_for(what: str, ask: Callable[[], T]) -> T:
    """The first answer that counts as true.

    Args:
        what: What is waited for, for the failure's message.
        ask: Asked again and again; an error of its own is not caught.

    Raises:
        AssertionError: Nothing came in time; the message has the last answer.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"no {what} within {PATIENCE_SECONDS:g} s; last answer: {answer!r}")
        time.sleep(_STEP_SECONDS)
    return answer
