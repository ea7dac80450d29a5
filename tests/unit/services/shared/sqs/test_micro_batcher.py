import asyncio
from contextlib import suppress

import pytest

from shared.sqs.errors import BatcherFullError, EntryTooLargeError, QueueUnavailableError, WithdrawnError
from shared.sqs.micro_batcher import BatchLimits, MicroBatcher
from tests.waiting import SOON


class Sink:
    """Takes batches, and answers when it is let."""

    def __init__(self, *, held: bool = False) -> None:
        self.batches: list[list[str]] = []
        self.result = {}
        self.go_on = asyncio.Event()
        if not held:
            self.go_on.set()

    async def send(self, entries):
        """Answer for each entry, once let."""
        self.batches.append(list(entries))
        await self.go_on.wait()
        return [self.result.get(entry) for entry in entries]


async def _all(*puts):
    async with asyncio.timeout(SOON):
        return await asyncio.gather(*puts, return_exceptions=True)


async def test_full_batch_leaves_at_once():
    """Ten entries go in one call without waiting for the time to pass."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=60))

    await _all(*(batcher.put(f"{n}") for n in range(10)))

    assert [[f"{n}" for n in range(10)]] == sink.batches
    assert 0 == batcher.held


async def test_lonely_entry_leaves_when_its_time_is_over():
    """An entry that nobody joins is sent alone."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=0.001))

    await _all(batcher.put("a"))

    assert [["a"]] == sink.batches


async def test_an_eager_entry_leaves_at_once_while_nobody_is_expected():
    """It waits for no other, but those of the same moment go with it."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=60, eager=True))

    await _all(batcher.put("a"), batcher.put("b"))
    await _all(batcher.put("c"))

    assert [["a", "b"], ["c"]] == sink.batches


async def test_an_eager_entry_waits_for_those_that_are_expected():
    """Once entries come at a pace at which others join it in time."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(entries=2, wait_seconds=60, eager=True))
    for number in range(20):
        await _all(batcher.put(f"{number}"), batcher.put(f"{number}"))

    waiting = batcher.submit("first")
    for _ in range(5):
        await asyncio.sleep(0)
    assert 20 == len(sink.batches)
    await _all(batcher.put("second"))

    assert ["first", "second"] == sink.batches[-1]
    assert waiting.done()


async def test_more_than_a_batch_is_several_calls():
    """Entries beyond the tenth go in further calls, in order."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=0.001))

    await _all(*(batcher.put(f"{n}") for n in range(23)))

    assert [10, 10, 3] == [len(batch) for batch in sink.batches]
    assert [f"{n}" for n in range(23)] == [entry for batch in sink.batches for entry in batch]


async def test_batch_never_exceeds_its_size():
    """The sum of an SQS batch is limited too, so an entry that would exceed it opens the next."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(size=100, wait_seconds=0.001))

    await _all(batcher.put("a", 60), batcher.put("b", 40), batcher.put("c", 90), batcher.put("d", 20))

    assert [["a", "b"], ["c"], ["d"]] == sink.batches


async def test_entry_larger_than_a_batch_is_refused():
    """An entry that fits in no batch is refused before it can block the others."""
    batcher = MicroBatcher(Sink().send, BatchLimits(size=100))

    with pytest.raises(EntryTooLargeError, match="101 bytes; at most 100 fit"):
        await batcher.put("a", 101)
    assert 0 == batcher.held


async def test_partial_failure_settles_only_its_callers():
    """The caller of a failed entry gets its error, the others their confirmation."""
    sink = Sink()
    sink.result["b"] = ValueError("refused")
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=0.001))

    assert [None, sink.result["b"], None] == await _all(*(batcher.put(entry) for entry in "abc"))


async def test_failed_call_fails_its_whole_batch_and_no_other():
    """An exception reaches every caller of the batch; the next batch is sent as if nothing had been."""
    failures = [ConnectionError("down")]

    async def send(entries):
        if failures:
            raise failures.pop()
        return [None] * len(entries)

    batcher = MicroBatcher(send, BatchLimits(entries=2, wait_seconds=0.001))

    results = await _all(*(batcher.put(entry) for entry in "abcd"))

    assert [
        "ConnectionError",
        "ConnectionError",
        "NoneType",
        "NoneType",
    ] == [type(r).__name__ for r in results]
    assert 0 == batcher.held


