import asyncio

import pytest

from email_sender.queue.dead_letters import DeadLetters
from email_sender.queue.inbox import ReceivedMessage
from shared.sqs.client import sqs_client
from shared.sqs.errors import QueueUnavailableError
from tests.waiting import SOON


@pytest.fixture
async def client(aws):
    """An SQS client of moto."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=4) as client:
        yield client


@pytest.fixture
def dead_letters(client, queue):
    """The test's queue as a dead-letter queue."""
    return DeadLetters(client, queue.url)


def _received(body="{}", **attributes):
    found = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    return ReceivedMessage("m", "r", 1, body, attributes=found)


def _values(letter):
    return {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}


async def test_keeps_body_attributes_and_reason(dead_letters, queue):
    """A dead letter can be sent back as it was, and says why it is one."""
    await dead_letters.put(_received("the body", traceparent="00-a"), "550 no")

    [letter] = queue.take()
    assert "the body" == letter["Body"]
    assert {"traceparent": "00-a", "reason": "550 no"} == _values(letter)


async def test_what_died_twice_has_the_latest_reason(dead_letters, queue):
    """A letter that was sent back and died again says why it did the second time."""
    await dead_letters.put(_received(reason="first"), "second")

    [letter] = queue.take()
    assert {"reason": "second"} == _values(letter)


async def test_reason_has_room_beside_ten_attributes(dead_letters, queue):
    """SQS takes ten attributes; a message that has as many loses one to the reason."""
    await dead_letters.put(_received(**{f"a{n}": "x" for n in range(10)}), "why")

    [letter] = queue.take()
    assert 10 == len(letter["MessageAttributes"])
    assert "why" == _values(letter)["reason"]


async def test_flush_waits_for_nobody(dead_letters, queue):
    """What waits for company goes at once when asked to."""
    putting = asyncio.create_task(dead_letters.put(_received(), "why"))
    await asyncio.sleep(0)

    await dead_letters.flush()
    await asyncio.wait_for(putting, SOON)

    assert (1, 0) == queue.counts()


async def test_queue_that_is_not_there(client):
    """Without a confirmation it is an error, so that the message stays where it is."""
    with pytest.raises(QueueUnavailableError, match="NonExistentQueue"):
        await DeadLetters(client, "http://127.0.0.1/123456789012/none").put(_received(), "why")
