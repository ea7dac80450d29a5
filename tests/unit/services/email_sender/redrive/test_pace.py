import asyncio

from email_sender.redrive.pace import Pace, pause_unless
from tests.waiting import SOON


async def test_turns_are_evenly_apart():
    """The first turn is at once, every further one a fixed time after the one before it."""
    now, pauses = [100.0], []

    async def pause(seconds):
        pauses.append(seconds)

    pace = Pace(4, now=lambda: now[0], pause=pause)

    for _ in range(3):
        await pace.turn()

    assert [0.25, 0.5] == pauses


async def test_time_that_was_not_used_is_not_made_up_for():
    """After a rest the next turn is now, not a burst of those that were missed."""
    now, pauses = [100.0], []

    async def pause(seconds):
        pauses.append(seconds)

    pace = Pace(4, now=lambda: now[0], pause=pause)
    await pace.turn()
    now[0] += 10

    await pace.turn()
    await pace.turn()

    assert [0.25] == pauses


async def test_pause_ends_when_told_to_stop():
    """A pause takes its time, or ends at once when there is no reason left to wait."""
    stop = asyncio.Event()
    await pause_unless(stop, 0.001)
    waiting = asyncio.create_task(pause_unless(stop, 3600))
    await asyncio.sleep(0)

    stop.set()

    async with asyncio.timeout(SOON):
        await waiting
