"""Answers that stand, connections that are replaced, and relays that take their time."""

import asyncio
from types import SimpleNamespace

import pytest

from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    TransientError,
    UnavailableError,
    UncertainError,
)
from email_sender.providers.smtp_connection import SmtpConnection
from tests.unit.services.email_sender.providers.scripted import (
    HANG_UP,
    SILENCE,
    TRICKLE,
    ScriptedRelay,
    provider_of,
)
from tests.waiting import SOON

# Far less than the relay's silence, and far more than the rest takes.
_SHORT = 0.3


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ({"content": "554 5.7.1 spam", "rset": SILENCE}, PermanentError),
        ({"content": "554 5.7.1 spam", "rset": HANG_UP}, PermanentError),
        ({"content": "554 5.7.1 spam", "rset": "421 4.3.0 leave me"}, PermanentError),
        ({"content": ("554 5.7.1 spam", HANG_UP)}, PermanentError),
        ({"content": b"554 5.7.1 spam\r\nnonsense\r\n"}, PermanentError),
        ({"content": b"554 5.7.1 spam\r\n421 4.3.0 bye\r\n"}, PermanentError),
        ({"rcpt": "550 5.1.1 no such user", "rset": SILENCE}, PermanentError),
        ({"rcpt": ("550 5.1.1 no such user", HANG_UP)}, PermanentError),
        ({"rcpt": "550 5.1.1 no such user", "data": HANG_UP}, PermanentError),
        ({"rcpt": "550 5.1.1 no such user", "data": SILENCE}, PermanentError),
        ({"rcpt": "550 5.1.1 no such user", "data": "nonsense"}, PermanentError),
        ({"rcpt": "450 4.7.1 greylisted", "data": "503 5.5.1 what?"}, TransientError),
        ({"rcpt": "550 5.1.1 no such user", "data": "354 go on all the same"}, PermanentError),
        ({"mail": "550 5.7.1 no", "rcpt": SILENCE}, UnavailableError),
        ({"mail": ("550 5.7.1 no", HANG_UP)}, UnavailableError),
    ],
)
def test_definite_answer_stands(to_the_end, mail, script, kind, pipelining):
    """Whatever follows a refusal changes nothing and is not waited for; a refused mail's content stays."""

    async def refused():
        async with ScriptedRelay(script, pipelining=pipelining) as relay:
            provider = provider_of(relay)
            with pytest.raises(kind, match=r"550|554|450") as ended:
                await provider.send(mail(), Handover())
            assert kind is type(ended.value)
            assert ("content" in script) is bool(relay.conversations[0].content)
            await provider.close()

    to_the_end(refused())


@pytest.mark.parametrize("then", [HANG_UP, "421 4.3.0 bye", "554 5.7.1 after all", "nonsense", b"\x00"])
async def test_mail_that_was_taken_stays_taken(mail, then):
    """Whatever the relay says after it took a mail, it took it; and it is no answer to the next one."""
    async with ScriptedRelay({"content": ("250 2.0.0 taken", then)}, {}) as relay:
        provider = provider_of(relay)
        await provider.send(mail(), Handover())
        await provider.send(mail(), Handover())
        await provider.close()

    assert 2 == len(relay.conversations)


@pytest.mark.parametrize("answer", ["250 2.0.0 taken", "554 5.7.1 spam", "451 4.7.1 later"])
def test_answer_in_the_moment_of_giving_up_stands(to_the_end, mail, answer, monkeypatch):
    """An answer that has come is not lost because the caller's time runs out before he looks at it."""

    async def answered():
        async with ScriptedRelay({"content": answer}) as relay:
            provider = provider_of(relay)
            sending = asyncio.create_task(provider.send(mail(), Handover()))
            take = SmtpConnection._take  # noqa: SLF001 - the moment in which a reply comes

            def take_and_cancel(self, reply):
                take(self, reply)
                if reply.code == int(answer[:3]) and relay.conversations[0].content:
                    sending.cancel()

            monkeypatch.setattr(SmtpConnection, "_take", take_and_cancel)
            if answer.startswith("250"):
                await sending
            else:
                with pytest.raises((PermanentError, TransientError), match=answer[:3]):
                    await sending
            await provider.close()

    to_the_end(answered())


