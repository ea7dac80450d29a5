import json
from datetime import UTC, datetime

import pytest

from email_sender.ledger import AlreadyFailed, AlreadySent, Event
from email_sender.sending.retry_policy import Delete
from tests.unit.services.email_sender.sending.delivery.fakes import NOW, FakeSendRate, received


def _at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("expires_at", "sent"), [(NOW - 1, False), (NOW, False), (NOW + 0.001, True)])
async def test_late_mail_is_not_sent(make, provider, ledger, message, expires_at, sent):
    """From its end on a mail is of no use: it has failed, and its message is deleted, not a dead letter."""
    ledger.item = {"events": ()}
    rate = FakeSendRate()
    rate.go_on.set()

    action = await make(send_rate=rate).deliver(received(message(expires_at=_at(expires_at)), 1))

    assert Delete() == action
    assert [("sent", None) if sent else ("failed", "expired before it could be sent")] == ledger.endings
    # It takes nobody else's turn either.
    assert (int(sent), int(sent)) == (len(provider.mails), len(rate.asked))


async def test_mail_that_expires_while_it_waits(make, provider, ledger, message):
    """It is looked at once more just before it would be handed over."""
    ledger.item = {"events": ()}
    claim = ledger.claim
    now = [NOW]

    async def slow(claim_request, *, redelivered):
        now[0] += 10
        return await claim(claim_request, redelivered=redelivered)

    ledger.claim = slow
    delivery = make(now=lambda: now[0])

    assert Delete() == await delivery.deliver(received(message(expires_at=_at(NOW + 5))))
    assert ([], "failed") == (provider.mails, ledger.endings[0][0])


async def test_late_mail_is_counted(make, message, metrics, emf):
    """How many came too late is a metric of its own."""
    await make().deliver(received(message(expires_at=_at(NOW))))

    metrics.flush()
    assert 1 == json.loads(emf.getvalue().splitlines()[0])["MailsExpired"]


@pytest.mark.parametrize("decision", [AlreadyFailed("expired before it could be sent"), AlreadySent()])
async def test_repeat_of_a_late_mail_is_deleted(make, ledger, message, decision):
    """Its message that was not deleted at first is no dead letter the second time."""
    ledger.decision = decision

    assert Delete() == await make().deliver(received(message(expires_at=_at(NOW))))


async def test_late_mail_that_may_have_been_sent(make, ledger, message):
    """That it came too late does not make known whether an earlier attempt sent it."""
    ledger.item = {"events": (Event(NOW - 9, "unknown", 1, "timeout"), Event(NOW, "sending", 2))}

    assert Delete() == await make().deliver(received(message(expires_at=_at(NOW))))
    assert [("unknown", "expired before it could be sent")] == ledger.endings


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("9999-12-31T23:59:59-23:59", True),
        ("0001-01-01T00:00:00+23:59", False),
        ("1970-01-01T00:16:41+00:00", True),
        ("1970-01-01T02:16:41+02:00", True),
        ("1970-01-01T00:16:40+00:00", False),
    ],
)
async def test_any_moment_can_be_told(make, provider, message, moment, sent):
    """The ends of the calendar and other zones are moments like any other."""
    body = json.loads(message())

    await make().deliver(received(json.dumps({**body, "expires_at": moment})))

    assert sent is bool(provider.mails)
