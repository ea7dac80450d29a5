import asyncio

import pytest

from email_sender.ledger import LedgerUnavailableError
from email_sender.ledger.client import ledger_answers
from shared.process import StartupError
from tests.waiting import SOON


class FakeLedger:
    """Answers after so many failures."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.asked = 0

    async def find(self, _):
        self.asked += 1
        if self.asked <= self.failures:
            raise LedgerUnavailableError("no such table")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    """Nobody waits long."""
    monkeypatch.setattr("shared.start_up._FIRST_PAUSE_SECONDS", 0.001)


@pytest.mark.parametrize("failures", [0, 3])
async def test_ledger_that_answers_in_time(failures):
    """A table that is being created while the task starts is waited for."""
    ledger = FakeLedger(failures)

    assert await ledger_answers(ledger, "ledger", asyncio.Event())
    assert failures + 1 == ledger.asked


async def test_ledger_that_never_answers():
    """The task ends with what to check, so that a deployment does not go on with it."""
    with pytest.raises(StartupError, match=r"'ledger' within 0 s: check LEDGER_TABLE.*no such table"):
        await ledger_answers(FakeLedger(10**6), "ledger", asyncio.Event(), budget_seconds=0)


async def test_told_to_stop_meanwhile():
    """A stop ends the waiting."""
    stop = asyncio.Event()
    waiting = asyncio.create_task(ledger_answers(FakeLedger(10**6), "ledger", stop))
    await asyncio.sleep(0)

    stop.set()

    assert not await asyncio.wait_for(waiting, SOON)
