import asyncio
import json
import smtplib
import ssl

import pytest

from stage.smtp_server.behaviour import Behaviour
from stage.smtp_server.toxics import changes_for
from tests.waiting import SOON, reached


def toxic(kind, toxicity=1.0, **attributes):
    """A toxic as JSON has it."""
    return {"type": kind, "attributes": attributes, "toxicity": toxicity}


def suffering(*toxics):
    """The behaviour of a relay with these toxics, as the stage sets it."""
    return Behaviour().changed(changes_for(toxics))


@pytest.fixture
async def relay(start):
    """Starts a relay with these toxics."""

    async def relay(*toxics):
        server = await start()
        server.behave(suffering(*toxics))
        return server

    return relay


async def timed(awaitable):
    """Result and seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return await awaitable, loop.time() - began


async def test_latency_delays_each_reply_and_no_command(relay, connect, taken):
    """What comes in one go is answered in one go, so that it is late once."""
    server = await relay(toxic("latency", latency=200))
    client = await connect(server)

    reply, seconds = await timed(client("MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"))

    assert "354" == reply[:3]
    assert 0.2 <= seconds < 0.6
    await client("Subject: x\r\n\r\nhello\r\n.")
    assert 1 == len(taken)


async def test_jitter_never_changes_the_order(relay, connect):
    """A reply that is less late waits for the one before it."""
    client = await connect(await relay(toxic("latency", latency=20, jitter=20)))
    for number in range(30):
        client.say(f"X{number}\r\nNOOP\r\n".encode())
        await asyncio.sleep(0)

    assert 30 * ["502", "250"] == [(await client.reply())[:3] for _ in range(60)]


async def test_bandwidth_takes_a_reply_s_size(relay, connect):
    """A reply of some 100 bytes at 1 KB/s."""
    client = await connect(await relay(toxic("bandwidth", rate=1)))

    reply, seconds = await timed(client("EHLO us"))

    assert len(reply) / 1000 <= seconds


async def test_a_reset_comes_instead_of_a_greeting(relay):
    """As from a host that has nobody at this port any more: no orderly end."""
    server = await relay(toxic("reset_peer"))

    reader, writer = await asyncio.open_connection(server.host, server.port)
    with pytest.raises(ConnectionResetError):
        async with asyncio.timeout(SOON):
            await reader.read()
    writer.close()


async def test_connections_that_are_open_are_reset_too(start, connect):
    """Toxics concern what is there, not only what comes."""
    server = await start()
    client = await connect(server)
    server.behave(suffering(toxic("reset_peer", timeout=20)))

    assert "" == await client.reply()


async def test_a_timeout_is_silence_and_then_the_end(relay):
    """Nothing is said, not even a greeting."""
    server = await relay(toxic("timeout", timeout=200))

    reader, writer = await asyncio.open_connection(server.host, server.port)
    said, seconds = await timed(reader.read())
    writer.close()

    assert b"" == said
    assert 0.2 <= seconds


async def test_a_timeout_of_nothing_lasts_until_it_is_taken_away(relay, connect, taken):
    """Then everything comes that was held back, and the connection is as good as before."""
    server = await relay(toxic("timeout"))
    client = await connect(server, greet=None)
    client.say(b"EHLO us\r\n")
    greeting = asyncio.create_task(client.reply())
    assert await asyncio.to_thread(reached, lambda: bool(server.connections))
    other = await connect(server, greet=None)
    other.say(b"NOOP\r\n")

    assert not greeting.done()
    server.behave(suffering())
    assert "220" == (await greeting)[:3]
    assert "250" == (await client.reply())[:3]
    assert "250" == (await client.mail())[:3]
    assert 1 == len(taken)


async def test_limit_data_ends_a_connection_within_a_reply(relay):
    """After so many bytes, whatever they are."""
    server = await relay(toxic("limit_data", bytes=10))

    reader, writer = await asyncio.open_connection(server.host, server.port)
    said = await reader.read()
    writer.close()

    assert b"220 smtp-s" == said


async def test_slow_close_keeps_a_connection_open(relay, connect):
    """The last word is said at once, and the end comes later."""
    client = await connect(await relay(toxic("slow_close", delay=200)))

    assert "221" == (await client("QUIT"))[:3]
    _, seconds = await timed(client.reply())
    assert 0.15 <= seconds


@pytest.mark.parametrize("at", ["mail", "rcpt", "content"])
async def test_an_error_is_a_reply(relay, connect, taken, at):
    """To the command that it names, which is not done."""
    client = await connect(await relay(toxic("error", at=at, reply="451 4.3.0 later")))

    assert "451 4.3.0 later" == await client.mail()
    assert [] == taken


async def test_an_error_that_names_nothing_is_421_to_whoever_comes(relay, connect):
    """A relay that takes nobody."""
    client = await connect(await relay(toxic("error")), greet=None)

    assert ["421 4.3.2 service not available", ""] == [await client.reply(), await client.reply()]


async def test_garbage_is_no_reply(relay, by_smtplib):
    """A client that knows SMTP cannot make anything of it."""
    server = await relay(toxic("garbage"))

    with pytest.raises(smtplib.SMTPException):
        await by_smtplib(server, lambda client: client.ehlo())


@pytest.mark.parametrize(
    ("kind", "said"), [("garbage", "(?i)wrong.version.number"), ("error", "certificate verify failed")]
)
async def test_a_broken_handshake_encrypts_nothing(start, by_smtplib, tls, kind, said):
    """The relay agrees to STARTTLS, and what follows is no TLS, or somebody else's; who has it loses it."""
    server = await start(certificate=tls[0])

    def encrypted(client):
        client.starttls(context=tls[1])
        client.ehlo()
        asyncio.run_coroutine_threadsafe(broken(), loop).result(SOON)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            client.noop()

    async def broken():
        server.behave(suffering(toxic(kind, at="handshake")))

    loop = asyncio.get_running_loop()
    await by_smtplib(server, encrypted)
    with pytest.raises(ssl.SSLError, match=said):
        await by_smtplib(server, lambda client: client.starttls(context=tls[1]))
    server.behave(suffering())
    assert 220 == (await by_smtplib(server, lambda client: client.starttls(context=tls[1])))[0]


