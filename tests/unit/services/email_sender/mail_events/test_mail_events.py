import asyncio

import pytest
from structlog.testing import capture_logs

from email_sender.ledger import AlreadyRecorded, InProgress, LedgerUnavailableError, NotKnown, Recorded
from email_sender.mail_events.mail_events import MailEventObservations, MailEvents
from email_sender.queue.inbox import ReceivedMessage
from email_sender.sending.retry_policy import DeadLetter, Delete, Redeliver


class Written:
    """Ledger and suppression list: keep what they are told, in order, or fail."""

    def __init__(self) -> None:
        self.told = []
        self.failures = []
        self.recording = Recorded(None)
        self.noted = asyncio.Event()
        self.outage = self

    async def add(self, recipient, reason):
        self._fail()
        self.told.append(("suppress", recipient, reason))

    async def record(self, feedback):
        self._fail()
        self.told.append((feedback.kind, feedback.notification_id, feedback.attempt))
        return self.recording

    def note(self, reason):
        assert "down" == reason
        self.noted.set()

    def _fail(self):
        if self.failures:
            raise self.failures.pop(0)


@pytest.fixture
def written():
    """What was written."""
    return Written()


@pytest.fixture
def events(written, metrics, monkeypatch):
    """What deals with messages, a thousand seconds into the epoch; no pause is long."""
    monkeypatch.setattr("email_sender.mail_events.mail_events._FIRST_PAUSE_SECONDS", 0.001)
    return MailEvents(written, written, MailEventObservations(metrics), now=lambda: 1000.0)


def _received(body):
    return ReceivedMessage("m", "r", 1, body)


async def test_a_bounce_suppresses_and_is_recorded(events, written, ses_record):
    """The address first: a second delivery of the message would find the ledger written."""
    assert Delete() == await events.deliver(_received(ses_record("Bounce")))
    assert [
        (
            "suppress",
            "ada@example.com",
            "bounced: Permanent General: smtp; 550 5.1.1 <ada@example.com>: user unknown",
        ),
        ("bounced", "id-1", 1),
    ] == written.told


async def test_a_delivery_is_recorded(events, written, ses_record):
    """Nobody is suppressed."""
    assert Delete() == await events.deliver(_received(ses_record("Delivery")))
    assert [("delivered", "id-1", 1)] == written.told


async def test_a_repeat_is_taken_off_the_queue(events, written, ses_record):
    """SES, SNS and SQS all promise at least one delivery, not at most one."""
    written.recording = AlreadyRecorded()

    assert Delete() == await events.deliver(_received(ses_record("Delivery")))


async def test_of_no_notification_it_is_logged_and_taken_off(events, written, ses_record):
    """A complaint may come when the ledger has forgotten the mail."""
    written.recording = NotKnown()

    with capture_logs() as logs:
        assert Delete() == await events.deliver(_received(ses_record("Complaint")))

    assert ["suppress", "complained"] == [told[0] for told in written.told]
    assert [("warning", "mail_event_of_no_notification")] == [
        (log["log_level"], log["event"]) for log in logs
    ]


async def test_it_waits_for_whoever_sends(events, written, ses_record):
    """A second after the lease, it is told again."""
    written.recording = InProgress(1020.5)

    assert Redeliver(22) == await events.deliver(_received(ses_record("Delivery")))


async def test_an_outage_uses_up_nothing(events, written, ses_record):
    """The message stays in flight until it is written."""
    written.failures = [LedgerUnavailableError("down")] * 3

    assert Delete() == await events.deliver(_received(ses_record("Bounce")))
    assert ["suppress", "bounced"] == [told[0] for told in written.told]


async def test_giving_up_hands_it_back(events, written, ses_record):
    """Another task will find what is down up again."""
    written.failures = [LedgerUnavailableError("down")] * 1000
    delivering = asyncio.create_task(events.deliver(_received(ses_record("Bounce"))))
    await written.noted.wait()
    events.give_up()

    assert Redeliver(0) == await delivering


async def test_what_is_malformed_becomes_a_dead_letter(events, written, ses_record):
    """With the reason, and without anything of what stood in it."""
    for body in ("ada@example.com", ses_record("Bounce", timestamp="ada@example.com")):
        with capture_logs() as logs:
            action = await events.deliver(_received(body))

        assert isinstance(action, DeadLetter)
        assert action.reason.startswith("malformed: ")
        assert "ada@" not in action.reason + str(logs)
    assert [] == written.told


async def test_a_test_of_the_topic_is_taken_off(events, written):
    """SES sends one when the topic is named."""
    body = "Successfully validated SNS topic for Amazon SES event publishing."

    assert Delete() == await events.deliver(_received(body))
    assert [] == written.told


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Delivery", "MailsDelivered"),
        ("DeliveryDelay", "MailsDelayed"),
        ("Bounce", "MailsBounced"),
        ("Complaint", "MailsComplained"),
        ("Reject", "MailsRejected"),
        ("Rendering Failure", "MailsRejected"),
    ],
)
async def test_what_is_said_is_counted(events, ses_record, metrics, emf, kind, name):
    """Once for each that was not known."""
    await events.deliver(_received(ses_record(kind)))
    metrics.flush()

    assert f'"{name}":1' in emf.getvalue().replace(" ", "")
