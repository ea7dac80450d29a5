import asyncio
import json

import httpx
import pytest

from email_sender.ledger import LedgerUnavailableError
from email_sender.providers.protocol import UnavailableError
from shared.sqs.errors import QueueUnavailableError
from shared.status import CLIENT_ID_HEADER, STATUS_PATH


@pytest.fixture(autouse=True)
def _short_last_receive(monkeypatch):
    """No test waits for what might still arrive after the stop."""
    monkeypatch.setattr("email_sender.worker._LAST_RECEIVE_SECONDS", 0.01)


@pytest.mark.usefixtures("aws")
async def test_from_queue_to_mail_to_status(
    service, port, relay, queue, dead_letter_queue, message, eventually
):
    """A message becomes a mail and a status; one that is malformed becomes a dead letter with a reason."""
    queue.put(message("id-1", client_id="team-a"))
    queue.put("malformed")

    @eventually
    async def done():
        assert ["id-1"] == relay.ids
        assert (0, 0) == queue.counts()

    url = f"http://127.0.0.1:{port}"
    async with service(), httpx.AsyncClient() as client:
        await done()
        assert 200 == (await client.get(f"{url}/healthz")).status_code
        assert 200 == (await client.get(f"{url}/readyz")).status_code
        status = await client.get(f"{url}{STATUS_PATH}id-1", headers={CLIENT_ID_HEADER: "team-a"})

    assert ["accepted", "sending", "sent"] == [event["event"] for event in status.json()["timeline"]]
    [letter] = dead_letter_queue.take()
    assert "malformed" == letter["Body"]
    assert letter["MessageAttributes"]["reason"]["StringValue"].startswith("malformed: ")


@pytest.mark.usefixtures("aws")
async def test_mails_come_from_a_name(service, relay, queue, message, eventually):
    """The name of the settings stands beside the sender's address, unless a message has one of its own."""
    queue.put(message("id-1"))
    queue.put(message("id-2", from_name="Billing", html="<p>Hi</p>"))

    @eventually
    async def done():
        assert ["id-1", "id-2"] == sorted(relay.ids)

    async with service(MAIL_FROM_NAME="Bücher"):
        await done()

    names = {mail["X-Notification-Id"]: mail["From"] for _, mail in relay.mails}
    assert {"id-1": "Bücher <us@example.com>", "id-2": "Billing <us@example.com>"} == names


@pytest.mark.usefixtures("aws")
async def test_two_queues_and_a_send_rate(service, relay, queue, priority_queue, message, eventually):
    """With a queue of high priority both are worked on; with a send rate mails still go out."""
    queue.put(message("normal"))
    priority_queue.put(message("high", priority="high"))

    @eventually
    async def done():
        assert ["high", "normal"] == sorted(relay.ids)
        assert ((0, 0), (0, 0)) == (queue.counts(), priority_queue.counts())

    async with service(PRIORITY_QUEUE_NAME=priority_queue.name, SEND_RATE="100"):
        await done()


@pytest.mark.usefixtures("aws")
async def test_stopping_is_not_ready(service, port, relay, queue, message):
    """From SIGTERM on the task is not ready, and says so for as long as it has something in flight."""
    relay.tell(hang_at=["content"])
    queue.put(message())

    async with service() as stop, httpx.AsyncClient() as client:
        assert await asyncio.to_thread(relay.is_left_hanging, "content")
        stop.set()
        answer = await client.get(f"http://127.0.0.1:{port}/readyz")
        relay.tell(hang_at=[])

    assert (503, "The task is stopping.") == (answer.status_code, answer.json()["detail"])
    assert ["id-1"] == relay.ids


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("breaks", "error", "detail"),
    [
        ("ledger.table.LedgerTable.write", LedgerUnavailableError("down"), "The ledger is unavailable: down"),
        ("queue.inbox.Inbox.receive", QueueUnavailableError("down"), "The queue is unavailable: down"),
    ],
)
async def test_trouble_is_not_ready(
    service, port, relay, queue, message, eventually, monkeypatch, breaks, error, detail
):
    """What does not answer is named; nothing is sent without it, and nothing is lost."""

    async def fail(*_):
        raise error

    @eventually
    async def not_ready():
        try:
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
        except httpx.ConnectError as refused:
            raise AssertionError from refused
        assert (503, 1) == (answer.status_code, answer.text.count(detail))

    monkeypatch.setattr(f"email_sender.{breaks}", fail)
    queue.put(message())
    async with (
        httpx.AsyncClient() as client,
        service(SEND_TIMEOUT_SECONDS="0.05", SHUTDOWN_TIMEOUT_SECONDS="0.1"),
    ):
        await not_ready()

    assert [] == relay.ids
    # A long poll that was given up may still have been handed it, once it was released: it comes back.
    assert 1 == sum(queue.counts())


@pytest.mark.usefixtures("aws")
async def test_provider_in_trouble_is_not_ready(
    service, port, relay, queue, message, eventually, monkeypatch, capsys
):
    """A provider that takes no mail shows in readiness and in a metric; the mails stay on the queue."""

    async def fail(*_):
        raise UnavailableError("421 <us@example.com> down")

    @eventually
    async def not_ready():
        try:
            answer = await client.get(f"http://127.0.0.1:{port}/readyz")
        except httpx.ConnectError as refused:
            raise AssertionError from refused
        assert 503 == answer.status_code
        assert answer.json()["detail"].startswith("The mail provider takes no mail: 421 ")
        assert "us@example.com" not in answer.text

    monkeypatch.setattr("email_sender.providers.smtp.SmtpProvider.send", fail)
    monkeypatch.setattr("email_sender.providers.smtp.SmtpProvider.probe", fail, raising=False)
    for n in range(5):
        queue.put(message(f"id-{n}"))
    async with httpx.AsyncClient() as client, service():
        await not_ready()

    assert 5 == sum(queue.counts())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    [gauge] = [line for line in lines if "ProviderUnavailable" in line]
    assert ([1.0], {"Service", "Environment"}) == (
        gauge["ProviderUnavailable"],
        {name for names in gauge["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for name in names},
    )


async def test_stopped_before_it_could_start(service):
    """A task that is told to stop while it looks for its queue ends without an error."""
    async with service(QUEUE_NAME="no-such") as stop:
        stop.set()


@pytest.mark.usefixtures("aws")
async def test_stopped_while_the_ledger_is_looked_for(service, relay):
    """A task that is told to stop before its ledger has answered ends without an error."""
    async with service(LEDGER_TABLE="no-such") as stop:
        asyncio.get_running_loop().call_later(0.1, stop.set)
        await stop.wait()

    assert [] == relay.ids
