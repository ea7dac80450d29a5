import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.ledger import (
    AlreadySent,
    Claimed,
    Ending,
    InProgress,
    Ledger,
    LedgerUnavailableError,
    VersionChangedError,
)


class FakeTable:
    """Items in memory, and failures in the order in which they shall come."""

    def __init__(self) -> None:
        self.items = {}
        self.failures = []
        self.reads = []
        self.writes = 0

    async def read(self, notification_id, *, consistent=True):
        self.reads.append(consistent)
        self._fail()
        return self.items.get(notification_id)

    async def write(self, item):
        self.writes += 1
        self._fail()
        current = self.items.get(item.notification_id)
        if item.version != (1 if current is None else current.version + 1):
            raise VersionChangedError(current)
        self.items[item.notification_id] = item

    def _fail(self):
        if self.failures and (error := self.failures.pop(0)) is not None:
            raise error


class Clock:
    """Seconds that pass while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self):
        return self.seconds

    async def sleep(self, seconds):
        self.seconds += seconds


_DOWN = LedgerUnavailableError("down")


@pytest.fixture
def table():
    """A table in memory."""
    return FakeTable()


@pytest.fixture
def clock():
    """Time that the test moves."""
    return Clock()


@pytest.fixture
def ledger(table, policy, clock):
    """A ledger on that table."""
    return Ledger(table, policy, now=clock.now, sleep=clock.sleep)


async def test_new_notification_costs_one_write(ledger, table, claim_request):
    """The first claim asks nothing before it writes."""
    assert isinstance(await ledger.claim(claim_request()), Claimed)
    assert ([], 1) == (table.reads, table.writes)


async def test_redelivered_message_is_looked_up_first(ledger, table, claim_request):
    """What the ledger probably knows is read, and read consistently."""
    table.items["id-1"] = (await ledger.claim(claim_request(owner="first"))).item
    writes = table.writes

    assert InProgress(1030.0) == await ledger.claim(claim_request(), redelivered=True)
    assert ([True], writes) == (table.reads, table.writes)


async def test_refused_write_is_decided_again(ledger, claim_request):
    """Who finds another version there decides about that one."""
    await ledger.claim(claim_request(owner="first"))

    assert InProgress(1030.0) == await ledger.claim(claim_request())


async def test_claim_that_nobody_confirms(ledger, table, claim_request):
    """An outage is an error, a reason not to be ready, and two lines in the log."""
    table.failures = [_DOWN, _DOWN]

    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(LedgerUnavailableError):
                await ledger.claim(claim_request())
        assert "down" == ledger.outage.last_error
        await ledger.claim(claim_request())

    assert ledger.outage.last_error is None
    assert ["ledger_unavailable", "ledger_available"] == [line["event"] for line in logs]


async def test_settlement_is_tried_again_while_the_lease_lasts(ledger, table, clock, claim_request):
    """An outage shorter than the lease loses no outcome."""
    claimed = (await ledger.claim(claim_request())).item
    table.failures = [_DOWN, _DOWN, _DOWN]

    assert await ledger.settle(claimed, Ending("sent"))
    assert "sent" == table.items["id-1"].state
    assert 1000 < clock.seconds < claimed.lease_until


async def test_settlement_ends_with_the_lease(ledger, table, clock, claim_request):
    """After the lease somebody else may have found the outcome unknown: nothing more is written."""
    claimed = (await ledger.claim(claim_request())).item
    table.failures = [_DOWN] * 100

    with pytest.raises(LedgerUnavailableError):
        await ledger.settle(claimed, Ending("sent"))

    assert clock.seconds < claimed.lease_until
    assert "sending" == table.items["id-1"].state


async def test_outage_longer_than_the_lease_loses_no_outcome(ledger, table, clock, claim_request):
    """As long as the task lives it tries: the mail was sent, and nobody else can have claimed it."""
    claimed = (await ledger.claim(claim_request())).item
    table.failures = [_DOWN] * 100

    assert await ledger.settle(claimed, Ending("sent"), asyncio.Event())
    assert "sent" == table.items["id-1"].state
    assert clock.seconds > claimed.lease_until + 100


async def test_settlement_of_a_task_that_must_end(ledger, table, clock, claim_request):
    """Nothing is tried beyond the lease once the task gives up."""
    claimed = (await ledger.claim(claim_request())).item
    table.failures = [_DOWN] * 100
    giving_up = asyncio.Event()
    giving_up.set()

    with pytest.raises(LedgerUnavailableError):
        await ledger.settle(claimed, Ending("sent"), giving_up)

    assert clock.seconds < claimed.lease_until


async def test_settlement_of_a_lost_claim(ledger, table, clock, claim_request):
    """Whose claim is over cannot have the mail tried again, but may still say that it was sent."""
    claimed = (await ledger.claim(claim_request())).item
    clock.seconds = 1031
    await ledger.claim(claim_request(owner="second"))

    assert not await ledger.settle(claimed, Ending("pending"))
    assert "unknown" == table.items["id-1"].state
    assert await ledger.settle(claimed, Ending("sent"))
    assert "sent" == table.items["id-1"].state


async def test_renewed_claim_is_settled_at_the_first_write(ledger, table, clock, claim_request):
    """Whoever renewed a lease knows the item's version, and nobody can claim the mail meanwhile."""
    claimed = (await ledger.claim(claim_request())).item
    clock.seconds = 1015
    renewed = await ledger.renew(claimed)
    clock.seconds = 1031

    assert InProgress(1045.0) == await ledger.claim(claim_request(owner="second"))
    writes = table.writes
    assert await ledger.settle(renewed, Ending("sent"))
    assert writes + 1 == table.writes


