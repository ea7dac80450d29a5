import asyncio
import time

import pytest

from email_sender.queue.inbox import Inbox
from shared.sqs.client import sqs_client
from shared.sqs.errors import EntryRefusedError, QueueUnavailableError


@pytest.fixture
async def client(aws):
    """An SQS client of moto."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=4) as client:
        yield client


@pytest.fixture
def inbox(client, queue):
    """The test's queue, without long waits."""
    return Inbox(client, queue.url, visibility_timeout_seconds=30, poll_seconds=1)


async def test_receive_takes_no_more_than_asked_for(inbox, queue):
    """At most the wanted number comes, with body and receive count; the rest stays visible."""
    for n in range(3):
        queue.put(f"{n}")

    received = await inbox.receive(2)

    assert 2 == len(received)
    assert {1} == {message.receive_count for message in received}
    assert (1, 2) == queue.counts()


async def test_message_says_where_it_comes_from(inbox, queue, sqs_api):
    """Message attributes and the time at which SQS took it come with a message."""
    trace = {"DataType": "String", "StringValue": "00-a-b-01"}
    before = time.time()
    state = {"DataType": "String", "StringValue": "congo=1"}
    attributes = {"traceparent": trace, "tracestate": state}
    sqs_api.send_message(QueueUrl=queue.url, MessageBody="x", MessageAttributes=attributes)
    sqs_api.send_message(QueueUrl=queue.url, MessageBody="y")

    received = {message.body: message for message in await inbox.receive(2)}

    assert "00-a-b-01" == received["x"].traceparent
    assert "String" == received["x"].attributes["traceparent"]["DataType"]
    assert "congo=1" == received["x"].tracestate
    assert (None, None) == (received["y"].traceparent, received["y"].tracestate)
    assert before - 1 <= received["x"].sent_at <= time.time() + 1


async def test_nothing_to_receive(inbox):
    """An empty queue is an empty list."""
    assert [] == await inbox.receive(10)


async def test_delete(inbox, queue):
    """Deleted messages are gone for good; several go in one call."""
    for n in range(3):
        queue.put(f"{n}")
    received = [message for _ in range(3) for message in await inbox.receive(1)]

    await asyncio.gather(*map(inbox.delete, received))

    assert (0, 0) == queue.counts()


async def test_redeliver_now(inbox, queue):
    """A message that is handed back is visible at once, with a higher receive count."""
    queue.put("x")
    [message] = await inbox.receive(1)

    await inbox.redeliver(message, 0)

    [again] = await inbox.receive(1)
    assert ("x", 2) == (again.body, again.receive_count)


async def test_redeliver_later(inbox, queue):
    """A message that shall wait is not visible yet."""
    queue.put("x")
    [message] = await inbox.receive(1)

    await inbox.redeliver(message, 60)

    assert (0, 1) == queue.counts()


async def test_extend(inbox, queue):
    """A message in flight is hidden for one more visibility timeout, and is still ours to delete."""
    queue.put("x")
    [message] = await inbox.receive(1)
    await inbox.redeliver(message, 1)

    await inbox.extend(message)
    await inbox.delete(message)

    assert (0, 0) == queue.counts()


async def test_flush_does_not_wait_for_company(inbox, queue):
    """What waits to be settled is settled at once when asked to."""
    queue.put("x")
    [message] = await inbox.receive(1)
    deleting = asyncio.create_task(inbox.delete(message))
    await asyncio.sleep(0)

    await inbox.flush()

    assert deleting.done()
    assert (0, 0) == queue.counts()


async def test_one_refusal_does_not_touch_the_others(inbox, queue):
    """A receipt handle that SQS does not know fails alone."""
    queue.put("x")
    [message] = await inbox.receive(1)
    unknown = type(message)(message_id="m", receipt_handle="no-such", receive_count=1, body="")

    results = await asyncio.gather(inbox.delete(message), inbox.redeliver(unknown, 0), return_exceptions=True)

    assert results[0] is None
    assert isinstance(results[1], (EntryRefusedError, QueueUnavailableError))


async def test_unavailable_queue(client):
    """Whatever is asked of a queue that is not there says so."""
    inbox = Inbox(client, "http://127.0.0.1/123456789012/none", visibility_timeout_seconds=30, poll_seconds=1)
    message = type("Message", (), {"receipt_handle": "r"})()

    for asked in (
        inbox.receive(1),
        inbox.delete(message),
        inbox.redeliver(message, 0),
        inbox.extend(message),
    ):
        with pytest.raises(QueueUnavailableError, match="NonExistentQueue"):
            await asked


_MESSAGE = {
    "MessageId": "m",
    "ReceiptHandle": "r",
    "Body": "x",
    "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1000"},
}


@pytest.mark.parametrize(
    "broken",
    [
        {},
        None,
        "m",
        _MESSAGE | {"Attributes": None},
        _MESSAGE | {"Attributes": {"ApproximateReceiveCount": "many", "SentTimestamp": "1"}},
        {name: value for name, value in _MESSAGE.items() if name != "ReceiptHandle"},
    ],
)
async def test_a_message_that_cannot_be_read_stays(broken):
    """What is not a whole message is not taken, and takes no other message with it."""

    class Client:
        async def receive_message(self, **_):
            return {"Messages": [broken, _MESSAGE]}

    received = await Inbox(Client(), "u", visibility_timeout_seconds=30).receive(2)

    assert ["m"] == [message.message_id for message in received]


async def test_an_answer_without_messages():
    """SQS leaves the list out when there is none."""

    class Client:
        async def receive_message(self, **_):
            return {"Messages": None}

    assert [] == await Inbox(Client(), "u", visibility_timeout_seconds=30).receive(2)
