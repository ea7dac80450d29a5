import asyncio
from collections import Counter

import pytest

from email_sender.ledger.item import LedgerUnavailableError, VersionChangedError
from email_sender.queue.inbox import ReceivedMessage
from email_sender.redrive.judge import Asked, Verdict
from email_sender.redrive.pace import Pace
from email_sender.redrive.redrive import Places, Redrive
from shared.sqs.errors import QueueUnavailableError
from tests.waiting import SOON


class DeadLetterQueue:
    """A dead-letter queue in memory; what is received stays hidden until it is shown again."""

    def __init__(self) -> None:
        self.letters = {}
        self.hidden = set()
        self.receives = []
        self.forgetful = False
        self.delete_fails = False

    def put(self, message, reason="") -> None:
        name = f"m-{len(self.letters)}"
        body = message if isinstance(message, str) else message.to_json()
        attributes = {"reason": {"DataType": "String", "StringValue": reason}} if reason else {}
        self.letters[name] = ReceivedMessage(name, name, 1, body, attributes=attributes)

    async def receive(self, max_messages):
        self.receives.append(max_messages)
        visible = [name for name in self.letters if self.forgetful or name not in self.hidden]
        self.hidden.update(visible[:max_messages])
        return [self.letters[name] for name in visible[:max_messages]]

    async def delete(self, message) -> None:
        if self.delete_fails:
            raise QueueUnavailableError("no answer")
        del self.letters[message.message_id]

    async def redeliver(self, message, after_seconds) -> None:
        assert 0 == after_seconds
        self.hidden.remove(message.message_id)


class Queue:
    """A queue in memory."""

    def __init__(self) -> None:
        self.taken = []
        self.fails = False

    async def put(self, letter) -> None:
        if self.fails:
            raise QueueUnavailableError("503 from SQS")
        self.taken.append(letter)


class Ledger:
    """A ledger in memory."""

    def __init__(self) -> None:
        self.items = {}
        self.down = False

    async def read(self, notification_id):
        if self.down:
            raise LedgerUnavailableError("no answer from the ledger")
        return self.items.get(notification_id)

    async def write(self, item) -> None:
        current = self.items.get(item.notification_id)
        if current.version != item.version - 1:
            raise VersionChangedError(current)
        self.items[item.notification_id] = item


class Bench:
    """A redrive in memory."""

    def __init__(self) -> None:
        self.dead = DeadLetterQueue()
        self.normal, self.high = Queue(), Queue()
        self.ledger = Ledger()
        self.stop = asyncio.Event()
        self.pauses = []
        self.shown = []
        self.stop_after = None
        self.first_error = None

    async def run(self, asked=None, per_second=10.0) -> Counter:
        async def pause(seconds) -> None:
            self.pauses.append(seconds)
            if len(self.pauses) == self.stop_after:
                self.stop.set()

        places = Places(self.dead, {"normal": self.normal, "high": self.high}, self.ledger)
        pace = Pace(per_second, now=lambda: 100.0, pause=pause)
        redrive = Redrive(places, asked or Asked(), self.stop, pace=pace)
        try:
            async with asyncio.timeout(SOON):
                await redrive.run(lambda tally: self.shown.append(tally.total()))
        finally:
            self.first_error = redrive.first_error
        return redrive.tally


@pytest.fixture
def bench():
    """A redrive in memory, without any letter."""
    return Bench()


async def test_failed_letter_goes_back_to_the_queue_of_its_priority(bench, letter_body, ledger_item):
    """Each letter is on its own queue afterwards, gone from the dead ones, and may be claimed again."""
    bench.dead.put(letter_body("a"), "550 no")
    bench.dead.put(letter_body("b", priority="high"), "550 no")
    bench.ledger.items = {name: ledger_item("failed", name) for name in "ab"}

    tally = await bench.run()

    assert {Verdict.MOVED: 2} == tally
    assert {} == bench.dead.letters
    assert ["m-0"] == [letter.message_id for letter in bench.normal.taken]
    assert ["m-1"] == [letter.message_id for letter in bench.high.taken]
    assert {"pending"} == {item.state for item in bench.ledger.items.values()}


async def test_what_is_left_is_visible_again(bench, letter_body, ledger_item):
    """Malformed letters and those of sent mails stay where they are, shown to others at the end."""
    bench.dead.put("{not json")
    bench.dead.put(letter_body("a"))
    bench.ledger.items["a"] = ledger_item("sent", "a")

    tally = await bench.run()

    assert {Verdict.MALFORMED: 1, Verdict.SENT: 1} == tally
    assert 2 == len(bench.dead.letters)
    assert set() == bench.dead.hidden
    assert [] == bench.normal.taken


async def test_sent_letters_are_dropped_on_request(bench, letter_body, ledger_item):
    """A letter whose mail is sent is deleted without being sent anywhere."""
    bench.dead.put(letter_body("a"))
    bench.ledger.items["a"] = ledger_item("sent", "a")

    assert {Verdict.DROPPED: 1} == await bench.run(Asked(drop_sent=True))
    assert {} == bench.dead.letters
    assert [] == bench.normal.taken