def test_cancelled_before_an_answer_sends_no_content(to_the_end, mail, monkeypatch):
    """Who gives up in the moment in which the relay waits for the content does not send it."""

    async def cancelled():
        async with ScriptedRelay() as relay:
            sending = asyncio.create_task(provider_of(relay).send(mail(), Handover()))
            take = SmtpConnection._take  # noqa: SLF001 - the moment in which a reply comes

            def take_and_cancel(self, reply):
                take(self, reply)
                if reply.code == 354:
                    sending.cancel()

            monkeypatch.setattr(SmtpConnection, "_take", take_and_cancel)
            with pytest.raises(asyncio.CancelledError):
                await sending
        assert b"" == relay.conversations[0].content

    to_the_end(cancelled())


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    "refusal",
    [{"rcpt": "550 5.1.1 no such user", "data": "503 5.5.1 no recipient"}, {"content": "554 5.7.1 spam"}],
)
async def test_relay_is_told_to_forget_when_the_connection_is_used_next(mail, refusal, pipelining):
    """RSET comes with the next mail, over the same connection."""
    async with ScriptedRelay(refusal, pipelining=pipelining) as relay:
        provider = provider_of(relay)
        with pytest.raises(PermanentError):
            await provider.send(mail(), Handover())
        assert "rset" not in relay.commands[0]
        relay.conversations[0].answers.update(rcpt="250 fine", data="354 go on", content="250 fine")
        await provider.send(mail(), Handover())
        await provider.send(mail(), Handover())
        await provider.close()

    [commands] = relay.commands
    assert ["rset", "mail", "rcpt", "data", "content", "mail", "rcpt", "data", "content", "quit"] == commands[
        -10:
    ]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    "then",
    [
        {"mail": "421 4.4.2 idle too long"},
        {"mail": ("421 4.4.2 idle too long", HANG_UP)},
        {"mail": "451 4.3.0 not on this connection"},
        {"mail": "452 4.3.1 not on this connection"},
        {"mail": "503 5.5.1 sender already given"},
        {"mail": "530 5.7.0 authentication required"},
        {"mail": HANG_UP},
        {"mail": "nonsense"},
        {"rcpt": "421 4.3.2 shutting down"},
        {"rcpt": HANG_UP},
        {"data": HANG_UP},
        {"data": "421 4.3.2 shutting down"},
        {"data": (b"354 go on\r\n421 4.3.2 shutting down\r\n",)},
    ],
)
async def test_used_connection_is_replaced_once(mail, then, pipelining):
    """A used connection that is of no use any more costs the mail nothing: one new one is tried at once."""
    async with ScriptedRelay({}, pipelining=pipelining) as relay:
        provider = provider_of(relay)
        await provider.send(mail(), Handover())
        relay.conversations[0].answers.update(then)
        await provider.send(mail(notification_id="id-2"), Handover())

        assert 2 == len(relay.conversations)
        assert b"id-2" not in relay.conversations[0].content
        assert b"id-2" in relay.conversations[1].content
        await provider.close()


@pytest.mark.parametrize("then", [{"mail": "421 4.4.2 no"}, {"mail": HANG_UP}, {"banner": "421 4.3.2 no"}])
async def test_new_connection_is_not_replaced(mail, then):
    """The new one's answer counts, and a connection that was not used before gets no second try."""
    async with ScriptedRelay({}, then) as relay:
        provider = provider_of(relay)
        await provider.send(mail(), Handover())
        relay.conversations[0].answers["mail"] = HANG_UP
        with pytest.raises(UnavailableError):
            await provider.send(mail(), Handover())
        assert 2 == len(relay.conversations)
        with pytest.raises(UnavailableError):
            await provider.send(mail(), Handover())
        assert 3 == len(relay.conversations)


