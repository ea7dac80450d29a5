"""Budgets of real time that fit the host.

A budget bounds a wait for something that comes by itself; what comes is not waited for any longer. The
figures are written for a quiet machine, on which most of what they bound takes a tenth of them, and are
multiplied by how much longer a fixed piece of work takes here: on a slow machine, or beside others.
"""

import math
import os
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from common.errors import SetupError

if TYPE_CHECKING:
    # The control plane's image reads budgets and waits by none of tenacity's.
    from tenacity import RetryCallState

FACTOR_VARIABLE = "BUDGET_FACTOR"
MAX_FACTOR = 20.0
# What the piece takes on the machine on which the budgets were chosen, doing nothing else. A shorter one
# fits into one turn of the kernel's scheduler and notices nobody beside it.
_PIECE_SECONDS = 0.06
_ROUNDS = 100
_ROUND = 10_000


class _Host:
    """Slowness of the host: when this process first asked, and at its worst since."""

    def __init__(self) -> None:
        self.first = self.slowest = host_factor()


def host_factor() -> float:
    """Factor by which work takes longer on this host now than on a quiet machine: 1 to 20.

    BUDGET_FACTOR in the environment takes the place of measuring, which takes some 60 ms.

    Raises:
        SetupError: BUDGET_FACTOR is no number from 1 on.
    """
    given = os.environ.get(FACTOR_VARIABLE)
    return _measure() if given is None else _read(given)


def budget(seconds: float) -> float:
    """Real seconds to allow on this host for what gets so many on a quiet machine; at least as many.

    Raises:
        SetupError: BUDGET_FACTOR is no number from 1 on.
    """
    return seconds * _host().first


def spent(elapsed: float, allowed: float) -> bool:
    """Whether a wait has used up its budget, and would have on the host as it is now.

    Only what is about to be given up has the host measured again: others may have come since.

    Args:
        elapsed: Real seconds since the wait began.
        allowed: What `budget` gave for it.

    Raises:
        SetupError: BUDGET_FACTOR is no number from 1 on.
    """
    host = _host()
    if elapsed <= allowed * host.slowest / host.first:
        return False
    host.slowest = max(host.slowest, host_factor())
    return elapsed > allowed * host.slowest / host.first


def stop_when_spent(seconds: float) -> Callable[["RetryCallState"], bool]:
    """A `stop` of tenacity: after what `budget` gives for so many seconds."""
    return lambda state: spent(state.seconds_since_start or 0.0, budget(seconds))


@cache
def _host() -> _Host:
    return _Host()


def _measure() -> float:
    began = time.monotonic()
    for _ in range(_ROUNDS):
        sum(number * number for number in range(_ROUND))
    return min(max((time.monotonic() - began) / _PIECE_SECONDS, 1.0), MAX_FACTOR)


def _read(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not (math.isfinite(factor) and factor >= 1):
        raise SetupError(f"{FACTOR_VARIABLE}={text}: give a number from 1 on")
    return factor