async def test_a_broken_handshake_concerns_nobody_in_the_clear(relay, connect, taken):
    """Who never asks for TLS never sees it."""
    client = await connect(await relay(toxic("garbage", at="handshake")))

    assert "250" == (await client.mail())[:3]
    assert 1 == len(taken)


async def test_toxicity_is_a_share_of_the_connections(relay, connect):
    """None at 0, some and not all between, and each connection keeps what it drew."""
    server = await relay(toxic("error", 0.5, at="rcpt", reply="451 4.3.0 later"))
    replies = []
    for _ in range(40):
        client = await connect(server)
        first = (await client.mail())[:3]
        await client("RSET")
        assert first == (await client.mail())[:3]
        replies.append(first)
    server.behave(suffering(toxic("error", 0.0, at="rcpt", reply="451 4.3.0 later")))

    assert {"250", "451"} == set(replies)
    assert "250" == (await (await connect(server)).mail())[:3]


async def test_a_relay_with_enough_connections_tells_the_next_one_so(relay, connect):
    """And takes one again once another has gone."""
    server = await relay(toxic("error", max_connections=1))
    first = await connect(server)
    second = await connect(server, greet=None)

    assert "421 4.3.2 too many connections, come again later" == await second.reply()
    assert "250" == (await first.mail())[:3]
    await first.hang_up()
    assert await asyncio.to_thread(reached, lambda: not server.connections)
    assert "250" == (await (await connect(server)).mail())[:3]


async def test_greylist_and_rate_are_the_relay_s_own(relay, connect):
    """They concern mails, on whichever connection; healed, they are gone."""
    server = await relay(
        toxic("error", greylist_seconds=3600.0), toxic("error", max_mails_per_second=1 / 3600)
    )
    client = await connect(server)

    assert "451" == (await client.mail())[:3]
    server.behave(suffering())
    await client("RSET")
    assert ["250", "250"] == [(await client.mail())[:3] for _ in range(2)]


def test_healing_takes_everything_away():
    """Whatever was changed before."""
    toxics = [toxic("error", max_connections=1), toxic("latency", latency=5)]

    assert Behaviour() == suffering(*toxics).changed(changes_for(()))


def test_toxics_are_kept_for_the_next_start():
    """As every behaviour is."""
    behaviour = suffering(toxic("latency", 0.5, latency=5))

    assert behaviour == Behaviour().changed(json.loads(behaviour.json()))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (toxic("latence"), "there are latency, bandwidth"),
        (toxic("latency", delay=5), "it has jitter, latency"),
        (toxic("latency", 1.5, latency=5), "from 0 to 1"),
        (toxic("latency", latency=-5), "from 0"),
        (toxic("error", at="helo"), "no such command: helo"),
        (toxic("error", 0.5, greylist_seconds=1.0), "its toxicity is 1"),
    ],
)
def test_a_toxic_that_there_is_not_is_an_error(wrong, said):
    """A scenario that misspells it would otherwise show nothing."""
    with pytest.raises(ValueError, match=said):
        suffering(wrong)
