import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.queue.heartbeat import Heartbeat
from email_sender.queue.inbox import ReceivedMessage
from shared.sqs.errors import QueueUnavailableError


class Clock:
    """Seconds that pass while the heartbeat sleeps, up to a last one."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.last = 0.0

    def now(self):
        return self.seconds

    async def sleep(self, seconds):
        if self.seconds + seconds > self.last:
            await asyncio.Event().wait()
        self.seconds += seconds


class Inbox:
    """Keeps when each message was extended."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.extended = []
        self.error = None

    async def extend(self, message):
        if self.error is not None:
            raise self.error
        self.extended.append((message.message_id, self.clock.seconds))


@pytest.fixture
def clock():
    """Time that the test moves."""
    return Clock()


@pytest.fixture
def inbox(clock):
    """A queue that extends."""
    return Inbox(clock)


@pytest.fixture
def heartbeat(clock):
    """A heartbeat for messages that SQS hides for 30 seconds."""
    return Heartbeat(30, now=clock.now, sleep=clock.sleep)


@pytest.fixture
def beat_until(heartbeat, clock):
    """Let it beat until so many seconds have passed."""

    async def run(seconds):
        clock.last = seconds
        beating = asyncio.create_task(heartbeat.run())
        for _ in range(50):
            await asyncio.sleep(0)
        beating.cancel()
        clock.seconds = seconds

    return run


def _message(name):
    return ReceivedMessage(name, f"handle-{name}", 1, "")


async def test_what_stays_in_hand_is_extended_at_half_time(heartbeat, inbox, clock, beat_until):
    """Each message is extended when half its visibility is over, again and again."""
    heartbeat.hold(inbox, _message("a"))
    clock.seconds = 5
    heartbeat.hold(inbox, _message("b"))

    await beat_until(40)

    assert [("a", 15), ("b", 20), ("a", 30), ("b", 35)] == inbox.extended


async def test_what_was_let_go_of_is_not_extended(heartbeat, inbox, beat_until):
    """A message that is about to be deleted or handed back is left alone."""
    heartbeat.hold(inbox, _message("a"))
    heartbeat.release(_message("a"))
    heartbeat.release(_message("a"))

    await beat_until(40)

    assert [] == inbox.extended


async def test_extension_that_fails_is_logged_and_tried_again(heartbeat, inbox, beat_until):
    """An outage of the queue is one line a beat, and does not end the heartbeat."""
    inbox.error = QueueUnavailableError("down")
    heartbeat.hold(inbox, _message("a"))

    with capture_logs() as logs:
        await beat_until(20)
    inbox.error = None
    await beat_until(40)

    assert [("visibility_not_extended", 1, "down")] == [
        (line["event"], line["messages"], line["reason"]) for line in logs
    ]
    assert ["a"] == [name for name, _ in inbox.extended]


async def test_defect_is_not_hidden(heartbeat, inbox, clock):
    """Anything but the queue's own errors is a defect, and ends it."""
    inbox.error = ZeroDivisionError()
    heartbeat.hold(inbox, _message("a"))
    clock.seconds = 15

    with pytest.raises(ZeroDivisionError):
        await heartbeat.beat()
