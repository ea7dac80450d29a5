"""Waits for conditions, never for a time.

A wait ends as soon as its condition holds. How long it may last matters to a system that is broken alone:
there is one figure for all, so large that no slow machine meets it.
"""

from collections.abc import Callable
from typing import TypeVar

from common.budget import budget
from tests.waiting import START, eventually

T = TypeVar("T")
_STEP_SECONDS = 0.2

PATIENCE_SECONDS = budget(300.0)
"""How long anything may take; the slowest takes a minute on two cores."""

ANSWER_SECONDS = START
"""How long an answer over HTTP may take that has to come."""


def wait_for(what: str, ask: Callable[[], T]) -> T:
    """The first answer that counts as true.

    Args:
        what: What is waited for, for the failure's message.
        ask: Asked again and again; an error of its own is not caught.

    Raises:
        AssertionError: Nothing came in time; the message has the last answer.
    """
    return eventually(ask, PATIENCE_SECONDS, _STEP_SECONDS, what)