async def test_renewal_after_a_conflict(ledger, table, claim_request, clock):
    """A conflicting message changes the version, not whose claim it is."""
    claimed = (await ledger.claim(claim_request())).item
    await ledger.claim(claim_request(owner="second", fingerprint="bb"))

    assert 3 == (await ledger.renew(claimed)).version
    clock.seconds = 1031
    await ledger.claim(claim_request(owner="third"))
    assert await ledger.renew(claimed) is None


async def test_those_who_wait_for_the_ledger_come_back_apart(table, policy, clock, claim_request):
    """Pauses are random in their second half, so that an outage's end is no herd."""
    waits = []
    for chance in (0.0, 0.99):
        began = clock.seconds
        ledger = Ledger(table, policy, now=clock.now, sleep=clock.sleep, jitter=lambda chance=chance: chance)
        claimed = (await ledger.claim(claim_request(notification_id=f"id-{chance}"))).item
        table.failures = [_DOWN] * 3
        await ledger.settle(claimed, Ending("sent"))
        waits.append(clock.seconds - began)

    assert waits[0] * 1.9 < waits[1] < waits[0] * 2


async def test_settlement_that_was_written_without_being_confirmed(ledger, table, claim_request):
    """Who finds their own settlement there has settled."""
    claimed = (await ledger.claim(claim_request())).item
    await ledger.settle(claimed, Ending("sent"))

    assert await ledger.settle(claimed, Ending("sent"))


async def test_conflict_in_between_does_not_cost_the_claim(ledger, table, claim_request):
    """A conflicting message changes the version, not whose claim it is."""
    claimed = (await ledger.claim(claim_request())).item
    await ledger.claim(claim_request(owner="second", fingerprint="bb"))

    assert await ledger.settle(claimed, Ending("sent"))
    assert ["sending", "conflict", "sent"] == [event.event for event in table.items["id-1"].events]


async def test_find(ledger, table, claim_request):
    """A look need not be the very latest, and an outage shows in it too."""
    await ledger.claim(claim_request())

    assert "id-1" == (await ledger.find("id-1")).notification_id
    assert await ledger.find("other") is None
    assert [False, False] == table.reads
    table.failures = [_DOWN]
    with pytest.raises(LedgerUnavailableError):
        await ledger.find("id-1")
    assert "down" == ledger.outage.last_error


async def test_nobody_goes_round_for_ever(ledger, table, claim_request, item, monkeypatch):
    """Writes that always lose against others end as an outage does."""
    monkeypatch.setattr("email_sender.ledger.ledger._MAX_ROUNDS", 3)
    claimed = (await ledger.claim(claim_request())).item
    table.failures = [VersionChangedError(item(state="pending"))] * 3
    with pytest.raises(LedgerUnavailableError, match="faster"):
        await ledger.claim(claim_request())
    table.failures = [VersionChangedError(claimed)] * 1000
    with pytest.raises(LedgerUnavailableError, match="faster"):
        await ledger.renew(claimed)
    table.failures = [VersionChangedError(claimed)] * 1000
    with pytest.raises(LedgerUnavailableError, match="faster"):
        await ledger.settle(claimed, Ending("sent"))


async def test_sent_is_an_answer_without_a_write(ledger, table, claim_request):
    """A repeat of what is sent costs a read alone."""
    claimed = (await ledger.claim(claim_request())).item
    await ledger.settle(claimed, Ending("sent"))
    writes = table.writes

    assert AlreadySent() == await ledger.claim(claim_request(owner="second"), redelivered=True)
    assert writes == table.writes
