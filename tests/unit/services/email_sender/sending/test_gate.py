import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.providers.protocol import UnavailableError
from email_sender.sending.gate import Gate
from email_sender.sending.outcome import Outcome
from tests.waiting import SOON


class FakeProvider:
    """Answers probes as it is told."""

    def __init__(self) -> None:
        self.answers = []
        self.probes = 0
        self.hangs = False
        self.probed_often = asyncio.Event()

    async def probe(self):
        self.probes += 1
        if self.probes > 2:
            self.probed_often.set()
        if self.hangs:
            await asyncio.Event().wait()
        if self.answers and (error := self.answers.pop(0)) is not None:
            raise error


@pytest.fixture
def provider():
    """A provider that would take a mail."""
    return FakeProvider()


@pytest.fixture
def slept():
    """Seconds that the gate has waited for."""
    return []


@pytest.fixture
async def gate(provider, slept):
    """A gate with four slots, whose waits take no time."""

    async def sleep(seconds):
        slept.append(seconds)
        await asyncio.sleep(0)

    return Gate(provider, 4, now=lambda: 100.0, sleep=sleep, jitter=lambda: 1.0)


@pytest.fixture
def opened(gate):
    """Open the gate's breaker."""

    async def bad():
        for _ in range(5):
            gate.leave(await gate.enter("normal"), Outcome.UNAVAILABLE, "421 down")

    return bad


@pytest.fixture
def let_in(gate):
    """Set when the gate lets mails in again."""
    event = asyncio.Event()
    gate.tell(lambda: event.set() if gate.permitted else event.clear())
    return event


async def _waits(gate, priority="normal"):
    waiting = asyncio.create_task(gate.enter(priority))
    await asyncio.sleep(0)
    return waiting


async def test_all_hands_may_send(gate):
    """As long as the provider takes mails nobody waits, up to the number of slots."""
    for _ in range(4):
        assert await gate.enter("normal") is not None
    assert not (await _waits(gate)).done()


async def test_high_priority_is_let_in_first(gate):
    """Whoever waits longest goes first, but for those of high priority."""
    first, *_ = [await gate.enter("normal") for _ in range(4)]
    normal, high = await _waits(gate), await _waits(gate, "high")

    gate.leave(first)

    assert await asyncio.wait_for(high, SOON) is not None
    assert not normal.done()
    normal.cancel()


async def test_those_who_wait_are_turned_away(gate):
    """When the breaker opens, whoever waits or comes is told at once, and does not wait out the outage."""
    held = [await gate.enter("normal") for _ in range(4)]
    waiting = [await _waits(gate) for _ in range(6)]
    for given in held:
        gate.leave(given, Outcome.UNAVAILABLE, "421 down")
    let_in = [await asyncio.wait_for(turn, SOON) for turn in waiting[:4]]
    assert not any(turn.done() for turn in waiting[4:])

    gate.leave(let_in[0], Outcome.UNAVAILABLE, "421 down")

    assert [None, None] == [await asyncio.wait_for(turn, SOON) for turn in waiting[4:]]
    assert await gate.enter("high") is None
    assert (0, "421 down") == (gate.permitted, gate.last_error)


async def test_probe_that_goes_well_lets_one_in(gate, provider, opened, slept, let_in):
    """It is probed until it goes well, then one mail at a time is let in, and whoever receives is told."""
    told = []
    gate.tell(lambda: told.append(gate.permitted))
    await opened()
    provider.answers = [UnavailableError("421 <us@example.com> down"), UnavailableError("421 down"), None]
    running = asyncio.create_task(gate.run())
    await asyncio.wait_for(let_in.wait(), SOON)

    assert ([1, 2, 4], 3) == (slept, provider.probes)
    assert [0, 1] == told
    assert await gate.enter("normal") is not None
    assert not (await _waits(gate)).done()
    running.cancel()


async def test_hanging_mails_do_not_take_the_place_of_the_first(gate, opened, let_in):
    """What was in flight when it opened may hang; it must not keep the mail from being sent that tells."""
    hanging = [await gate.enter("normal") for _ in range(2)]
    await opened()
    running = asyncio.create_task(gate.run())
    await asyncio.wait_for(let_in.wait(), SOON)

    first = await asyncio.wait_for(gate.enter("normal"), SOON)
    for given in hanging:
        gate.leave(given, Outcome.UNAVAILABLE, "late")
    assert 1 == gate.permitted
    second = await _waits(gate)
    assert not second.done()
    gate.leave(first)
    assert await asyncio.wait_for(second, SOON) is not None
    running.cancel()


async def test_silent_probe_is_a_no(gate, provider, opened, monkeypatch):
    """A provider that does not answer a probe takes no mail."""
    monkeypatch.setattr("email_sender.sending.gate._PROBE_SECONDS", 0.001)
    await opened()
    provider.hangs = True

    running = asyncio.create_task(gate.run())
    await asyncio.wait_for(provider.probed_often.wait(), SOON)
    running.cancel()

    assert 0 == gate.permitted


async def test_probe_with_a_defect_does_not_keep_mails(gate, provider, opened, let_in):
    """What is wrong with the probe is no reason to send nothing for ever: a mail tells more."""
    await opened()
    provider.answers = [TypeError("defect")]

    with capture_logs() as logs:
        running = asyncio.create_task(gate.run())
        await asyncio.wait_for(let_in.wait(), SOON)
        running.cancel()

    assert "probe_broke" in [line["event"] for line in logs]


async def test_turn_that_comes_too_late_is_given_back(gate):
    """Who is cancelled in the moment in which it is their turn does not keep it."""
    held = [await gate.enter("normal") for _ in range(4)]
    waiting = await _waits(gate)

    gate.leave(held[0])
    waiting.cancel()
    await asyncio.wait([waiting])

    assert await asyncio.wait_for(gate.enter("normal"), SOON) is not None
    cancelled = await _waits(gate)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    gate.leave(held[1])
    assert await asyncio.wait_for(gate.enter("normal"), SOON) is not None
