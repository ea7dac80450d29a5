"""Whether the ledger can be used, before the first message is taken."""

import asyncio
import random
import time
from collections.abc import Callable

from email_sender.ledger.errors import LedgerUnavailableError
from email_sender.ledger.ledger import Ledger
from shared.process import StartupError

_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 5.0
# No notification has this id, so the answer is always the same.
_NOBODYS_ID = "startup/probe"


async def ledger_answers(  # noqa: PLR0913 - most have a default
    ledger: Ledger,
    table: str,
    stop: asyncio.Event,
    *,
    budget_seconds: float = 45.0,
    now: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] = random.random,
) -> bool:
    """Ask the ledger until it answers, within a budget that is less than the health check grace period.

    A task that cannot use its ledger would hold messages and send none; one that ends says why, and the
    deployment circuit breaker counts it.

    Returns:
        Whether it answered; False if told to stop first.

    Raises:
        StartupError: No answer within the budget.
    """
    deadline = now() + budget_seconds
    pause = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        try:
            await ledger.find(_NOBODYS_ID)
        except LedgerUnavailableError as error:
            if now() + pause > deadline:
                raise StartupError(
                    f"no answer from the table {table!r} within {budget_seconds:.0f} s: check LEDGER_TABLE, "
                    f"that the table exists, and that the task role allows dynamodb:GetItem ({error})"
                ) from error
        else:
            return True
        try:
            # Tasks that start together do not ask together.
            await asyncio.wait_for(stop.wait(), pause * (1 + jitter()) / 2)
        except TimeoutError:
            pause = min(pause * 2, _MAX_PAUSE_SECONDS)
    return False
