import asyncio
import heapq
from collections import Counter
from itertools import count

import pytest
from botocore.exceptions import ClientError
from structlog.testing import capture_logs

from email_sender.ledger.client import dynamodb_client
from email_sender.sending.send_rate import SendRate, SystemClock

_START = 1_700_000_000.0


class VirtualClock:
    """Time that passes when everybody waits for it."""

    def __init__(self) -> None:
        self._now = _START
        self._sleepers = []
        self._order = count()
        self.busy = 0

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._order), woken))
        await woken

    async def run(self, seconds) -> None:
        """Let so much time pass, one sleeper after the other, as soon as no call is under way."""
        end = self._now + seconds
        while True:
            await self._quiet()
            if not self._sleepers or self._sleepers[0][0] > end:
                self._now = end
                return
            at, _, woken = heapq.heappop(self._sleepers)
            self._now = max(self._now, at)
            if not woken.done():
                woken.set_result(None)

    async def _quiet(self) -> None:
        idle = 0
        while idle < 5:
            await asyncio.sleep(0)
            idle = 0 if self.busy else idle + 1


class Table:
    """A ledger table that answers after some virtual time, and can be switched off.

    Args:
        client: DynamoDB that it passes calls on to; its own counters without one.
        clock: Virtual time.
    """

    def __init__(self, client, clock) -> None:
        self._client = client
        self._clock = clock
        self._taken = Counter()
        self.calls = []
        self.latency = 0.005
        self.down = False

    async def update_item(self, **asked):
        self.calls.append((int(self._clock.now()), asked))
        await self._clock.sleep(self.latency)
        if self.down:
            raise ClientError(
                {"Error": {"Code": "InternalServerError", "Message": "try again"}}, "UpdateItem"
            )
        if self._client is None:
            return self._add(asked["Key"]["notification_id"]["S"], asked["ExpressionAttributeValues"])
        self._clock.busy += 1
        try:
            return await self._client.update_item(**asked)
        finally:
            self._clock.busy -= 1

    def _add(self, key, values):
        if self._taken[key] >= int(values[":rate"]["N"]):
            raise ClientError(
                {"Error": {"Code": "ConditionalCheckFailedException", "Message": ""}}, "UpdateItem"
            )
        self._taken[key] += int(values[":lot"]["N"])
        return {"Attributes": {"taken": {"N": str(self._taken[key])}}}


@pytest.fixture
def clock():
    """A virtual clock."""
    return VirtualClock()


@pytest.fixture
async def shared_table(aws, ledger_table, clock):
    """A table of moto."""
    async with dynamodb_client(region="eu-central-1", connections=4) as client:
        yield Table(client, clock)


@pytest.fixture
def table(clock):
    """A table in memory."""
    return Table(None, clock)


@pytest.fixture
def send_rate(table, clock):
    """Make one task's view of a rate."""

    def make(rate):
        return SendRate(table, "ledger", rate, clock=clock, jitter=lambda: 0.5)

    return make


class Fleet:
    """Hands of several tasks that send as fast as they may."""

    def __init__(self, clock, *, send_seconds=0.02) -> None:
        self._clock = clock
        self._send_seconds = send_seconds
        self._hands = []
        self.sent = Counter()

    def start(self, rate, hands, name="") -> None:
        self._hands += [asyncio.create_task(self._send(rate, name)) for _ in range(hands)]

    async def _send(self, rate, name) -> None:
        while True:
            await rate.take()
            self.sent[int(self._clock.now()), name] += 1
            await self._clock.sleep(self._send_seconds)

    def per_second(self) -> Counter:
        """Mails of each second by all tasks."""
        total = Counter()
        for (second, _), mails in self.sent.items():
            total[second - int(_START)] += mails
        return total

    async def stop(self) -> None:
        for hand in self._hands:
            hand.cancel()
        await asyncio.gather(*self._hands, return_exceptions=True)


@pytest.fixture
async def fleet(clock):
    """Nobody yet."""
    fleet = Fleet(clock)
    yield fleet
    await fleet.stop()


async def test_no_limit_is_no_call(table, send_rate):
    """A rate of 0 lets everybody go and asks nobody."""
    for _ in range(100):
        await send_rate(0).take("normal")

    assert [] == table.calls


async def test_greedy_tasks_share_the_rate_and_use_it_up(clock, ledger_table, shared_table, fleet):
    """Together, four greedy tasks never send more than the rate in a second, and nearly all of it."""
    jitter = iter([0.9, 0.1, 0.5, 0.3, 0.7] * 1000)
    for n in range(4):
        rate = SendRate(shared_table, ledger_table, 60, clock=clock, jitter=lambda: next(jitter))
        fleet.start(rate, hands=10, name=f"task-{n}")

    await clock.run(4)

    per_second = [fleet.per_second()[second] for second in range(4)]
    assert max(per_second) <= 60
    assert sum(per_second) >= 0.9 * 60 * 4
    shares = Counter()
    for (_, name), mails in fleet.sent.items():
        shares[name] += mails
    assert 4 == len(shares)
    assert min(shares.values()) > 0


async def test_busy_task_makes_a_few_calls_a_second(clock, table, send_rate, fleet):
    """A task that sends hundreds of mails a second asks for a share of them at a time."""
    fleet.start(send_rate(400), hands=8)

    await clock.run(4)

    calls = Counter(second - int(_START) for second, _ in table.calls)
    assert fleet.per_second()[3] >= 0.9 * 400
    assert calls[3] <= 8