@pytest.mark.parametrize("rset", ["421 4.3.0 leave me", "502 what?", HANG_UP])
async def test_relay_that_forgets_no_mail_gets_a_new_connection(mail, rset):
    """A refusal of RSET is nobody's matter but the connection's."""
    async with ScriptedRelay({"rcpt": "550 5.1.1 no", "rset": rset}, {}) as relay:
        provider = provider_of(relay)
        with pytest.raises(PermanentError):
            await provider.send(mail(), Handover())
        await provider.send(mail(), Handover())
        await provider.close()

    assert "content" in relay.commands[1]


@pytest.mark.parametrize(
    "then", [{"rcpt": "451 4.7.1 greylisted"}, {"content": "421 4.3.0 later"}, {"content": HANG_UP}]
)
async def test_answer_about_the_mail_is_not_asked_for_twice(mail, then):
    """A used connection that refuses a recipient, or was given the content, is no reason for another one."""
    async with ScriptedRelay({}) as relay:
        provider = provider_of(relay)
        await provider.send(mail(), Handover())
        relay.conversations[0].answers.update(then)
        with pytest.raises((TransientError, UnavailableError, UncertainError)):
            await provider.send(mail(), Handover())

    assert 1 == len(relay.conversations)


async def test_connection_that_is_behind_is_waited_for(mail):
    """What follows a refusal may come a moment later; the next mail waits rather than connect again."""
    async with ScriptedRelay({"rcpt": "550 5.1.1 no", "data": SILENCE}) as relay:
        provider = provider_of(relay)
        with pytest.raises(PermanentError):
            await provider.send(mail(), Handover())
        conversation = relay.conversations[0]
        conversation.answers.update(rcpt="250 to", data="354 go on")
        sending = asyncio.create_task(provider.send(mail(), Handover()))
        await asyncio.sleep(0)
        conversation.transport.write(b"503 5.5.1 no recipient\r\n")
        await sending
        await provider.close()

    assert 1 == len(relay.conversations)


@pytest.mark.parametrize("command", ["banner", "ehlo", "mail", "content"])
def test_given_up_on_a_silent_relay(to_the_end, mail, command):
    """Whoever gives up is not held up, and leaves no connection open, at whatever stage."""

    async def given_up():
        async with ScriptedRelay({command: SILENCE}) as relay:
            sending = asyncio.create_task(provider_of(relay, seconds=10 * SOON).send(mail(), Handover()))
            await asyncio.wait_for(relay.silent.wait(), SOON)
            sending.cancel()
            done, _ = await asyncio.wait({sending}, timeout=SOON)
            assert {sending} == done
            assert sending.cancelled()
            await asyncio.wait_for(relay.conversations[0].is_over.wait(), SOON)

    to_the_end(given_up())


def test_given_up_on_a_connection_that_is_behind(to_the_end, mail):
    """Nor one that was waited for."""

    async def given_up():
        async with ScriptedRelay({"rcpt": "550 5.1.1 no", "data": SILENCE}) as relay:
            provider = provider_of(relay)
            with pytest.raises(PermanentError):
                await provider.send(mail(), Handover())
            sending = asyncio.create_task(provider.send(mail(), Handover()))
            await asyncio.sleep(0)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await asyncio.wait_for(relay.conversations[0].is_over.wait(), SOON)

    to_the_end(given_up())


async def test_connection_that_stays_behind_is_replaced(mail, monkeypatch):
    """A relay that never says what it owes gets a new connection."""
    monkeypatch.setattr("email_sender.providers.smtp_pool.CATCH_UP_SECONDS", 0.01)
    async with ScriptedRelay({"rcpt": "550 5.1.1 no", "data": SILENCE}, {}) as relay:
        provider = provider_of(relay)
        with pytest.raises(PermanentError):
            await provider.send(mail(), Handover())
        await provider.send(mail(), Handover())
        await provider.close()

    assert 2 == len(relay.conversations)


