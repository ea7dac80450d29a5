import asyncio

import pytest

from notification_api import client_limits
from notification_api.client_limits import TokenBucket
from notification_api.priority_queues import PriorityQueues
from shared.sqs.micro_batcher import BatchLimits
from tests.waiting import SOON

from .conftest import KEY, OTHER_KEY, key_entry


@pytest.fixture
def bucket(now):
    """Two tokens a second, ten at most."""
    return TokenBucket(2, 10, now=now)


def test_starts_full(bucket):
    """The burst is there from the beginning, and not a token more."""
    assert bucket.take(10)
    assert not bucket.take(1)


def test_fills_at_its_rate(bucket, now):
    """What was taken comes back with time."""
    bucket.take(10)
    now.time += 1.5

    assert bucket.take(3)
    assert not bucket.take(1)


def test_never_holds_more_than_its_burst(bucket, now):
    """A client that was silent for long may ask no more than one that was not."""
    now.time += 1000

    assert bucket.take(10)
    assert not bucket.take(1)


def test_all_tokens_or_none(bucket):
    """A refusal costs nothing."""
    bucket.take(4)

    assert not bucket.take(7)
    assert 6 == bucket.remaining


def test_tells_how_full_it_is(bucket):
    """Whole tokens that are there, and whole seconds until all of them are."""
    bucket.take(3)

    assert (7, 2) == (bucket.remaining, bucket.reset_seconds)


@pytest.mark.parametrize(("tokens", "seconds"), [(1, 1), (2, 1), (3, 2), (10, 5)])
def test_tells_how_long_to_wait(bucket, tokens, seconds):
    """Rounded up, or the client would come back too early; and never zero."""
    bucket.take(10)

    assert seconds == bucket.wait_seconds(tokens)


def test_waiting_as_long_as_told_is_enough(bucket, now):
    """Who waits gets what they waited for."""
    bucket.take(10)
    now.time += bucket.wait_seconds(3)

    assert bucket.take(3)


def test_gives_back(bucket):
    """Tokens for something that did not happen are there again, up to the burst."""
    bucket.take(3)
    bucket.give_back(1)
    assert 8 == bucket.remaining

    bucket.give_back(100)
    assert 10 == bucket.remaining


def test_change_makes_nobody_richer(bucket, now):
    """New limits hold at once; what is there stays, up to the new burst."""
    bucket.take(8)
    bucket.change(1, 100)
    assert (100, 2) == (bucket.burst, bucket.remaining)

    now.time += 3
    assert bucket.take(5)
    assert not bucket.take(1)

    now.time += 100
    bucket.change(1, 4)
    assert 4 == bucket.remaining


_WRITTEN = {"recipient": "ada@example.com", "subject": "Hello", "body": "Good morning"}
_PATH = "/v1/notifications"


class Held:
    """A queue that confirms when it is let."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.sent = 0

    async def send(self, messages):
        """Confirm, once let."""
        self.sent += len(messages)
        await self.go_on.wait()
        return [None] * len(messages)

    async def check(self):
        """Nothing is known to be wrong."""


@pytest.fixture
def held():
    """A queue that confirms when it is let."""
    return Held()


@pytest.fixture
async def clients(make_app, connect, held):
    """Clients of team-a and team-b, at one task whose queue is slow."""
    app = make_app(
        priority_queues=PriorityQueues(held, None, BatchLimits(wait_seconds=0.001, entries=1, calls=500))
    )
    async with connect(app) as one, connect(app, f"Bearer team-b.{OTHER_KEY}") as other:
        yield one, other
        held.go_on.set()


def _slowly(never):
    async def pieces():
        yield b'{"recipient":'
        await never.wait()

    return pieces()


async def _reached(held, sent, eventually):
    @eventually
    async def is_so():
        assert held.sent == sent

    await is_so()


async def test_slow_bodies_of_one_keep_no_other_out(clients, held):
    """64 bodies that do not come to an end are one client's own affair: another is answered at once."""
    one, other = clients
    held.go_on.set()
    never = asyncio.Event()
    headers = {"Content-Length": str(1024 * 1024)}
    slow = [asyncio.create_task(one.post(_PATH, content=_slowly(never), headers=headers)) for _ in range(64)]
    for _ in range(20):
        await asyncio.sleep(0)

    answer = await asyncio.wait_for(other.post(_PATH, json=_WRITTEN), SOON)
    refused = await asyncio.wait_for(one.post(_PATH, content=b" " * 1024 * 1024), SOON)

    assert 202 == answer.status_code
    assert 429 == refused.status_code
    assert "application/problem+json" == refused.headers["content-type"]
    assert "5" == refused.headers["Retry-After"]
    assert "in flight" in refused.json()["detail"]
    # Those that were let in still wait for their bodies, and not a byte more is counted for the others.
    assert 64 - 16 == len([task for task in slow if task.done()])
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    assert 202 == (await one.post(_PATH, json=_WRITTEN)).status_code


