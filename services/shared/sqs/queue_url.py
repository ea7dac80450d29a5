"""Looks up a queue's URL by its name."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from shared.process import StartupError

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 5.0
_log = structlog.get_logger()


async def resolve_queue_url(  # noqa: PLR0913 - most have a default
    client: "SQSClient",
    name: str,
    stop: asyncio.Event,
    *,
    setting: str = "QUEUE_NAME",
    budget_seconds: float = 45.0,
    now: Callable[[], float] = time.monotonic,
    jitter: Callable[[], float] = random.random,
) -> str | None:
    """Ask SQS for a queue's URL, again and again within a budget.

    The budget is less than the health check grace period of the services (60 s), so that a task that
    cannot find its queue ends with its reason, and the deployment circuit breaker counts it.

    Args:
        client: SQS client.
        name: The queue's name.
        stop: Ends the asking.
        setting: Where the name comes from, for who has to mend it.
        budget_seconds: How long to go on asking.
        now: Seconds on a clock that only goes forward.
        jitter: A random number in [0, 1), by which tasks that start together do not ask together.

    Returns:
        The URL, or None if told to stop first.

    Raises:
        StartupError: No URL within the budget.
    """
    deadline = now() + budget_seconds
    pause = _FIRST_PAUSE_SECONDS
    while not stop.is_set():
        try:
            return (await client.get_queue_url(QueueName=name))["QueueUrl"]
        except (BotoCoreError, ClientError, KeyError) as error:
            if now() + pause > deadline:
                raise StartupError(
                    f"no URL for the queue {name!r} within {budget_seconds:.0f} s: check {setting}, "
                    f"that the queue exists, and that the task role allows sqs:GetQueueUrl ({error})"
                ) from error
            spread = pause * (1 + jitter()) / 2
            _log.warning(
                "queue_url_unknown", queue=name, reason=repr(error), again_in_seconds=round(spread, 1)
            )
        try:
            await asyncio.wait_for(stop.wait(), spread)
        except TimeoutError:
            pause = min(pause * 2, _MAX_PAUSE_SECONDS)
    return None