@pytest.mark.parametrize("command", ["banner", "ehlo", "mail", "rcpt", "data"])
@pytest.mark.parametrize("pipelining", [True, False])
def test_trickle_does_not_stretch_a_limit(to_the_end, mail, command, pipelining):
    """A relay that says a byte at a time has no longer than one that is silent."""

    async def trickled():
        async with ScriptedRelay({command: TRICKLE}, pipelining=pipelining) as relay:
            with pytest.raises(UnavailableError):
                await provider_of(relay, seconds=_SHORT).send(mail(), Handover())

    to_the_end(trickled())


@pytest.mark.parametrize(
    ("whole", "before", "content"),
    [(100, (30, 40), (60, 100)), (1_000, (300, 300), (600, 600)), (10_000, (300, 300), (600, 600))],
)
@pytest.mark.parametrize("pipelining", [True, False])
async def test_each_stage_has_its_limit(mail, monkeypatch, whole, before, content, pipelining):
    """Before the content there are two fifths of the time, for its answer the rest, none beyond RFC 5321."""
    limits = {}
    ask = SmtpConnection.ask

    async def spy(self, lines, replies=1, *, seconds, is_last=False):
        limits["content" if is_last else lines.split()[0].decode()] = seconds
        return await ask(self, lines, replies, seconds=seconds, is_last=is_last)

    monkeypatch.setattr(SmtpConnection, "ask", spy)
    async with ScriptedRelay(pipelining=pipelining) as relay:
        await provider_of(relay, seconds=whole).send(mail(), Handover())

    assert before[0] <= limits["MAIL"] <= before[1]
    assert content[0] <= limits["content"] <= content[1]
    assert pipelining or limits["DATA"] <= 120


async def test_silence_after_the_content_is_uncertain(mail, monkeypatch):
    """The provider says so by itself when the time is over."""
    monkeypatch.setattr("email_sender.providers.smtp.CONTENT_SECONDS", 0.01)
    async with ScriptedRelay({"content": SILENCE}) as relay:
        with pytest.raises(UncertainError):
            await provider_of(relay).send(mail(), Handover())


@pytest.mark.parametrize("connections", [1, 20])
def test_all_connections_take_their_leave_at_once(to_the_end, mail, connections):
    """QUIT is said to each, and a silent relay holds nobody up for longer than one connection would."""

    async def closed():
        async with ScriptedRelay({"quit": SILENCE}) as relay:
            provider = provider_of(relay)
            await asyncio.gather(*(provider.send(mail(), Handover()) for _ in range(connections)))
            assert connections == len(relay.conversations)
            closing = asyncio.create_task(provider.close())
            async with asyncio.timeout(SOON):
                await relay.conversations[-1].is_over.wait()
                # One after the other, some would still be waiting for their turn.
                assert ["quit"] * connections == [commands[-1] for commands in relay.commands]
                await closing
                for conversation in relay.conversations:
                    await conversation.is_over.wait()

    to_the_end(closed())


async def test_mail_that_ends_after_the_farewell_keeps_no_connection(mail):
    """What is handed over while the provider closes leaves nothing open."""
    async with ScriptedRelay({"content": SILENCE}) as relay:
        provider = provider_of(relay)
        sending = asyncio.create_task(provider.send(mail(), Handover()))
        await relay.silent.wait()
        await provider.close()
        relay.conversations[0].transport.write(b"250 taken\r\n")
        await sending
        async with asyncio.timeout(SOON):
            await relay.conversations[0].is_over.wait()


async def test_probe_goes_as_far_as_our_sender(mail):
    """A probe opens a connection, offers our address, and leaves the connection to the next mail."""
    async with ScriptedRelay() as relay:
        provider = provider_of(relay)
        await provider.probe()
        await provider.send(mail(), Handover())
        await provider.close()

    assert [["ehlo", "mail", "rset", "mail", "rcpt", "data", "content", "quit"]] == relay.commands
    assert "MAIL FROM:<us@example.com>" == relay.conversations[0].arguments[1]


