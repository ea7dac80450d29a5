"""The ledger's readiness, before the first message is taken."""

import asyncio

from email_sender.ledger.errors import LedgerUnavailableError
from email_sender.ledger.ledger import Ledger
from shared.start_up import BUDGET_SECONDS, NotReadyError, wait_until_ready

# No notification has this id, so the answer is always the same.
_NOBODYS_ID = "startup/probe"


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
