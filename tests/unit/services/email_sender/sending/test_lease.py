import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.ledger import LedgerItem, LedgerUnavailableError
from email_sender.sending.lease import Lease
from tests.waiting import SOON


class FakeLedger:
    """Renews as it is told."""

    def __init__(self) -> None:
        self.answers = []
        self.asked = []
        self.hangs = False

    async def renew(self, item):
        self.asked.append(item)
        if self.hangs:
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def _item(version, lease_until):
    return LedgerItem("id-1", version, "sending", 1, "me", lease_until, "", "", 0.0, (), 0)


@pytest.fixture
def ledger():
    """A ledger."""
    return FakeLedger()


@pytest.fixture
def lost():
    """Set when the lease is lost."""
    return asyncio.Event()


@pytest.fixture
def make(ledger, lost):
    """A lease of which so many seconds are left on a clock that stands still."""

    def lease(seconds_left):
        return Lease(ledger, _item(3, 1001 + seconds_left), lost.set, now=lambda: 1000.0, jitter=lambda: 0.0)

    return lease


async def test_short_send_costs_nothing(make, ledger):
    """A mail that is sent before half of its lease is over asks the ledger nothing."""
    lease = make(30)
    lease.keep()
    await asyncio.sleep(0)
    lease.stop()

    assert [] == ledger.asked
    assert 3 == lease.item.version


async def test_long_send_keeps_its_lease(make, ledger, lost, eventually):
    """It is renewed at half its time, each time from the item that was written last."""
    first, second = _item(4, 1001.02), _item(5, 1031)
    ledger.answers = [first, second]
    lease = make(0.02)

    @eventually
    async def renewed():
        assert second == lease.item

    lease.keep()
    await renewed()
    lease.stop()

    assert [3, 4] == [item.version for item in ledger.asked]
    assert not lost.is_set()


async def test_lease_of_somebody_else_is_lost(make, ledger, lost):
    """Whoever finds that others own the mail must stop at once."""
    ledger.answers = [None]
    lease = make(0.02)

    with capture_logs() as logs:
        lease.keep()
        await asyncio.wait_for(lost.wait(), SOON)

    assert lease.is_lost
    assert ["lease_not_renewed"] == [line["event"] for line in logs]


@pytest.mark.parametrize("silent", [False, True])
async def test_lease_that_cannot_be_renewed_is_lost(make, ledger, lost, monkeypatch, silent):
    """It counts as lost before it ends, be it that the ledger says no or nothing."""
    monkeypatch.setattr("email_sender.sending.lease._MARGIN_SECONDS", 0.01)
    ledger.hangs = silent
    ledger.answers = [LedgerUnavailableError("down")]
    lease = make(-1)

    lease.keep()
    await asyncio.wait_for(lost.wait(), SOON)

    assert lease.is_lost


async def test_short_outage_does_not_cost_the_lease(make, ledger, lost, monkeypatch, eventually):
    """It is tried again for as long as the lease lasts."""
    monkeypatch.setattr("email_sender.sending.lease._FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr("email_sender.sending.lease._RENEWED_AFTER", 0)
    ledger.answers = [LedgerUnavailableError("down"), LedgerUnavailableError("down"), _item(4, 10**6)]
    monkeypatch.setattr("email_sender.sending.lease._MAX_PAUSE_SECONDS", 0.001)
    lease = make(30)

    @eventually
    async def renewed():
        assert 4 == lease.item.version

    lease.keep()
    monkeypatch.setattr("email_sender.sending.lease._RENEWED_AFTER", 0.5)
    await renewed()
    lease.stop()

    assert not lost.is_set()


async def test_renewal_under_way_ends_with_the_attempt(make, ledger, lost, eventually):
    """What is settled need not be renewed any more."""
    ledger.hangs = True
    lease = make(0.002)

    @eventually
    async def asked():
        assert ledger.asked

    lease.keep()
    await asked()
    lease.stop()
    await asyncio.sleep(0)

    assert not lost.is_set()
