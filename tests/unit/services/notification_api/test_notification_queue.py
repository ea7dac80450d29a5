import json

import pytest
from botocore.exceptions import EndpointConnectionError
from structlog.testing import capture_logs

from notification_api.notification_queue import NotificationQueue, QueuedMessage
from shared.sqs.client import sqs_client
from shared.sqs.errors import QueueUnavailableError

_TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def _messages(*bodies):
    return [QueuedMessage(body.encode(), _TRACEPARENT) for body in bodies]


class FakeClient:
    """Answers what it is told to."""

    def __init__(self) -> None:
        self.response = {"Successful": [{"Id": "0"}]}
        self.down = False

    async def send_message_batch(self, **_):
        """Confirm, or be down."""
        if self.down:
            raise EndpointConnectionError(endpoint_url="http://sqs")
        return self.response

    async def get_queue_url(self, **_):
        """Answer, or be down."""
        if self.down:
            raise EndpointConnectionError(endpoint_url="http://sqs")
        return {"QueueUrl": "http://sqs/q"}


@pytest.fixture
def fake_client():
    """An SQS client that answers what it is told to."""
    return FakeClient()


@pytest.fixture
def notifications(fake_client, metrics):
    """The queue of the fake client."""
    return NotificationQueue(fake_client, name="q", url="http://sqs/q", metrics=metrics)


@pytest.mark.usefixtures("aws")
async def test_puts_bodies_on_the_queue(queue, metrics):
    """One call puts every body on the queue as a message of its own, even equal ones."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=1) as client:
        notifications = NotificationQueue(client, name=queue.name, url=queue.url, metrics=metrics)

        assert [None, None, None] == await notifications.send(_messages('{"a":1}', '{"a":1}', '{"b":2}'))

    assert [{"a": 1}, {"a": 1}, {"b": 2}] == sorted(queue.bodies(), key=json.dumps)


@pytest.mark.usefixtures("aws")
async def test_trace_is_a_message_attribute(queue, sqs_api, metrics):
    """Whoever takes the message off the queue can go on with the trace."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=1) as client:
        notifications = NotificationQueue(client, name=queue.name, url=queue.url, metrics=metrics)
        await notifications.send(_messages("{}"))

    taken = sqs_api.receive_message(QueueUrl=queue.url, MessageAttributeNames=["All"], WaitTimeSeconds=1)

    [message] = taken["Messages"]
    assert {"traceparent": {"DataType": "String", "StringValue": _TRACEPARENT}} == message[
        "MessageAttributes"
    ]


@pytest.mark.usefixtures("aws")
async def test_queue_that_does_not_exist(metrics):
    """An error of SQS is the queue being unavailable, with SQS's own words."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=1) as client:
        url = "http://127.0.0.1/123456789012/none"
        notifications = NotificationQueue(client, name="none", url=url, metrics=metrics)

        with pytest.raises(QueueUnavailableError, match="NonExistentQueue"):
            await notifications.send(_messages("{}"))


async def test_outage_is_two_lines(notifications, fake_client):
    """However many batches fail, the log has one line for the beginning and one for the end."""
    with capture_logs() as logs:
        fake_client.down = True
        for _ in range(3):
            with pytest.raises(QueueUnavailableError):
                await notifications.send(_messages("{}"))
        fake_client.down = False
        for _ in range(3):
            await notifications.send(_messages("{}"))

    assert ["queue_unavailable", "queue_available"] == [line["event"] for line in logs]


async def test_partial_failure_is_trouble(notifications, fake_client):
    """An entry that the queue could not take makes the task ask before it is ready again."""
    failed = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    fake_client.response = {"Successful": [{"Id": "0"}], "Failed": [failed]}

    confirmed, error = await notifications.send(_messages("{}", "{}"))

    assert confirmed is None
    assert isinstance(error, QueueUnavailableError)
    assert notifications.outage.last_error is not None


async def test_check_finds_the_outage_over(notifications, fake_client):
    """A task without requests finds out by itself that the queue is back."""
    fake_client.down = True
    assert None is await notifications.check()
    with pytest.raises(QueueUnavailableError):
        await notifications.send(_messages("{}"))
    assert "http://sqs" in await notifications.check()

    fake_client.down = False

    assert None is await notifications.check()
    assert notifications.outage.last_error is None


async def test_batch_sizes_are_observed(notifications, metrics, emf):
    """How well batching works is a metric."""
    await notifications.send(_messages("{}"))
    metrics.flush()

    assert [1] == json.loads(emf.getvalue())["QueueBatchSize"]


@pytest.mark.usefixtures("aws")
async def test_trace_and_its_state_are_attributes(queue, metrics):
    """Trace context goes as message attributes; a state that there is not is no attribute."""
    async with sqs_client(region="eu-central-1", read_seconds=5, connections=1) as client:
        notifications = NotificationQueue(client, name=queue.name, url=queue.url, metrics=metrics)
        plain = QueuedMessage(b"plain", _TRACEPARENT)
        state = QueuedMessage(b"state", _TRACEPARENT, "congo=t61rcWkgMzE")
        await notifications.send([plain, state])

    found = {message["Body"]: message["MessageAttributes"] for message in queue.take()}
    assert ["traceparent"] == list(found["plain"])
    assert "congo=t61rcWkgMzE" == found["state"]["tracestate"]["StringValue"]
    assert state.size - plain.size == len("tracestate") + len("String") + len("congo=t61rcWkgMzE")


@pytest.mark.parametrize("response", [None, []])
async def test_answer_of_another_form_confirms_nothing(notifications, fake_client, response):
    """An answer that makes no sense is trouble with the queue, told once, and its callers may come back."""
    fake_client.response = response

    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(QueueUnavailableError, match="unexpected"):
                await notifications.send(_messages("{}"))

    assert ["queue_unavailable"] == [line["event"] for line in logs]
    assert notifications.outage.last_error.startswith("unexpected ")


@pytest.mark.parametrize(
    "response",
    [
        {"Successful": 7},
        {"Successful": [{}]},
        {"Successful": [{"Id": "x"}]},
        {"Failed": [{"Id": "9"}]},
    ],
)
async def test_answer_that_names_no_entry_confirms_none(notifications, fake_client, response):
    """Whatever lists it has, it is trouble with the queue, told once, and its callers may come back."""
    fake_client.response = response

    with capture_logs() as logs:
        results = [*await notifications.send(_messages("{}")), *await notifications.send(_messages("{}"))]

    assert [QueueUnavailableError] * 2 == [type(result) for result in results]
    assert ["queue_unavailable"] == [line["event"] for line in logs]
    assert "does not mention" in notifications.outage.last_error


async def test_check_that_breaks_is_trouble(notifications, fake_client):
    """Whatever goes wrong with the question whether all is well, the answer is no."""
    fake_client.down = True
    with pytest.raises(QueueUnavailableError):
        await notifications.send(_messages("{}"))

    async def broken(**_):
        raise TypeError("secret")

    fake_client.get_queue_url = broken

    assert "unexpected TypeError" == await notifications.check()
