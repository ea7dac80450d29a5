import asyncio

import aiosmtplib
import pytest

from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ThrottledError,
    TransientError,
    UncertainError,
)
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
    await provider.send(mail(notification_id="id-7", body="..\n.dots"), Handover())

    [(envelope, parsed)] = relay.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("us@example.com", ["ada@example.com"])
    assert parsed["X-Notification-Id"] == "id-7"
    assert parsed.get_content().splitlines() == ["..", ".dots"]


async def test_connection_is_kept(provider, relay, mail):
    """Mails one after the other go over one connection."""
    for _ in range(3):
        await provider.send(mail(), Handover())

    assert len(relay.mails) == 3
    assert len(relay.peers) == 1


async def test_mails_at_once_have_a_connection_each(provider, relay, mail):
    """A slow mail does not hold up another."""
    await asyncio.gather(*(provider.send(mail(), Handover()) for _ in range(3)))

    assert len(relay.peers) == 3


async def test_idle_connection_is_not_trusted(provider, relay, mail, clock):
    """A connection that idled so long that the relay may have closed it is replaced."""
    await provider.send(mail(), Handover())
    clock.seconds += 31
    await provider.send(mail(), Handover())

    assert len(relay.peers) == 2


async def test_connection_has_a_limited_number_of_mails(provider, relay, mail, monkeypatch):
    """After its share of mails a connection is replaced."""
    monkeypatch.setattr("email_sender.providers.smtp_pool._MAILS", 2)

    for _ in range(4):
        await provider.send(mail(), Handover())

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
        await provider.send(mail(), Handover())


@pytest.mark.parametrize(
    ("answer", "dead"),
    [("550 5.1.1 no such user", True), ("550 5.7.1 spam", False), ("554 no", False)],
)
async def test_dead_mailbox_is_told_from_a_bad_mail(provider, relay, mail, answer, dead):
    """Only what says that the mailbox does not exist speaks against the address."""
    relay.rcpt_answer = answer

    with pytest.raises(PermanentError) as refused:
        await provider.send(mail(), Handover())

    assert refused.value.dead_mailbox is dead


