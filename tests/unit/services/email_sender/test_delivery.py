import asyncio
import json

import pytest
from structlog.testing import capture_logs

from email_sender.delivery import Delivery
from email_sender.inbox import ReceivedMessage
from email_sender.outcome import Outcome
from email_sender.providers.protocol import PermanentError, ThrottledError, TransientError


class FakeProvider:
    """Takes mails, fails, or hangs."""

    def __init__(self) -> None:
        self.mails = []
        self.error: Exception | None = None
        self.hang = False
        self.sending = asyncio.Event()

    async def send(self, mail):
        """Do what it was told to."""
        self.sending.set()
        if self.hang:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        self.mails.append(mail)


@pytest.fixture
def provider():
    """A provider that takes everything, until told otherwise."""
    return FakeProvider()


@pytest.fixture
def delivery(provider, metrics):
    """A delivery whose sends may take a minute."""
    return Delivery(provider, sender="us@example.com", timeout_seconds=60, metrics=metrics)


def _received(body):
    return ReceivedMessage(message_id="m", receipt_handle="r", receive_count=2, body=body)


async def test_sends_what_the_message_asks_for(delivery, provider, message):
    """The provider gets the message's mail, from our address."""
    assert await delivery.deliver(_received(message("id-7"))) is Outcome.SENT

    [mail] = provider.mails
    assert (mail.notification_id, mail.sender) == ("id-7", "us@example.com")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (PermanentError("550"), Outcome.PERMANENT),
        (ThrottledError("454"), Outcome.THROTTLED),
        (TransientError("451"), Outcome.TRANSIENT),
    ],
)
async def test_error_types_are_outcomes(delivery, provider, message, error, outcome):
    """Each type of error is an outcome, and a line in the log that names the notification."""
    provider.error = error

    with capture_logs() as logs:
        assert await delivery.deliver(_received(message("id-7"))) is outcome

    [line] = logs
    assert line["event"] == "mail_not_sent"
    assert (line["notification_id"], line["receive_count"], line["reason"]) == ("id-7", 2, str(error))


async def test_slow_send_is_transient(provider, metrics, message):
    """A send that takes too long is given up and may be tried again."""
    provider.hang = True
    delivery = Delivery(provider, sender="us@example.com", timeout_seconds=0.01, metrics=metrics)

    with capture_logs() as logs:
        assert await delivery.deliver(_received(message())) is Outcome.TRANSIENT

    assert logs[0]["reason"] == "no answer within 0.01 s"


@pytest.mark.parametrize("body", ["", "{", "[]", '{"schema_version": 2}'])
async def test_malformed_message(delivery, provider, body):
    """What is no message is an outcome like any other: it stops nobody."""
    assert await delivery.deliver(_received(body)) is Outcome.MALFORMED
    assert provider.mails == []


async def test_malformed_message_is_not_quoted(delivery, message):
    """The log says which field is wrong, not what somebody wrote."""
    body = json.dumps({**json.loads(message()), "subject": "my secret\n"})

    with capture_logs() as logs:
        await delivery.deliver(_received(body))

    assert logs[0]["message_id"] == "m"
    assert "subject" in str(logs)
    assert "my secret" not in str(logs)


async def test_give_up_releases_what_is_under_way(delivery, provider, message):
    """When time is up, a send under way ends as released, and so does every later one."""
    provider.hang = True
    under_way = asyncio.create_task(delivery.deliver(_received(message())))
    await asyncio.wait_for(provider.sending.wait(), 5)

    delivery.give_up()

    assert await asyncio.wait_for(under_way, 5) is Outcome.RELEASED
    assert await delivery.deliver(_received(message())) is Outcome.RELEASED


async def test_what_happens_is_measured(delivery, message, metrics, emf):
    """Sent and malformed are counted; duration and age of what was sent are kept."""
    await delivery.deliver(_received(message()))
    await delivery.deliver(_received(""))
    metrics.flush()

    line = json.loads(emf.getvalue())
    assert (line["MailsSent"], line["MessagesMalformed"]) == (1, 1)
    assert (len(line["SendDuration"]), len(line["AcceptedToSent"])) == (1, 1)
