import asyncio

import aiosmtplib
import pytest

from email_sender.providers.protocol import PermanentError, ThrottledError, TransientError
from email_sender.providers.smtp import SmtpProvider
from email_sender.providers.smtp_pool import SmtpPool
from email_sender.providers.smtp_relay import Relay


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time now."""
        return self.seconds


def _relay(listening, *, starttls=False):
    return Relay(listening.host, listening.port, starttls=starttls, timeout_seconds=5)


@pytest.fixture
def clock():
    """The pool's clock."""
    return Clock()


@pytest.fixture
async def provider(relay, clock):
    """A provider that sends to the relay."""
    provider = SmtpProvider(SmtpPool(_relay(relay), now=clock))
    yield provider
    await provider.close()


async def test_relay_gets_the_mail(provider, relay, mail):
    """Envelope and content are the mail's."""
    await provider.send(mail(notification_id="id-7", body="..\n.dots"))

    [(envelope, parsed)] = relay.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("us@example.com", ["ada@example.com"])
    assert parsed["X-Notification-Id"] == "id-7"
    assert parsed.get_content().splitlines() == ["..", ".dots"]


async def test_connection_is_kept(provider, relay, mail):
    """Mails one after the other go over one connection."""
    for _ in range(3):
        await provider.send(mail())

    assert len(relay.mails) == 3
    assert len(relay.peers) == 1


async def test_mails_at_once_have_a_connection_each(provider, relay, mail):
    """A slow mail does not hold up another."""
    await asyncio.gather(*(provider.send(mail()) for _ in range(3)))

    assert len(relay.peers) == 3


async def test_idle_connection_is_not_trusted(provider, relay, mail, clock):
    """A connection that idled so long that the relay may have closed it is replaced."""
    await provider.send(mail())
    clock.seconds += 31
    await provider.send(mail())

    assert len(relay.peers) == 2


async def test_connection_has_a_limited_number_of_mails(provider, relay, mail, monkeypatch):
    """After its share of mails a connection is replaced."""
    monkeypatch.setattr("email_sender.providers.smtp_pool._MAILS", 2)

    for _ in range(4):
        await provider.send(mail())

    assert len(relay.peers) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such user", PermanentError),
        ("554 5.7.1 spam", PermanentError),
        ("530 5.7.0 must issue STARTTLS first", TransientError),
        ("451 4.3.0 greylisted", TransientError),
        ("452 4.2.2 mailbox full", TransientError),
        ("450 4.7.1 slow down", ThrottledError),
        ("451 4.3.2 system not accepting messages", ThrottledError),
        ("454 Throttling failure: Maximum sending rate exceeded", ThrottledError),
        ("421 4.7.0 try again later", ThrottledError),
    ],
)
@pytest.mark.parametrize("stage", ["rcpt_answer", "data_answer"])
async def test_answers_have_types(provider, relay, mail, stage, answer, kind):
    """Whatever the relay answers, at whatever stage, is permanent, throttled or transient."""
    setattr(relay, stage, answer)

    with pytest.raises(kind, match=answer[:3]):
        await provider.send(mail())


async def test_refusal_does_not_cost_the_connection(provider, relay, mail):
    """A recipient that does not exist is no reason to connect again."""
    await provider.send(mail())
    relay.rcpt_answer = "550 5.1.1 no such user"
    with pytest.raises(PermanentError):
        await provider.send(mail())
    relay.rcpt_answer = "250 OK"
    await provider.send(mail())

    assert len(relay.peers) == 1


async def test_unreachable_relay_is_transient(mail):
    """A relay that cannot be reached may be reached later."""
    provider = SmtpProvider(SmtpPool(Relay("127.0.0.1", 9, starttls=False, timeout_seconds=5)))

    with pytest.raises(TransientError, match="SMTPConnectError"):
        await provider.send(mail())


async def test_relay_without_starttls_gets_nothing(relay, mail):
    """When encryption is asked for and not offered, no mail goes out in the clear."""
    provider = SmtpProvider(SmtpPool(_relay(relay, starttls=True)))

    with pytest.raises(TransientError, match="STARTTLS"):
        await provider.send(mail())
    assert relay.mails == []


async def test_cancelled_send_does_not_leave_a_broken_connection(provider, relay, mail):
    """A connection that was given up in the middle of a mail is not used for the next."""
    relay.go_on.clear()
    sending = asyncio.create_task(provider.send(mail()))
    assert await asyncio.to_thread(relay.receiving.wait, 5)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    relay.go_on.set()

    await provider.send(mail(notification_id="id-2"))

    assert "id-2" in relay.ids


async def test_address_beyond_ascii(provider, relay, mail):
    """An internationalised address is sent with SMTPUTF8."""
    await provider.send(mail(recipient="jörg@example.com"))

    [(envelope, _)] = relay.mails
    assert envelope.rcpt_tos == ["jörg@example.com"]


async def test_address_beyond_ascii_at_an_old_relay(provider, mail, monkeypatch):
    """A relay without SMTPUTF8 will never take such an address."""
    monkeypatch.setattr(aiosmtplib.SMTP, "supports_extension", lambda *_: False)

    with pytest.raises(PermanentError, match="beyond ASCII"):
        await provider.send(mail(recipient="jörg@example.com"))


async def test_relay_that_vanished_is_noticed(relay, mail):
    """A connection that the relay closed while it was idle is not used."""
    pool = SmtpPool(_relay(relay))
    provider = SmtpProvider(pool)
    await provider.send(mail())
    async with pool.connection() as connection:
        connection.close()
    await provider.send(mail())

    assert len(relay.peers) == 2
    await provider.close()
