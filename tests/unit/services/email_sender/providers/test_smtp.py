import asyncio
from socket import SOCK_STREAM
from types import SimpleNamespace

import pytest

from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    UnavailableError,
    UncertainError,
)
from email_sender.providers.smtp_connection import SmtpConnection
from tests.unit.services.email_sender.providers.scripted import HANG_UP, ScriptedRelay, provider_of


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time now."""
        return self.seconds


@pytest.fixture
def clock():
    """The pool's clock."""
    return Clock()


@pytest.fixture(params=[False, True], ids=["in-steps", "in-one-go"])
async def provider(relay, clock, request):
    """A provider that sends to the relay, which takes commands one by one or several in one go."""
    relay.tell(pipelining=request.param)
    provider = provider_of(relay, now=clock)
    yield provider
    await provider.close()


async def test_relay_gets_the_mail(provider, relay, mail):
    """Envelope and content are the mail's."""
    await provider.send(mail(notification_id="id-7", body="..\n.dots"), Handover())

    [(envelope, parsed)] = relay.mails
    assert ("us@example.com", ["ada@example.com"]) == (envelope.sender, envelope.recipients)
    assert "id-7" == parsed["X-Notification-Id"]
    assert ["..", ".dots"] == parsed.get_content().splitlines()


async def test_connection_is_kept(provider, relay, mail):
    """Mails one after the other go over one connection."""
    for _ in range(3):
        await provider.send(mail(), Handover())

    assert 3 == len(relay.mails)
    assert 1 == len(relay.peers)


async def test_mails_at_once_have_a_connection_each(provider, relay, mail):
    """A slow mail does not hold up another."""
    await asyncio.gather(*(provider.send(mail(), Handover()) for _ in range(3)))

    assert 3 == len(relay.peers)


async def test_idle_connection_is_not_trusted(provider, relay, mail, clock):
    """A connection that idled so long that the relay may have closed it is replaced."""
    await provider.send(mail(), Handover())
    clock.seconds += 31
    await provider.send(mail(), Handover())

    assert 2 == len(relay.peers)


async def test_connection_has_a_limited_number_of_mails(provider, relay, mail, monkeypatch):
    """After its share of mails a connection is replaced."""
    monkeypatch.setattr("email_sender.providers.smtp_pool._MAILS", 2)

    for _ in range(4):
        await provider.send(mail(), Handover())

    assert 2 == len(relay.peers)


@pytest.mark.parametrize("pipelining", [False, True])
@pytest.mark.parametrize(
    ("script", "kind", "begun"),
    [
        ({"mail": HANG_UP}, UnavailableError, False),
        ({"rcpt": HANG_UP}, UnavailableError, False),
        ({"data": HANG_UP}, UnavailableError, False),
        ({"content": HANG_UP}, UncertainError, True),
        ({"content": "nonsense"}, UncertainError, True),
        ({"content": "354 go on"}, UncertainError, True),
        ({"content": b"250-taken\r\n550 refused\r\n"}, UncertainError, True),
        ({"content": b"x" * 40_000}, UncertainError, True),
        ({"mail": "nonsense"}, UnavailableError, False),
        ({"data": "250 what?"}, UnavailableError, False),
    ],
)
async def test_end_without_an_answer(mail, script, kind, begun, pipelining):
    """A connection lost before the content is certain, one lost after it is not."""
    handover = Handover()
    async with ScriptedRelay(script, pipelining=pipelining) as relay:
        with pytest.raises(kind) as ended:
            await provider_of(relay).send(mail(), handover)

    assert kind is type(ended.value)
    assert begun is handover.begun


@pytest.mark.parametrize(("pipelining", "trips"), [(True, 2), (False, 4)])
async def test_round_trips(mail, pipelining, trips, monkeypatch):
    """A mail takes two round trips to a relay that lets several commands come at once, and four else."""
    asked = []
    ask = SmtpConnection.ask
    monkeypatch.setattr(
        SmtpConnection,
        "ask",
        lambda self, lines, *args, **how: (asked.append(lines), ask(self, lines, *args, **how))[1],
    )
    async with ScriptedRelay(pipelining=pipelining) as relay:
        await provider_of(relay).send(mail(), Handover())

    assert trips == len(asked)
    assert [["ehlo", "mail", "rcpt", "data", "content"]] == relay.commands


