import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.ledger import LedgerUnavailableError
from email_sender.sending.retry_policy import Delete, Leave, Redeliver
from tests.unit.services.email_sender.sending.delivery.fakes import NOW, received
from tests.waiting import SOON


async def test_claim_that_took_too_long_is_not_used(make, provider, ledger, message):
    """A lease that is all but over when its claim is confirmed is given back instead."""
    ledger.lease_until = NOW + 1

    assert Redeliver(0) == await make().deliver(received(message()))
    assert [] == provider.mails
    assert "pending" == ledger.endings[0][0]


@pytest.mark.parametrize(("confirms", "event"), [(False, "lease_lost"), (True, "outcome_not_written")])
async def test_what_the_ledger_does_not_confirm_is_left(make, ledger, provider, message, confirms, event):
    """Without the ledger's word nothing happens to the message: whoever gets it next finds out."""
    ledger.confirms = confirms

    async def fail(*_):
        ledger.down = [LedgerUnavailableError("down")]

    if confirms:
        provider.send = fail
    with capture_logs() as logs:
        assert Leave() == await make().deliver(received(message()))

    assert event in [line["event"] for line in logs]


async def test_outage_of_the_ledger_holds_the_message(make, provider, ledger, message, monkeypatch):
    """Until the ledger answers the message stays in flight, and then it is sent."""
    monkeypatch.setattr("email_sender.sending.claiming._FIRST_PAUSE_SECONDS", 0.001)
    ledger.down = [LedgerUnavailableError("down") for _ in range(3)]

    assert Delete() == await make().deliver(received(message()))
    assert (1, "down") == (len(provider.mails), ledger.outage.last_error)


async def test_outage_that_outlasts_the_task_releases_the_message(make, ledger, message):
    """A message that is held when the time is up is handed back."""
    ledger.down = [LedgerUnavailableError("down") for _ in range(1000)]
    delivery = make()
    under_way = asyncio.create_task(delivery.deliver(received(message())))
    await asyncio.sleep(0)

    delivery.give_up()

    assert Redeliver(0) == await asyncio.wait_for(under_way, SOON)