async def test_idle_task_reserves_no_more_than_it_needs(clock, table, send_rate):
    """One mail is one token: the rest of the second's belong to others."""
    taking = asyncio.create_task(send_rate(100).take())

    await clock.run(1)

    await taking
    assert ["1"] == [asked["ExpressionAttributeValues"][":lot"]["N"] for _, asked in table.calls]


async def test_item_of_a_second_expires(clock, table, send_rate):
    """The item has the name of its second and goes away soon after it."""
    taking = asyncio.create_task(send_rate(100).take())

    await clock.run(1)

    await taking
    [(_, asked)] = table.calls
    assert asked["Key"] == {"notification_id": {"S": f"send-rate/{int(_START)}"}}
    assert asked["ExpressionAttributeValues"][":expires_at"] == {"N": str(int(_START) + 600)}


async def test_unused_tokens_lapse_with_their_second(clock, table, send_rate):
    """What was reserved in one second is worth nothing in the next."""
    rate = send_rate(10)
    first = [asyncio.create_task(rate.take()) for _ in range(4)]
    await clock.run(0.002)
    for task in first[1:]:
        task.cancel()
    await clock.run(1)

    second = asyncio.create_task(rate.take())
    await clock.run(0.5)

    assert first[0].done()
    assert second.done()
    assert 2 == len(table.calls)


async def test_lot_that_comes_while_its_second_lasts_serves_later_callers(clock, table, send_rate):
    """Tokens that their callers no longer want go to the next callers of that second, without a call."""
    rate = send_rate(10)
    first = [asyncio.create_task(rate.take()) for _ in range(4)]
    await clock.run(0.002)
    for task in first:
        task.cancel()
    await clock.run(0.1)

    await rate.take()

    assert 1 == len(table.calls)


async def test_callers_that_hung_up_are_not_asked_for(clock, table, send_rate):
    """A caller that is cancelled while the second is sold out takes no token of the next."""
    rate = send_rate(2)
    callers = [asyncio.create_task(rate.take()) for _ in range(5)]
    await clock.run(0.9)
    for task in callers[2:4]:
        task.cancel()

    await clock.run(1)

    assert callers[4].done()
    assert ["2", "2", "1"] == [asked["ExpressionAttributeValues"][":lot"]["N"] for _, asked in table.calls]


async def test_high_priority_goes_first(clock, send_rate):
    """When there are fewer tokens than callers, those of high priority get them."""
    rate, went = send_rate(2), []

    async def one(priority, name):
        await rate.take(priority)
        went.append(name)

    asked = [("normal", "n1"), ("normal", "n2"), ("high", "h1"), ("normal", "n3"), ("high", "h2")]
    tasks = [asyncio.create_task(one(*each)) for each in asked]

    await clock.run(0.9)
    assert ["h1", "h2"] == went
    await clock.run(2)

    assert ["h1", "h2", "n1", "n2", "n3"] == went
    await asyncio.gather(*tasks)


async def test_answer_that_takes_longer_than_a_second_is_reckoned_with(clock, table, send_rate, fleet):
    """When DynamoDB is slow, tokens are reserved for the second in which its answer comes."""
    table.latency = 1.3
    fleet.start(send_rate(10), hands=5)

    await clock.run(12)

    assert max(fleet.per_second().values()) <= 10
    assert sum(fleet.per_second().values()) >= 15


async def test_mails_wait_while_dynamodb_is_unavailable(clock, table, send_rate, fleet):
    """Nothing is sent in an outage, one line says so, and sending goes on afterwards."""
    rate = send_rate(10)
    table.down = True
    with capture_logs() as logs:
        fleet.start(rate, hands=3)
        await clock.run(8)
        assert {} == fleet.sent
        assert "InternalServerError" in rate.outage.last_error
        calls = len(table.calls)
        table.down = False
        await clock.run(6)

    assert rate.outage.last_error is None
    assert 0 < fleet.sent.total() <= 60
    assert ["send_rate_unavailable", "send_rate_available"] == [line["event"] for line in logs]
    # Pauses grow: an outage is not made worse by asking all the time.
    assert calls <= 8


async def test_clock_that_was_set_back(clock, table, send_rate):
    """Tokens of a second that is yet to come again are not used before it."""
    rate = send_rate(10)
    first = asyncio.create_task(rate.take())
    await clock.run(0.5)
    clock._now -= 3  # noqa: SLF001 - what ntpd may do to a host

    second = asyncio.create_task(rate.take())
    await clock.run(0.5)

    assert first.done()
    assert second.done()
    keys = [asked["Key"]["notification_id"]["S"] for _, asked in table.calls]
    assert [f"send-rate/{int(_START)}", f"send-rate/{int(_START) - 3}"] == keys


async def test_defect_reaches_every_caller(clock):
    """Whatever breaks the reserving, no caller waits for ever."""
    rate = SendRate(None, "ledger", 10, clock=clock)

    results = await asyncio.gather(rate.take(), rate.take("high"), return_exceptions=True)

    assert [AttributeError, AttributeError] == [type(result) for result in results]


async def test_system_clock_is_the_hosts():
    """Without another clock seconds are those of the Unix epoch."""
    clock = SystemClock()
    before = clock.now()

    await clock.sleep(0)

    assert clock.now() >= before > _START