async def test_wrong_number_of_results_fails_the_batch():
    """A sender that answers for too few entries leaves no caller waiting for ever."""

    async def send(_):
        return [None]

    batcher = MicroBatcher(send, BatchLimits(wait_seconds=0.001))

    assert ["RuntimeError"] * 2 == [type(r).__name__ for r in await _all(batcher.put("a"), batcher.put("b"))]


async def test_bounded(eventually):
    """When as many entries are held as may be, the next is refused at once, and taken later."""
    sink = Sink(held=True)
    batcher = MicroBatcher(sink.send, BatchLimits(capacity=2, wait_seconds=0.001))
    first = asyncio.gather(batcher.put("a"), batcher.put("b"))

    @eventually
    async def sent():
        assert [["a", "b"]] == sink.batches

    await sent()
    with pytest.raises(BatcherFullError):
        await asyncio.wait_for(batcher.put("c"), SOON)
    sink.go_on.set()
    await first
    await _all(batcher.put("c"))

    assert [["a", "b"], ["c"]] == sink.batches


async def test_batches_grow_while_all_calls_are_under_way(eventually):
    """A slow queue gets fewer and larger calls; what waited too long leaves as soon as a call is free."""
    sink = Sink(held=True)
    batcher = MicroBatcher(sink.send, BatchLimits(calls=1, wait_seconds=0.001))
    first = asyncio.create_task(batcher.put("a"))

    @eventually
    async def sent():
        assert [["a"]] == sink.batches

    await sent()
    rest = asyncio.gather(*(batcher.put(entry) for entry in "bcd"))
    # Longer than the time after which they would have left, had a call been free.
    await asyncio.sleep(0.01)
    assert [["a"]] == sink.batches
    sink.go_on.set()
    await _all(first, rest)

    assert [["a"], ["b", "c", "d"]] == sink.batches


async def test_cancelled_caller_takes_its_waiting_entry_with_it():
    """A client that hung up before its batch left is not sent for, and frees its place."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=60, capacity=2))
    gone, here = asyncio.create_task(batcher.put("gone")), asyncio.create_task(batcher.put("here"))
    await asyncio.sleep(0)
    gone.cancel()
    with suppress(asyncio.CancelledError):
        await gone

    await batcher.drain()
    await here

    assert [["here"]] == sink.batches
    assert 0 == batcher.held


async def test_submitted_entry_may_be_awaited_later():
    """Who submits can do something else before the confirmation, and gets the entry's own result."""
    sink = Sink()
    sink.result["b"] = ValueError("refused")
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=60))
    submitted = [batcher.submit(entry) for entry in "ab"]

    await batcher.drain()

    assert [["a", "b"]] == sink.batches
    assert [None, sink.result["b"]] == [each.exception() for each in submitted]


async def test_batch_of_nobody_is_not_sent():
    """When every caller of a batch has hung up there is no call."""
    sink = Sink()
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=60))
    gone = asyncio.create_task(batcher.put("gone"))
    await asyncio.sleep(0)
    gone.cancel()

    await asyncio.gather(gone, return_exceptions=True)
    await batcher.drain()

    assert [] == sink.batches


async def test_cancelled_caller_under_way_does_not_disturb_the_others(eventually):
    """A client that hangs up during the call leaves the others their results."""
    sink = Sink(held=True)
    batcher = MicroBatcher(sink.send, BatchLimits(entries=2, wait_seconds=60))
    gone, here = asyncio.create_task(batcher.put("gone")), asyncio.create_task(batcher.put("here"))

    @eventually
    async def sent():
        assert [["gone", "here"]] == sink.batches

    await sent()
    gone.cancel()
    sink.go_on.set()

    assert None is (await _all(gone, here))[1]