class Scripted:
    """A relay that gives its answers in turn, and hangs up after the last."""

    def __init__(self, *answers: str) -> None:
        self.answers = [f"{answer}\r\n".encode() for answer in ("220 hello", "250 hello", *answers)]

    async def __aenter__(self):
        """Listen."""
        self._over = asyncio.Event()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.host, self.port = self._server.sockets[0].getsockname()
        return self

    async def __aexit__(self, *_):
        """Listen no more, once the one conversation is over."""
        await asyncio.wait_for(self._over.wait(), 5)
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader, writer):
        try:
            for answer in self.answers:
                writer.write(answer)
                # What comes next has to be read, or closing would reset the connection before the answer.
                await reader.readuntil(b"\r\n.\r\n" if answer.startswith(b"354") else b"\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self._over.set()


@pytest.mark.parametrize(
    ("answers", "kind", "begun"),
    [
        ([], TransientError, False),
        (["250 from"], TransientError, False),
        (["250 from", "250 to"], UncertainError, True),
        (["250 from", "250 to", "354 go on"], UncertainError, True),
        (["250 from", "250 to", "354 go on", "nonsense"], UncertainError, True),
        (["nonsense"], TransientError, False),
        (["250 from", "250 to", "354 go on", "451 4.3.0 later"], TransientError, True),
        (["250 from", "250 to", "451 4.3.0 later"], TransientError, True),
    ],
)
async def test_end_without_an_answer(mail, answers, kind, begun):
    """A connection lost before DATA is certain, one lost after it is not; an answer always is."""
    handover = Handover()
    async with Scripted(*answers) as scripted:
        with pytest.raises(kind) as ended:
            await SmtpProvider(SmtpPool(_relay(scripted))).send(mail(), handover)

    assert type(ended.value) is kind
    assert handover.begun is begun


async def test_connection_that_is_not_reset_is_not_kept(mail):
    """A relay that hangs up after its refusal gets a new connection for the next mail."""
    async with Scripted("550 5.1.1 no") as scripted:
        pool = SmtpPool(_relay(scripted))
        with pytest.raises(PermanentError):
            await SmtpProvider(pool).send(mail(), Handover())

    assert pool._idle == []  # noqa: SLF001 - what is kept is seen from nowhere else


async def test_address_that_smtp_cannot_carry(provider, mail):
    """An address that would be another command is refused for good, and not repeated."""
    with pytest.raises(PermanentError, match="cannot carry") as refused:
        await provider.send(mail(recipient="ada\r\nRCPT@example.com"), Handover())

    assert "ada" not in str(refused.value)


async def test_refusal_does_not_cost_the_connection(provider, relay, mail):
    """A recipient that does not exist is no reason to connect again."""
    await provider.send(mail(), Handover())
    relay.rcpt_answer = "550 5.1.1 no such user"
    with pytest.raises(PermanentError):
        await provider.send(mail(), Handover())
    relay.rcpt_answer = "250 OK"
    await provider.send(mail(), Handover())

    assert len(relay.peers) == 1


async def test_unreachable_relay_is_transient(mail):
    """A relay that cannot be reached may be reached later."""
    provider = SmtpProvider(SmtpPool(Relay("127.0.0.1", 9, starttls=False, timeout_seconds=5)))

    with pytest.raises(TransientError, match="SMTPConnectError"):
        await provider.send(mail(), Handover())


async def test_relay_without_starttls_gets_nothing(relay, mail):
    """When encryption is asked for and not offered, no mail goes out in the clear."""
    provider = SmtpProvider(SmtpPool(_relay(relay, starttls=True)))

    with pytest.raises(TransientError, match="STARTTLS"):
        await provider.send(mail(), Handover())
    assert relay.mails == []


async def test_cancelled_send_does_not_leave_a_broken_connection(provider, relay, mail):
    """A connection that was given up in the middle of a mail is not used for the next."""
    relay.go_on.clear()
    sending = asyncio.create_task(provider.send(mail(), Handover()))
    assert await asyncio.to_thread(relay.receiving.wait, 5)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    relay.go_on.set()

    await provider.send(mail(notification_id="id-2"), Handover())

    assert "id-2" in relay.ids


async def test_address_beyond_ascii(provider, relay, mail):
    """An internationalised address is sent with SMTPUTF8."""
    await provider.send(mail(recipient="jörg@example.com"), Handover())

    [(envelope, _)] = relay.mails
    assert envelope.rcpt_tos == ["jörg@example.com"]


async def test_address_beyond_ascii_at_an_old_relay(provider, mail, monkeypatch):
    """A relay without SMTPUTF8 will never take such an address."""
    monkeypatch.setattr(aiosmtplib.SMTP, "supports_extension", lambda *_: False)

    with pytest.raises(PermanentError, match="beyond ASCII"):
        await provider.send(mail(recipient="jörg@example.com"), Handover())


async def test_relay_that_vanished_is_noticed(relay, mail):
    """A connection that the relay closed while it was idle is not used."""
    pool = SmtpPool(_relay(relay))
    provider = SmtpProvider(pool)
    await provider.send(mail(), Handover())
    async with pool.connection() as connection:
        connection.close()
    await provider.send(mail(), Handover())

    assert len(relay.peers) == 2
    await provider.close()


async def test_given_up_while_the_relay_forgets_a_mail(mail, monkeypatch):
    """Whoever gives up waiting for the relay to forget a refused mail does not keep the connection."""

    async def hang(_):
        resetting.set()
        await asyncio.Event().wait()

    resetting = asyncio.Event()
    monkeypatch.setattr(aiosmtplib.SMTP, "rset", hang)
    async with Scripted("550 5.1.1 no", "250 never") as scripted:
        pool = SmtpPool(_relay(scripted))
        sending = asyncio.create_task(SmtpProvider(pool).send(mail(), Handover()))
        await asyncio.wait_for(resetting.wait(), 5)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    assert pool._idle == []  # noqa: SLF001 - what is kept is seen from nowhere else