@pytest.mark.parametrize("sender", ["<us@example.com>", "us@exam ple.com", "us@" + "ü" * 80 + ".example"])
async def test_sender_that_smtp_cannot_carry(provider, relay, mail, sender):
    """Our own address is the same for every mail, and no mail's fault."""
    with pytest.raises(UnavailableError, match="MAIL_FROM"):
        await provider.send(mail(sender=sender), Handover())
    with pytest.raises(UnavailableError, match="MAIL_FROM"):
        await provider_of(relay, sender=sender).probe()


async def test_address_that_smtp_cannot_carry(provider, mail):
    """An address that would be another command is refused for good, and not repeated."""
    with pytest.raises(PermanentError, match="cannot carry") as refused:
        await provider.send(mail(recipient="ada\r\nRCPT@example.com"), Handover())

    assert "ada" not in str(refused.value)


async def test_connection_that_is_given_up_is_closed(mail, monkeypatch, eventually):
    """Also where time is up after the relay has taken it, and before anybody looks at it."""

    async def stuck(*_, **__):
        await asyncio.Event().wait()

    async with ScriptedRelay() as relay:
        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", stuck)
        with pytest.raises(UnavailableError) as refused:
            await provider_of(relay, seconds=0.1).send(mail(), Handover())

        @eventually
        async def hung_up():
            assert [True] == [conversation.is_over.is_set() for conversation in relay.conversations]

        await hung_up()
    # What is raised keeps the frames, and with them the socket, until then.
    assert refused.value is not None


async def test_refusal_does_not_cost_the_connection(provider, relay, mail):
    """A recipient that does not exist is no reason to connect again."""
    await provider.send(mail(), Handover())
    relay.tell(replies={"rcpt": "550 5.1.1 no such user"})
    with pytest.raises(PermanentError):
        await provider.send(mail(), Handover())
    relay.tell(replies={})
    await provider.send(mail(), Handover())

    assert 1 == len(relay.peers)


async def test_unreachable_relay(mail):
    """A relay that cannot be reached is no mail's fault."""
    with pytest.raises(UnavailableError, match="ConnectionRefusedError"):
        await provider_of(SimpleNamespace(host="127.0.0.1", port=9)).send(mail(), Handover())


@pytest.mark.parametrize("host", ["relay.invalid", "x" * 64 + ".example", "", "[::1"])
async def test_name_without_an_address(mail, host):
    """Nor is a name that nobody can resolve."""
    with pytest.raises(UnavailableError):
        await provider_of(SimpleNamespace(host=host, port=9)).send(mail(), Handover())


async def test_second_address_of_a_relay(relay, mail, monkeypatch):
    """One dead host of several is no outage."""
    loop = asyncio.get_running_loop()
    dead, alive = [await loop.getaddrinfo("127.0.0.1", port, type=SOCK_STREAM) for port in (9, relay.port)]
    # Of a kind that this host does not know.
    odd = [(12_345, SOCK_STREAM, 6, "", ("relay", 25))]

    async def found(*_, **__):
        return odd + dead + alive

    monkeypatch.setattr(loop, "getaddrinfo", found)
    provider = provider_of(relay)
    await provider.send(mail(), Handover())
    await provider.close()

    assert 1 == len(relay.mails)


async def test_relay_without_starttls_gets_nothing(relay, mail):
    """When encryption is asked for and not offered, no mail goes out in the clear."""
    with pytest.raises(UnavailableError, match="STARTTLS"):
        await provider_of(relay, starttls=True).send(mail(), Handover())
    assert [] == relay.mails


