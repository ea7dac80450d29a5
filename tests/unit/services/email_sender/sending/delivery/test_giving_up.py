import asyncio

import pytest

from email_sender.sending.retry_policy import DeadLetter, Redeliver
from tests.unit.services.email_sender.sending.delivery.fakes import received
from tests.waiting import SOON


@pytest.mark.parametrize(
    ("hang", "ending", "action"), [("before", "pending", Redeliver(0)), ("after", "unknown", DeadLetter)]
)
async def test_give_up_in_the_middle_of_a_send(make, provider, ledger, message, hang, ending, action):
    """When time is up, a send under way is released, unless the provider may have the mail."""

    async def give_up_again():
        delivery.give_up()

    provider.hang = hang
    delivery = make()
    under_way = asyncio.create_task(delivery.deliver(received(message())))
    await asyncio.wait_for(provider.sending.wait(), SOON)

    delivery.give_up()
    # A send whose time is just running out cannot be told again, and must not keep others from being told.
    await asyncio.create_task(give_up_again())

    done = await asyncio.wait_for(under_way, SOON)
    assert action in {done, type(done)}
    assert [(ending, "the task had to stop")] == ledger.endings


async def test_nothing_is_claimed_after_giving_up(make, provider, ledger, message):
    """What is received too late is handed back unclaimed."""
    delivery = make()
    delivery.give_up()

    assert Redeliver(0) == await delivery.deliver(received(message()))
    assert ([], []) == (ledger.claimed, provider.mails)


async def test_claim_confirmed_after_giving_up_is_given_back(make, provider, ledger, message):
    """A claim that was under way is not cut off: it is known, and given back at once."""
    delivery = make()
    claim = ledger.claim

    async def slow(claim_request, *, redelivered):
        delivery.give_up()
        return await claim(claim_request, redelivered=redelivered)

    ledger.claim = slow

    assert Redeliver(0) == await delivery.deliver(received(message()))
    assert ("pending", []) == (ledger.endings[0][0], provider.mails)
