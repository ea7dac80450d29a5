import asyncio

import pytest

from tests.bench.stand_in.long_polls import LongPolls
from tests.bench.stand_in.queue import Queue
from tests.waiting import SOON


@pytest.fixture
async def queue():
    """A queue on the loop's clock."""
    return Queue(asyncio.get_running_loop().time, visibility_seconds=30)


@pytest.fixture
async def polls(queue):
    """Its receivers."""
    return LongPolls(queue)


async def bodies(messages):
    """What a receiver got, in time."""
    return [message.body for message in await asyncio.wait_for(messages, SOON)]


async def test_who_waited_longest_is_served_first(queue, polls):
    """One message, two receivers."""
    first, second = polls.wait(10, None, 30), polls.wait(10, None, 30)
    queue.send("a", {})
    polls.wake()

    assert ["a"] == await bodies(first)
    assert not second.done()


async def test_a_wait_ends_with_nothing(polls):
    """When no message comes in time."""
    assert [] == await bodies(polls.wait(10, None, 0.01))


async def test_who_has_left_takes_nothing(queue, polls):
    """The message goes to the next."""
    left, stayed = polls.wait(10, None, 30), polls.wait(10, None, 30)
    left.cancel()
    queue.send("a", {})
    polls.wake()

    assert ["a"] == await bodies(stayed)


async def test_what_comes_back_from_flight_is_handed_out(queue, polls):
    """Nobody has to send for that."""
    queue.send("a", {})
    queue.receive(1, 0.01)

    assert ["a"] == await bodies(polls.wait(10, None, 30))
