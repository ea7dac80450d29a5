"""The way to the ledger: a client that fails in time for another attempt, and the first answer."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from email_sender.ledger.item import LedgerUnavailableError
from email_sender.ledger.ledger import Ledger
from shared.aws_client import TimeLimits, lean_client
from shared.start_up import BUDGET_SECONDS, NotReadyError, wait_until_ready

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_BUSY = ("TransactWriteItems", "PutItem", "GetItem", "BatchGetItem", "UpdateItem")
# Two attempts and the pause between them.
_LIMITS = TimeLimits(answer_seconds=2.0, call_seconds=5.0)
# No notification has this id, so the answer is always the same.
_NOBODYS_ID = "startup/probe"


def dynamodb_client(*, region: str, connections: int) -> "AbstractAsyncContextManager[DynamoDBClient]":
    """A client to be entered; credentials and endpoint come from the environment, as ECS gives them.

    Each transaction has a token of its own, under which DynamoDB takes a second try of the same call as the
    first one.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html

    Args:
        region: AWS region.
        connections: Maximum calls under way at once.
    """
    operations = dict.fromkeys(_BUSY, _LIMITS)
    return lean_client("dynamodb", operations, region=region, limits=_LIMITS, connections=connections)


async def ledger_answers(
    ledger: Ledger, table: str, stop: asyncio.Event, *, budget_seconds: float = BUDGET_SECONDS
) -> bool:
    """Ask the ledger until it answers, within a budget.

    A task that cannot use its ledger would hold messages and send none.

    Returns:
        Whether it answered; False if told to stop first.

    Raises:
        StartupError: No answer within the budget.
    """

    async def ask() -> bool:
        try:
            await ledger.find(_NOBODYS_ID)
        except LedgerUnavailableError as error:
            raise NotReadyError(str(error)) from error
        return True

    answered = await wait_until_ready(
        ask,
        stop,
        lacking=f"no answer from the table {table!r}",
        check="LEDGER_TABLE, that the table exists, and that the task role allows dynamodb:GetItem",
        budget_seconds=budget_seconds,
    )
    return answered is not None
