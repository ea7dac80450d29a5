import asyncio
import json

import pytest

from email_sender.ledger import AlreadySent, LedgerUnavailableError
from email_sender.providers.protocol import UnavailableError
from email_sender.sending.gate import Gate
from email_sender.sending.retry_policy import Delete, Redeliver
from tests.unit.services.email_sender.sending.delivery.fakes import FakeSuppression, received
from tests.waiting import SOON


@pytest.fixture
async def gate(provider):
    """A gate with two slots."""
    return Gate(provider, 2, now=lambda: 0.0, jitter=lambda: 0.0)


async def test_outage_opens_the_gate_and_costs_nothing(make, provider, ledger, gate, message):
    """After five refusals in a row nothing is claimed or tried; messages that arrive go back, later."""
    delivery = make(gate=gate)
    provider.error = UnavailableError("421 down")
    for _ in range(5):
        await delivery.deliver(received(message()))
    claimed = len(ledger.claimed)

    assert Redeliver(8) == await delivery.deliver(received(message()))
    assert (5, claimed, "421 down") == (len(ledger.endings), len(ledger.claimed), gate.last_error)


async def test_refusals_are_counted(make, provider, gate, message, metrics, emf):
    """An outage shows in metrics of its own."""
    provider.error = UnavailableError("421 down")
    delivery = make(gate=gate)
    for _ in range(6):
        await delivery.deliver(received(message()))

    metrics.flush()
    line = json.loads(emf.getvalue().splitlines()[0])
    assert (5, 1) == (line["MailsUnavailable"], line["MessagesReleased"])


async def test_place_is_held_for_as_long_as_it_is_needed(make, provider, ledger, gate, message):
    """Whatever becomes of a message, its place is free for the next one."""
    delivery = make(gate=gate)
    for decision in (None, AlreadySent(), None):
        ledger.decision = decision
        assert Delete() == await asyncio.wait_for(delivery.deliver(received(message())), SOON)
    ledger.decision = None
    provider.error = TypeError("defect")
    for _ in range(3):
        await asyncio.wait_for(delivery.deliver(received(message())), SOON)

    given = [await asyncio.wait_for(gate.enter("normal"), SOON) for _ in range(2)]
    assert None not in given


async def test_give_up_ends_the_wait_for_a_place(make, ledger, gate, message):
    """A mail that waits for others is handed back when time is up."""
    for _ in range(2):
        await gate.enter("normal")
    delivery = make(gate=gate)
    under_way = asyncio.create_task(delivery.deliver(received(message())))
    await asyncio.sleep(0)

    delivery.give_up()

    assert Redeliver(0) == await asyncio.wait_for(under_way, SOON)
    assert [] == ledger.claimed


async def test_give_up_while_the_ledger_is_down_frees_the_place(make, ledger, gate, message):
    """A mail that has a place and is handed back leaves it."""
    ledger.down = [LedgerUnavailableError("down") for _ in range(1000)]
    delivery = make(gate=gate)
    under_way = asyncio.create_task(delivery.deliver(received(message())))
    await asyncio.sleep(0)

    delivery.give_up()

    assert Redeliver(0) == await asyncio.wait_for(under_way, SOON)
    assert None not in [await asyncio.wait_for(gate.enter("normal"), SOON) for _ in range(2)]


async def test_mail_that_nobody_will_send_needs_no_place(make, provider, gate, message):
    """Suppressed mails are dealt with in an outage too."""
    suppression = FakeSuppression()
    suppression.addresses.add("ada@example.com")
    for _ in range(2):
        await gate.enter("normal")

    action = await asyncio.wait_for(
        make(gate=gate, suppression=suppression).deliver(received(message())), SOON
    )

    assert "the recipient is on the suppression list" == action.reason
    assert [] == provider.mails
