import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.providers.protocol import UnavailableError
from email_sender.sending.retry_policy import DeadLetter, Delete, Redeliver
from tests.unit.services.email_sender.sending.delivery.fakes import NOW, received
from tests.waiting import SOON


@pytest.fixture
def short_lease(ledger, monkeypatch):
    """A lease that is renewed at once."""
    ledger.lease_until = NOW + 1.001
    monkeypatch.setattr("email_sender.sending.lease._RENEWED_AFTER", 0)


@pytest.mark.usefixtures("short_lease")
async def test_slow_provider_keeps_its_lease(make, provider, ledger, message, eventually):
    """A mail may take longer than a lease: it is renewed, and settled from the item as written last."""
    provider.hang = "after"

    @eventually
    async def renewed():
        assert ledger.renewals

    under_way = asyncio.create_task(make().deliver(received(message())))
    await renewed()
    provider.release.set()

    assert Delete() == await asyncio.wait_for(under_way, SOON)
    assert ledger.settled.version > 1


@pytest.mark.usefixtures("short_lease")
@pytest.mark.parametrize("stolen", [True, False])
async def test_mail_that_may_not_be_sent_any_more_is_not(
    make, provider, ledger, message, monkeypatch, stolen
):
    """Before its content is handed over, a mail whose lease cannot be renewed is let go of."""
    monkeypatch.setattr("email_sender.sending.lease._FIRST_PAUSE_SECONDS", 10)
    provider.hang = "before"
    ledger.stolen, ledger.renewal_fails = stolen, not stolen

    action = await asyncio.wait_for(make().deliver(received(message())), SOON)

    assert Redeliver(0) == action
    assert [("pending", "its lease could not be renewed")] == ledger.endings


@pytest.mark.usefixtures("short_lease")
async def test_answer_is_worth_waiting_for(make, provider, ledger, message, eventually):
    """Once the content is handed over and nobody will send it again, a lost lease ends nothing."""
    provider.hang = "after"
    ledger.stolen = True

    @eventually
    async def lost():
        assert "lease_not_renewed" in [line["event"] for line in logs]

    with capture_logs() as logs:
        under_way = asyncio.create_task(make().deliver(received(message())))
        await lost()
        provider.release.set()

        assert Delete() == await asyncio.wait_for(under_way, SOON)
    assert [("sent", None)] == ledger.endings


@pytest.mark.usefixtures("short_lease")
async def test_lost_lease_ends_what_others_may_resend(make, provider, ledger, message):
    """Where unknown outcomes are sent again, nobody waits beyond the lease: somebody else may send it now."""
    provider.hang = "after"
    ledger.stolen, ledger.resends_unknown = True, True

    await asyncio.wait_for(make().deliver(received(message())), SOON)

    assert [("unknown", "its lease could not be renewed")] == ledger.endings


@pytest.mark.parametrize(
    ("begun", "ending", "action"),
    [
        (False, "pending", Redeliver(1)),
        (True, "unknown", DeadLetter("outcome unknown: the sender has a defect: TypeError")),
    ],
)
async def test_defect_leaves_no_end_unknown_that_is_known(
    make, provider, ledger, message, begun, ending, action
):
    """A defect before the content is handed over is a failure of this mail; later its outcome is unknown."""
    provider.hang = None if begun else "never begun"
    provider.error = TypeError("ada@example.com")

    with capture_logs():
        assert action == await make().deliver(received(message()))

    assert [(ending, "the sender has a defect: TypeError")] == ledger.endings


async def test_silence_before_the_content_is_nobodys_fault(make, provider, ledger, message):
    """A provider that does not get as far as the mail has not refused this one."""
    provider.hang = "before"
    counted = []
    settle = ledger.settle

    async def counts(item, ending, giving_up):
        counted.append(ending.counts_as)
        return await settle(item, ending, giving_up)

    ledger.settle = counts
    await make(seconds=0.01).deliver(received(message()))

    assert [None] == counted


async def test_mail_refused_alone_ends(make, provider, ledger, message):
    """With others taken since it was last refused, the last of many refusals in hours is the end."""
    delivery = make()
    ledger.item = {"refusals": 4, "failing_seconds": 3600.0, "events": ()}
    await delivery.deliver(received(message()))
    provider.error = UnavailableError("421 not you")

    action = await delivery.deliver(received(message("id-2")))

    reason = "gave up after 5 refusals in 1.0 h while other mails were taken: 421 not you"
    assert DeadLetter(reason) == action
    assert ("failed", reason) == ledger.endings[-1]


async def test_refusals_without_others_taken_end_nothing(make, provider, ledger, message):
    """If no other mail was taken meanwhile it is an outage, however long it is."""
    ledger.item = {"refusals": 99, "failing_seconds": 36000.0, "accepted_at": NOW - 36000}
    provider.error = UnavailableError("421 down")

    assert Redeliver(2) == await make().deliver(received(message()))
    assert "pending" == ledger.endings[-1][0]