@pytest.mark.parametrize(
    "answer", ["454 4.7.0 TLS not available", "502 no", HANG_UP, b"220 go\r\n250 injected\r\n"]
)
async def test_refused_starttls(mail, answer):
    """Nor when it is offered, and then refused or broken."""
    async with ScriptedRelay({"ehlo": "250-relay\r\n250 STARTTLS", "starttls": answer}) as relay:
        with pytest.raises(UnavailableError):
            await provider_of(relay, starttls=True, seconds=1).send(mail(), Handover())

    assert all("mail" not in commands for commands in relay.commands)


async def test_cancelled_send_does_not_leave_a_broken_connection(provider, relay, mail):
    """A connection that was given up in the middle of a mail is not used for the next."""
    relay.tell(hang_at=["content"])
    sending = asyncio.create_task(provider.send(mail(), Handover()))
    assert await asyncio.to_thread(relay.is_left_hanging, "content")
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    relay.tell(hang_at=[])

    await provider.send(mail(notification_id="id-2"), Handover())

    assert "id-2" in relay.ids


async def test_address_beyond_ascii(provider, relay, mail):
    """An internationalised address is sent with SMTPUTF8."""
    await provider.send(mail(recipient="jörg@example.com"), Handover())

    [(envelope, _)] = relay.mails
    assert ["jörg@example.com"] == envelope.recipients


async def test_address_beyond_ascii_at_an_old_relay(start_relay, mail):
    """A relay without SMTPUTF8 will never take such an address; its connection is as good as before."""
    relay = start_relay(smtputf8=False)
    provider = provider_of(relay)

    with pytest.raises(PermanentError, match="beyond ASCII"):
        await provider.send(mail(recipient="jörg@example.com"), Handover())
    await provider.send(mail(), Handover())
    await provider.send(mail(), Handover())
    assert 1 == len(relay.peers)
    await provider.close()


async def test_sender_beyond_ascii_at_an_old_relay(start_relay, mail):
    """Our own address is no mail's fault."""
    provider = provider_of(start_relay(smtputf8=False))

    with pytest.raises(UnavailableError, match="sender"):
        await provider.send(mail(sender="jörg@example.com"), Handover())
    await provider.close()


@pytest.mark.parametrize("recipient", ["ada@bücher.de", "ada@xn--bcher-kva.de", "ada@BÜCHER.de"])
async def test_international_domain_needs_no_extension(mail, recipient):
    """A domain goes out as its ASCII form, which any relay takes."""
    async with ScriptedRelay() as relay:
        await provider_of(relay).send(mail(recipient=recipient), Handover())

    assert "RCPT TO:<ada@xn--bcher-kva.de>" in relay.conversations[0].arguments
    assert relay.conversations[0].content.isascii()
    assert "MAIL FROM:<us@example.com>" in relay.conversations[0].arguments


@pytest.mark.parametrize("recipient", ["ada@☃\u200b.example", "ada@" + "ü" * 80 + ".example"])
async def test_domain_that_no_name_can_be(provider, mail, recipient):
    """A domain that has no ASCII form is refused for good, and not repeated."""
    with pytest.raises(PermanentError, match="cannot be written in ASCII"):
        await provider.send(mail(recipient=recipient), Handover())


@pytest.mark.parametrize("content", [b"From: us\n\nhello\r\n", b"From: us\r\n\r\nhel\rlo\r\n"])
async def test_line_that_smtp_cannot_carry(provider, content):
    """What one server takes for the end of a line and another does not could hide a second mail."""
    mail = SimpleNamespace(
        sender="us@a.example", recipient="you@a.example", needs_smtputf8=False, to_bytes=lambda: content
    )

    with pytest.raises(PermanentError, match="cannot carry"):
        await provider.send(mail, Handover())


async def test_relay_that_vanished_is_noticed(mail):
    """A connection that the relay closed while it was idle is not used."""
    async with ScriptedRelay() as relay:
        provider = provider_of(relay)
        await provider.send(mail(), Handover())
        relay.conversations[0].transport.write(b"421 4.4.2 idle too long\r\n")
        relay.conversations[0].transport.close()
        await relay.conversations[0].is_over.wait()
        await provider.send(mail(), Handover())
        await provider.close()

    assert ["ehlo", "mail", "rcpt", "data", "content", "quit"] == relay.commands[1]
