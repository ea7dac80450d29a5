"""Looks up a queue's URL by its name."""

import asyncio
import random
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from shared.start_up import BUDGET_SECONDS, NotReadyError, wait_until_ready

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

_log = structlog.get_logger()


async def resolve_queue_url(  # noqa: PLR0913 - most have a default
    client: "SQSClient",
    name: str,
    stop: asyncio.Event,
    *,
    setting: str = "QUEUE_NAME",
    budget_seconds: float = BUDGET_SECONDS,
    jitter: Callable[[], float] = random.random,
) -> str | None:
    """Ask SQS for a queue's URL, again and again within a budget.

    Args:
        client: SQS client.
        name: The queue's name.
        stop: Ends the asking.
        setting: Environment variable that the name comes from, for who has to fix it.
        budget_seconds: How long to go on asking.
        jitter: A random number in [0, 1).

    Returns:
        The URL, or None if told to stop first.

    Raises:
        StartupError: No URL within the budget.
    """

    async def ask() -> str:
        try:
            return (await client.get_queue_url(QueueName=name))["QueueUrl"]
        except (BotoCoreError, ClientError, KeyError) as error:
            raise NotReadyError(repr(error) if isinstance(error, KeyError) else str(error)) from error

    def again(error: NotReadyError, seconds: float) -> None:
        _log.warning(
            "queue_url_unknown", queue=name, reason=repr(error.__cause__), again_in_seconds=round(seconds, 1)
        )

    return await wait_until_ready(
        ask,
        stop,
        lacking=f"no URL for the queue {name!r}",
        check=f"{setting}, that the queue exists, and that the task role allows sqs:GetQueueUrl",
        budget_seconds=budget_seconds,
        again=again,
        jitter=jitter,
    )