async def test_drain_sends_what_waits(eventually):
    """Draining sends waiting entries at once and returns when they are confirmed."""
    sink = Sink(held=True)
    batcher = MicroBatcher(sink.send, BatchLimits(wait_seconds=60, calls=1, entries=2))
    puts = asyncio.gather(*(batcher.put(entry) for entry in "abc"))
    await asyncio.sleep(0)
    draining = asyncio.create_task(batcher.drain())

    @eventually
    async def sent():
        assert [["a", "b"]] == sink.batches

    await sent()
    assert not draining.done()
    sink.go_on.set()
    await asyncio.wait_for(draining, SOON)

    assert [["a", "b"], ["c"]] == sink.batches
    assert [None, None, None] == await puts


async def test_drain_of_nothing_returns():
    """There is nothing to wait for when nothing was put."""
    await asyncio.wait_for(MicroBatcher(Sink().send, BatchLimits()).drain(), SOON)


async def test_nobody_waits_longer_than_the_patience(eventually):
    """With a queue that hangs, what is under way is unconfirmed in time and what waits is withdrawn."""
    sink = Sink(held=True)
    limits = BatchLimits(entries=2, calls=1, wait_seconds=0.001, patience_seconds=0.05)
    batcher = MicroBatcher(sink.send, limits)

    results = await _all(*(batcher.put(entry) for entry in "abcde"))

    assert [QueueUnavailableError] * 2 + [WithdrawnError] * 3 == [type(result) for result in results]
    assert [["a", "b"]] == sink.batches
    assert 2 == batcher.held

    sink.go_on.set()

    @eventually
    async def let_go():
        assert 0 == batcher.held

    await let_go()
    assert [None] == await _all(batcher.put("f"))
    assert [["a", "b"], ["f"]] == sink.batches


async def test_patience_is_each_entrys_own(eventually):
    """An entry that came later waits as long as one that came first, by one timer for all."""
    sink = Sink(held=True)
    limits = BatchLimits(entries=1, calls=1, wait_seconds=0.001, patience_seconds=0.2)
    batcher = MicroBatcher(sink.send, limits)
    loop = asyncio.get_running_loop()
    began, ended = {}, {}

    async def put(entry):
        began[entry] = loop.time()
        with suppress(QueueUnavailableError):
            await batcher.put(entry)
        ended[entry] = loop.time()

    @eventually
    async def sent():
        assert [["a"]] == sink.batches

    puts = [asyncio.create_task(put("a"))]
    await sent()
    puts += [asyncio.create_task(put("b")), asyncio.create_task(put("c"))]
    await _all(*puts)

    # The clock of a loop has milliseconds.
    assert all(ended[entry] - began[entry] >= 0.198 for entry in "abc")
    assert "a" == next(iter(ended))


async def test_confirmed_in_time_is_confirmed():
    """Patience is of no account to an entry that is settled before, with others or after others."""
    batcher = MicroBatcher(Sink().send, BatchLimits(wait_seconds=0.001, patience_seconds=0.05))

    for _ in range(3):
        assert [None] * 3 == await _all(*(batcher.put(entry) for entry in "abc"))


async def test_withdrawn_entries_make_room():
    """When what waits has been withdrawn, others may come, and their sizes count from nothing."""
    sink = Sink(held=True)
    limits = BatchLimits(entries=1, calls=1, capacity=3, size=100, wait_seconds=0.001, patience_seconds=0.05)
    batcher = MicroBatcher(sink.send, limits)
    await _all(*(batcher.put(entry, 60) for entry in "abc"))

    later = batcher.submit("d", 60), batcher.submit("e", 60)
    with pytest.raises(BatcherFullError):
        batcher.submit("f", 60)
    sink.go_on.set()
    await _all(*later)

    assert [["a"], ["d"], ["e"]] == sink.batches


async def test_cancelled_entries_are_forgotten_with_the_overdue():
    """An entry whose caller hung up while it waited is no reason for the others to wait."""
    sink = Sink(held=True)
    limits = BatchLimits(entries=1, calls=1, wait_seconds=0.001, patience_seconds=0.05)
    batcher = MicroBatcher(sink.send, limits)
    submitted = [batcher.submit(entry) for entry in "abc"]
    submitted[1].cancel()

    await _all(*submitted)

    assert isinstance(submitted[2].exception(), WithdrawnError)
    assert 1 == batcher.held
