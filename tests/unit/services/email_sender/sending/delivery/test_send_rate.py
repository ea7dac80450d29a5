import asyncio

from email_sender.ledger import LedgerUnavailableError
from email_sender.sending.retry_policy import Delete, Redeliver
from tests.unit.services.email_sender.sending.delivery.fakes import FakeSendRate, received
from tests.waiting import SOON


async def test_token_comes_before_the_claim(make, ledger, message):
    """A mail that has to wait for the send rate holds no lease meanwhile; its priority is told."""
    rate = FakeSendRate()
    under_way = asyncio.create_task(make(send_rate=rate).deliver(received(message(priority="high"))))
    await asyncio.sleep(0)
    assert (["high"], []) == (rate.asked, ledger.claimed)

    rate.go_on.set()

    assert Delete() == await asyncio.wait_for(under_way, SOON)


async def test_one_token_a_mail(make, ledger, message, monkeypatch):
    """A claim that has to be asked for again needs no second token."""
    monkeypatch.setattr("email_sender.sending.claiming._FIRST_PAUSE_SECONDS", 0.001)
    rate = FakeSendRate()
    rate.go_on.set()
    ledger.down = [LedgerUnavailableError("down")]

    await make(send_rate=rate).deliver(received(message()))

    assert ["normal"] == rate.asked


async def test_give_up_ends_the_wait_for_a_token(make, ledger, message):
    """A mail that waits for the send rate is handed back when time is up."""
    rate = FakeSendRate()
    delivery = make(send_rate=rate)
    under_way = asyncio.create_task(delivery.deliver(received(message())))
    await asyncio.sleep(0)

    delivery.give_up()

    assert Redeliver(0) == await asyncio.wait_for(under_way, SOON)
    assert [] == ledger.claimed