async def test_probe_uses_a_new_connection(mail):
    """An old connection says nothing of whether the relay takes new ones."""
    async with ScriptedRelay({}, {"banner": "421 4.3.2 no"}) as relay:
        provider = provider_of(relay)
        await provider.send(mail(), Handover())
        with pytest.raises(UnavailableError, match="421"):
            await provider.probe()
        await provider.close()


@pytest.mark.parametrize(
    "script",
    [
        {"banner": HANG_UP},
        {"banner": SILENCE},
        {"ehlo": "550 no"},
        {"mail": "550 5.1.1 no such user"},
        {"mail": "553 5.6.7 no"},
        {"mail": SILENCE},
        {"mail": ("250 from", HANG_UP)},
        {"rset": "502 what?"},
        {"rset": "nonsense"},
    ],
)
@pytest.mark.parametrize("pipelining", [True, False])
async def test_probe_of_a_relay_that_would_take_nothing(script, pipelining):
    """Whatever is wrong, it is said to be the relay's or ours."""
    async with ScriptedRelay(script, pipelining=pipelining) as relay:
        with pytest.raises(UnavailableError):
            await provider_of(relay, seconds=_SHORT).probe()


async def test_probe_of_no_relay(port):
    """Nor is a relay that is not there."""
    with pytest.raises(UnavailableError):
        await provider_of(SimpleNamespace(host="127.0.0.1", port=port)).probe()


_HOSTILE = [
    b"550 5.1.1 \x1b[2J\x1b[31m\x00\x07\x7f no\r\n",
    b"550 5.1.1 \xff\xfe j\xf6rg\r\n",
    b"550\r\n",
    b"550 \r\n",
    b"550 5.1.1\r\n",
    b"550-5.1.1 a\r\n550-\r\n550\r\n",
    b"550 5.1.1 " + b"<" * 30_000 + b"\r\n",
    b"550 5.1.1 " + b"a." * 15_000 + b"@\r\n",
    b"550 5.7.1 " + b"ip " * 10_000 + b"\r\n",
    b"550-x\r\n" * 4000 + b"550 x\r\n",
    b"550 5.999999999999999999.1 x\r\n",
    b"550 no\n",
    b"599 \xe2\x80\xa8 x\r\n",
]


@pytest.mark.parametrize("answer", _HOSTILE)
@pytest.mark.parametrize("command", ["rcpt", "content"])
def test_hostile_words_break_nothing(to_the_end, mail, command, answer):
    """Whatever a relay says with its refusal, it is a refusal of this mail, in one line that can be shown."""

    async def refused():
        async with ScriptedRelay({command: answer}) as relay:
            provider = provider_of(relay)
            with pytest.raises(PermanentError) as ended:
                await provider.send(mail(), Handover())
            assert str(ended.value).isprintable()
            assert len(str(ended.value)) <= 300
            await provider.close()

    to_the_end(refused())


@pytest.mark.parametrize(
    "answer",
    [
        b"5\r\n",
        b"\r\n",
        b"\x00\x00\r\n",
        b"550+no\r\n",
        b"\xd9\xa5\xd9\xa5\xd9\xa0 no\r\n",
        b"5 0 no\r\n",
        b"55_ no\r\n",
    ],
)
@pytest.mark.parametrize(("command", "kind"), [("rcpt", UnavailableError), ("content", UncertainError)])
def test_what_is_no_reply_is_no_refusal(to_the_end, mail, command, kind, answer):
    """It decides nothing about the mail."""

    async def ended():
        async with ScriptedRelay({command: answer}) as relay:
            with pytest.raises(kind):
                await provider_of(relay).send(mail(), Handover())

    to_the_end(ended())