async def test_undeclared_bytes_count_as_well(clients, monkeypatch, held):
    """A client who sends in chunks has no more than one who says how much it will be."""
    monkeypatch.setattr(client_limits, "MAX_BYTES", 1000)
    one, other = clients
    held.go_on.set()

    async def chunks():
        for _ in range(11):
            yield b" " * 100

    assert 429 == (await one.post(_PATH, content=chunks())).status_code
    assert 202 == (await one.post(_PATH, json=_WRITTEN)).status_code
    assert 202 == (await other.post(_PATH, json=_WRITTEN)).status_code


async def test_requests_under_way_of_one_are_bounded(clients, held, monkeypatch, eventually):
    """While the queue is slow, a client fills no more of it than their share."""
    monkeypatch.setattr(client_limits, "MAX_NOTIFICATIONS", 3)
    one, other = clients
    waiting = [asyncio.create_task(one.post(_PATH, json=_WRITTEN)) for _ in range(3)]
    await _reached(held, 3, eventually)

    assert 429 == (await asyncio.wait_for(one.post(_PATH, json=_WRITTEN), SOON)).status_code
    others = asyncio.create_task(other.post(_PATH, json=_WRITTEN))
    await _reached(held, 4, eventually)
    held.go_on.set()

    assert [202] * 4 == [answer.status_code for answer in await asyncio.gather(*waiting, others)]
    assert 202 == (await one.post(_PATH, json=_WRITTEN)).status_code


async def test_batch_counts_as_its_notifications(clients, held, monkeypatch, eventually):
    """A batch is no way around the share, and one that is refused takes none of it."""
    monkeypatch.setattr(client_limits, "MAX_NOTIFICATIONS", 5)
    one, _ = clients
    waiting = asyncio.create_task(one.post(f"{_PATH}/batch", json={"notifications": [_WRITTEN] * 3}))
    await _reached(held, 3, eventually)

    refused = await one.post(f"{_PATH}/batch", json={"notifications": [_WRITTEN] * 3})
    fits = asyncio.create_task(one.post(f"{_PATH}/batch", json={"notifications": [_WRITTEN] * 2}))
    await _reached(held, 5, eventually)
    held.go_on.set()

    assert 429 == refused.status_code
    assert (await waiting).status_code == (await fits).status_code == 202


async def test_share_outlives_a_rotation(clients, held, monkeypatch, secret, api_keys, now, eventually):
    """When the keys are read again, what is under way is still known."""
    monkeypatch.setattr(client_limits, "MAX_NOTIFICATIONS", 1)
    one, _ = clients
    waiting = asyncio.create_task(one.post(_PATH, json=_WRITTEN))
    await _reached(held, 1, eventually)
    secret.clients[0] = key_entry("team-a", KEY, burst=7)
    now.time += 5
    await api_keys.find_new(f"Bearer team-a.{'x' * 43}")

    assert 429 == (await one.post(_PATH, json=_WRITTEN)).status_code
    held.go_on.set()
    assert 202 == (await waiting).status_code


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/nowhere"])
async def test_bodies_of_nobody_hold_nothing(make_app, connect, path, monkeypatch):
    """What is announced with a request that anybody may make takes no room from those who have a key."""
    monkeypatch.setattr("notification_api.app.BODIES_BYTES", 1000)
    app, never = make_app(), asyncio.Event()
    headers = {"Content-Length": "900"}
    async with connect(app, None) as nobody, connect(app) as one:
        asking = [
            asyncio.create_task(nobody.request("GET", path, content=_slowly(never), headers=headers))
            for _ in range(5)
        ]
        accepted = await one.post(_PATH, json=_WRITTEN)
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)

    assert 202 == accepted.status_code
