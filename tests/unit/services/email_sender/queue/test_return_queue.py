import asyncio

import pytest

from email_sender.queue.dead_letters import ReturnQueue
from email_sender.queue.inbox import ReceivedMessage
from shared.sqs.client import sqs_client
from shared.sqs.errors import EntryTooLargeError, QueueUnavailableError


@pytest.fixture
async def client(aws):
    """An SQS client of moto."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=4) as client:
        yield client


def _letter(body="x", **attributes):
    return ReceivedMessage("m", "r", 1, body, attributes=attributes)


async def test_letter_is_as_it_was_without_its_reason(client, queue, sqs_api):
    """Body and attributes go back; why it died does not."""
    text = {"DataType": "String", "StringValue": "00-0a-0b-01", "StringListValues": []}
    # As our own client hands it over, and takes it.
    data = {"DataType": "Binary", "BinaryValue": "AQ=="}

    await ReturnQueue(client, queue.url).put(
        _letter("hello", traceparent=text, data=data, reason={"DataType": "String", "StringValue": "550"})
    )

    [got] = sqs_api.receive_message(QueueUrl=queue.url, MessageAttributeNames=["All"])["Messages"]
    assert "hello" == got["Body"]
    assert {"traceparent", "data"} == set(got["MessageAttributes"])
    assert "00-0a-0b-01" == got["MessageAttributes"]["traceparent"]["StringValue"]
    assert b"\x01" == got["MessageAttributes"]["data"]["BinaryValue"]


async def test_letters_go_together(client, queue):
    """Twelve letters at once all arrive."""
    back = ReturnQueue(client, queue.url)

    await asyncio.gather(*(back.put(_letter(f"{n}")) for n in range(12)))

    assert (12, 0) == queue.counts()


async def test_unconfirmed_and_too_large(client, queue):
    """What SQS did not confirm, or never will, is an error."""
    with pytest.raises(QueueUnavailableError, match="NonExistentQueue"):
        await ReturnQueue(client, f"{queue.url}-none").put(_letter())
    with pytest.raises(EntryTooLargeError):
        await ReturnQueue(client, queue.url).put(_letter("x" * 300_000))
