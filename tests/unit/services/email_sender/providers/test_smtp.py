import asyncio
from types import SimpleNamespace

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
from tests.waiting import SOON


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time now."""
        return self.seconds


def _relay(listening, *, starttls=False):
    return Relay(listening.host, listening.port, starttls=starttls, timeout_seconds=SOON)


@pytest.fixture
def clock():
    """The pool's clock."""
    return Clock()


@pytest.fixture(params=[[], ["PIPELINING"]], ids=["in-steps", "in-one-go"])
async def provider(relay, clock, request):
    """A provider that sends to the relay, which takes commands one by one or several in one go."""
    relay.extensions = request.param
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
    """A relay that gives its answers in turn, and hangs up after the last; "" is no answer.

    Attributes:
        chunks: What it was sent, as it came in.
    """

    def __init__(self, *answers: str, pipelining: bool = False) -> None:
        hello = "250-hello\r\n250 PIPELINING" if pipelining else "250 hello"
        self._answers = iter([hello, *answers])
        self.chunks = []
        self.is_silent = asyncio.Event()
        self.is_over = asyncio.Event()

    async def __aenter__(self):
        """Listen."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Script(self), "127.0.0.1", 0)
        self.host, self.port = self._server.sockets[0].getsockname()
        return self

    async def __aexit__(self, *_):
        """Listen no more, once the one conversation is over."""
        self._server.close()
        await asyncio.wait_for(self.is_over.wait(), SOON)
        await self._server.wait_closed()

    def answer(self, transport):
        """Give the next answer, or hang up; gives what the next line ends with."""
        answer = next(self._answers, None)
        if answer is None:
            transport.close()
        elif answer == "":
            self.is_silent.set()
        else:
            transport.write(f"{answer}\r\n".encode())
        return b"\r\n.\r\n" if answer and answer.startswith("354") else b"\r\n"


class _Script(asyncio.Protocol):
    """One conversation with it."""

    def __init__(self, scripted):
        self._scripted = scripted
        self._end = b"\r\n"
        self._read = b""

    def connection_made(self, transport):
        self._transport = transport
        transport.write(b"220 hello\r\n")

    def data_received(self, data):
        self._scripted.chunks.append(data)
        self._read += data
        while self._end in self._read and not self._transport.is_closing():
            self._read = self._read.partition(self._end)[2]
            self._end = self._scripted.answer(self._transport)

    def connection_lost(self, exc):
        del exc
        self._scripted.is_over.set()


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize(
    ("answers", "kind", "begun"),
    [
        ([], TransientError, False),
        (["250 from"], TransientError, False),
        (["250 from", "250 to"], TransientError, False),
        (["250 from", "250 to", "354 go on"], UncertainError, True),
        (["250 from", "250 to", "354 go on", "nonsense"], UncertainError, True),
        (["nonsense"], TransientError, False),
        (["250 from", "250 to", "354 go on", "451 4.3.0 later"], TransientError, True),
        (["250 from", "250 to", "451 4.3.0 later"], TransientError, False),
        (["250 from", "550 5.7.1 never"], PermanentError, False),
        (["250 from", "250 to", "250 what?"], TransientError, False),
    ],
)
async def test_end_without_a_mail(mail, answers, kind, begun, pipelining):
    """A connection lost before the content is certain, one lost after it is not; an answer always is."""
    handover = Handover()
    async with Scripted(*answers, pipelining=pipelining) as scripted:
        with pytest.raises(kind) as ended:
            await SmtpProvider(SmtpPool(_relay(scripted))).send(mail(), handover)

    assert type(ended.value) is kind
    assert handover.begun is begun


@pytest.mark.parametrize(("pipelining", "trips"), [(True, 2), (False, 4)])
async def test_round_trips(mail, pipelining, trips):
    """A mail takes two round trips to a relay that lets several commands come at once, and four else."""
    async with Scripted("250 from", "250 to", "354 go on", "250 taken", pipelining=pipelining) as scripted:
        provider = SmtpProvider(SmtpPool(_relay(scripted)))
        await provider.send(mail(), Handover())
        [_hello, *chunks] = scripted.chunks
        await provider.close()

    assert len(chunks) == trips
    assert [line.split()[0] for line in b"".join(chunks).splitlines()[:3]] == [b"MAIL", b"RCPT", b"DATA"]


async def test_refused_mail_keeps_its_content(mail):
    """A relay that waits for the content of a mail that it refused gets a hang-up, and no content."""
    answers = ["250 from", "550 5.1.1 no such user", "354 go on all the same"]
    async with Scripted(*answers, pipelining=True) as scripted:
        pool = SmtpPool(_relay(scripted))
        with pytest.raises(PermanentError, match="550"):
            await SmtpProvider(pool).send(mail(), Handover())

    assert not any(b"Message-ID" in chunk for chunk in scripted.chunks)
    assert pool._idle == []  # noqa: SLF001 - what is kept is seen from nowhere else


@pytest.mark.parametrize("then", [[], ["421 4.3.0 leave me"]])
async def test_connection_that_is_not_reset_is_not_kept(mail, then):
    """A relay that forgets no mail, or hangs up, after its refusal gets a new connection for the next."""
    async with Scripted("550 5.1.1 no", *then) as scripted:
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
    provider = SmtpProvider(SmtpPool(Relay("127.0.0.1", 9, starttls=False, timeout_seconds=SOON)))

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


async def test_address_beyond_ascii_at_an_old_relay(start_relay, mail):
    """A relay without SMTPUTF8 will never take such an address."""
    provider = SmtpProvider(SmtpPool(_relay(start_relay(enable_SMTPUTF8=False))))

    with pytest.raises(PermanentError, match="beyond ASCII"):
        await provider.send(mail(recipient="jörg@example.com"), Handover())
    await provider.close()


@pytest.mark.parametrize("content", [b"From: us\n\nhello\r\n", b"From: us\r\n\r\nhel\rlo\r\n"])
async def test_line_that_smtp_cannot_carry(provider, content):
    """What one server takes for the end of a line and another does not could hide a second mail."""
    mail = SimpleNamespace(
        sender="us@a.example", recipient="you@a.example", needs_smtputf8=False, to_bytes=lambda: content
    )

    with pytest.raises(PermanentError, match="cannot carry"):
        await provider.send(mail, Handover())


async def test_relay_that_vanished_is_noticed(relay, mail):
    """A connection that the relay closed while it was idle is not used."""
    pool = SmtpPool(_relay(relay))
    provider = SmtpProvider(pool)
    await provider.send(mail(), Handover())
    async with pool.connection() as connection:
        connection.hang_up()
    await provider.send(mail(), Handover())

    assert len(relay.peers) == 2
    await provider.close()


async def test_given_up_while_the_relay_forgets_a_mail(mail):
    """Whoever gives up waiting for the relay to forget a refused mail does not keep the connection."""
    async with Scripted("550 5.1.1 no", "") as scripted:
        pool = SmtpPool(_relay(scripted))
        sending = asyncio.create_task(SmtpProvider(pool).send(mail(), Handover()))
        await asyncio.wait_for(scripted.is_silent.wait(), SOON)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    assert pool._idle == []  # noqa: SLF001 - what is kept is seen from nowhere else