async def test_dry_run_changes_nothing(bench, letter_body, ledger_item):
    """It counts what would become of each letter; queues and ledger are as before, and nobody waits."""
    for name in "abc":
        bench.dead.put(letter_body(name))
    bench.ledger.items = {"a": ledger_item("failed", "a"), "b": ledger_item("sent", "b")}
    before = dict(bench.ledger.items)

    tally = await bench.run(Asked(dry_run=True, drop_sent=True))

    assert {Verdict.MOVED: 2, Verdict.DROPPED: 1} == tally
    assert 3 == len(bench.dead.letters)
    assert set() == bench.dead.hidden
    assert [] == bench.normal.taken
    assert bench.ledger.items == before
    assert [] == bench.pauses


@pytest.mark.parametrize("dry_run", [False, True])
async def test_limit(bench, letter_body, dry_run):
    """No more than the limit are moved, or would be; no more are received than may be."""
    for n in range(30):
        bench.dead.put(letter_body(f"id-{n}"))

    tally = await bench.run(Asked(limit=12, dry_run=dry_run))

    assert {Verdict.MOVED: 12} == tally
    assert [10, 2] == bench.dead.receives
    assert not bench.dead.hidden & set(bench.dead.letters)
    assert len(bench.dead.letters) == (30 if dry_run else 18)


async def test_letters_are_moved_evenly(bench, letter_body):
    """At ten a second the n-th letter waits for n tenths of a second."""
    for n in range(4):
        bench.dead.put(letter_body(f"id-{n}"))

    await bench.run(per_second=10)

    assert pytest.approx([0.1, 0.2, 0.3]) == bench.pauses


async def test_slow_pace_takes_few_in_hand(bench, letter_body):
    """What is received is moved long before it would be visible again."""
    for n in range(7):
        bench.dead.put(letter_body(f"id-{n}"))

    await bench.run(per_second=0.05)

    assert {3} == set(bench.dead.receives)


async def test_interrupted_run_loses_nothing(bench, letter_body):
    """What was not moved when told to stop is still there and visible; nothing more is received."""
    for n in range(25):
        bench.dead.put(letter_body(f"id-{n}"))
    bench.stop_after = 4

    tally = await bench.run()

    moved = tally[Verdict.MOVED]
    assert 0 < moved < 10
    assert len(bench.normal.taken) == moved
    assert len(bench.dead.letters) == 25 - moved
    assert not bench.dead.hidden & set(bench.dead.letters)
    assert [10] == bench.dead.receives


async def test_nothing_is_deleted_that_the_queue_did_not_confirm(bench, letter_body, ledger_item):
    """While SQS is down letters stay, the run ends soon, and the next one moves them all."""
    for n in range(25):
        bench.dead.put(letter_body(f"id-{n}"))
    bench.ledger.items["id-0"] = ledger_item("failed", "id-0")
    bench.normal.fails = True

    assert {Verdict.NOT_CONFIRMED: 10} == await bench.run()
    assert "503 from SQS" == bench.first_error
    assert 25 == len(bench.dead.letters)
    assert set() == bench.dead.hidden

    bench.normal.fails = False
    assert {Verdict.MOVED: 25} == await bench.run()


async def test_ledger_that_does_not_answer_moves_nothing(bench, letter_body):
    """Nothing is moved that nobody can say is not sent already."""
    bench.dead.put(letter_body("a"))
    bench.ledger.down = True

    assert {Verdict.NOT_CONFIRMED: 1} == await bench.run()
    assert [] == bench.normal.taken
    assert "no answer from the ledger" == bench.first_error


async def test_notification_that_changed_meanwhile_is_left(bench, letter_body, ledger_item):
    """Of two letters of one failed notification one reopens it, the other is left for a next run."""
    bench.dead.put(letter_body("a"))
    bench.dead.put(letter_body("a"))
    bench.ledger.items["a"] = ledger_item("failed", "a")
    read = bench.ledger.read

    async def read_before_anybody_writes(notification_id):
        item = await read(notification_id)
        await asyncio.sleep(0)
        return item

    bench.ledger.read = read_before_anybody_writes

    assert {Verdict.MOVED: 1, Verdict.CHANGED: 1} == await bench.run()
    assert len(bench.normal.taken) == len(bench.dead.letters) == 1
    assert 4 == bench.ledger.items["a"].version


async def test_letter_that_cannot_be_deleted_is_told_of(bench, letter_body):
    """A letter that is on both queues now is counted apart, and visible."""
    bench.dead.put(letter_body("a"))
    bench.dead.delete_fails = True

    assert {Verdict.NOT_DELETED: 1} == await bench.run()
    assert 1 == len(bench.normal.taken)
    assert set() == bench.dead.hidden
    assert "no answer" == bench.first_error


async def test_letters_that_come_back_are_counted_once(bench, letter_body):
    """A queue that brings nothing but what was left before has nothing else: the run ends."""
    bench.dead.forgetful = True
    bench.dead.put("malformed")
    bench.dead.put(letter_body("a"))

    assert {Verdict.MALFORMED: 1, Verdict.MOVED: 1} == await bench.run()
    assert 21 == len(bench.dead.receives)


async def test_many_left_letters_are_handed_back(bench):
    """Whatever their number, what was left is visible again at the end."""
    for _ in range(1203):
        bench.dead.put("malformed")

    assert {Verdict.MALFORMED: 1203} == await bench.run()
    assert set() == bench.dead.hidden
    assert [10, 20, 30] == bench.shown[:3]
