import pytest

from notification_api.notification_queue import QueuedMessage
from notification_api.priority_queues import PriorityQueues
from shared.sqs.errors import EntryTooLargeError
from shared.sqs.micro_batcher import BatchLimits

_TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def _message(body="{}"):
    return QueuedMessage(body.encode(), _TRACEPARENT)


async def test_one_queue_takes_both_priorities(fake_queue):
    """Without a queue for high priority everything goes to the one that is there, in the same batches."""
    batches = []

    async def send(messages):
        batches.append(messages)
        return [None] * len(messages)

    fake_queue.send = send
    priority_queues = PriorityQueues(fake_queue, None, BatchLimits(entries=2, wait_seconds=60))

    normal, high = (
        priority_queues.submit(_message("1"), "normal"),
        priority_queues.submit(_message("2"), "high"),
    )
    await normal
    await high

    assert [[b"1", b"2"]] == [[message.body for message in batch] for batch in batches]


async def test_full_queue_holds_up_its_own_priority_only(fake_queue, fake_high_queue):
    """Each priority has a batcher of its own."""
    priority_queues = PriorityQueues(fake_queue, fake_high_queue, BatchLimits(entries=2, wait_seconds=60))
    waiting = priority_queues.submit(_message(), "normal")
    priority_queues.submit(_message(), "high")
    await priority_queues.submit(_message(), "high")

    assert not waiting.done()
    assert 1 == priority_queues.held
    await priority_queues.drain()
    assert waiting.done()
    assert (1, 2) == (len(fake_queue.messages), len(fake_high_queue.messages))


async def test_attributes_count(fake_queue):
    """A message that only fits without its attributes does not fit."""
    size = 100 + len("traceparent") + len("String") + len(_TRACEPARENT)

    with pytest.raises(EntryTooLargeError):
        PriorityQueues(fake_queue, None, BatchLimits(size=size - 1)).submit(_message("é" * 50), "normal")
    await PriorityQueues(fake_queue, None, BatchLimits(size=size, wait_seconds=0)).submit(
        _message("é" * 50), "normal"
    )


@pytest.mark.parametrize("troubles", [("down", None), (None, "down")])
async def test_trouble_of_either_queue_is_trouble(fake_queue, fake_high_queue, priority_queues, troubles):
    """What cannot be confirmed at one priority is said."""
    assert None is await priority_queues.check()
    fake_queue.last_error, fake_high_queue.last_error = troubles

    assert "down" == await priority_queues.check()
