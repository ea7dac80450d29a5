import asyncio

import pytest
from botocore.exceptions import ClientError

from tests.waiting import SOON

TRACE = {"traceparent": {"DataType": "String", "StringValue": "00-1-2-01"}}


@pytest.fixture
async def sqs(client):
    """A client of SQS."""
    async with client("sqs") as entered:
        yield entered


@pytest.fixture
async def url(sqs):
    """URL of the queue `mails`."""
    return (await sqs.get_queue_url(QueueName="mails"))["QueueUrl"]


async def test_what_is_sent_is_received(sqs, url):
    """Body, attributes, receive count and the time it was sent."""
    await sqs.send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=TRACE)
    answer = await sqs.receive_message(
        QueueUrl=url, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]
    )

    (message,) = answer["Messages"]
    assert ("hello", TRACE) == (message["Body"], message["MessageAttributes"])
    assert "1" == message["Attributes"]["ApproximateReceiveCount"]
    assert message["Attributes"]["SentTimestamp"].isdigit()


async def test_only_what_is_asked_for_is_told(sqs, url):
    """Attributes stay out unless they are named."""
    await sqs.send_message(QueueUrl=url, MessageBody="hello", MessageAttributes=TRACE)
    (message,) = (await sqs.receive_message(QueueUrl=url))["Messages"]

    assert {"MessageId", "ReceiptHandle", "Body", "MD5OfBody"} == message.keys()


async def test_a_batch_reaches_a_waiting_receiver_as_a_whole(sqs, url):
    """Ten messages in one call and not the first alone."""
    waiting = asyncio.create_task(
        sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=20)
    )
    entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(10)]
    sent = await sqs.send_message_batch(QueueUrl=url, Entries=entries)
    answer = await asyncio.wait_for(waiting, SOON)

    assert [entry["Id"] for entry in sent["Successful"]] == [each["Body"] for each in answer["Messages"]]


async def test_an_empty_queue_has_no_messages(sqs, url):
    """The list is left out, as SQS does."""
    assert "Messages" not in await sqs.receive_message(QueueUrl=url)


async def test_entries_of_a_batch_fail_for_themselves(sqs, url):
    """One handle is good, the other is none."""
    await sqs.send_message(QueueUrl=url, MessageBody="hello")
    (message,) = (await sqs.receive_message(QueueUrl=url))["Messages"]
    entries = [{"Id": "good", "ReceiptHandle": message["ReceiptHandle"]}, {"Id": "bad", "ReceiptHandle": "x"}]
    answer = await sqs.delete_message_batch(QueueUrl=url, Entries=entries)

    assert ["good"] == [each["Id"] for each in answer["Successful"]]
    assert [("bad", "ReceiptHandleIsInvalid")] == [(each["Id"], each["Code"]) for each in answer["Failed"]]


async def test_a_message_is_handed_back(sqs, url):
    """Whoever asks next gets it."""
    await sqs.send_message(QueueUrl=url, MessageBody="hello")
    (message,) = (await sqs.receive_message(QueueUrl=url))["Messages"]
    entry = {"Id": "0", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
    await sqs.change_message_visibility_batch(QueueUrl=url, Entries=[entry])

    assert 1 == len((await sqs.receive_message(QueueUrl=url))["Messages"])


async def test_other_queues_are_untouched(sqs, url):
    """A message lies on the queue that it was sent to."""
    await sqs.send_message(QueueUrl=url, MessageBody="hello")
    other = (await sqs.get_queue_url(QueueName="high"))["QueueUrl"]

    assert "Messages" not in await sqs.receive_message(QueueUrl=other)


async def test_a_queue_that_is_not_there_is_said(sqs):
    """By the name that SQS has for it."""
    with pytest.raises(sqs.exceptions.QueueDoesNotExist, match="there is no queue 'letters'"):
        await sqs.get_queue_url(QueueName="letters")


async def test_an_operation_that_is_not_known_is_said(sqs, url):
    """It must not look as if it had worked."""
    with pytest.raises(ClientError, match="does not know PurgeQueue"):
        await sqs.purge_queue(QueueUrl=url)
