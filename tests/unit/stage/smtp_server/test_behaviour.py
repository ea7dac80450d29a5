import asyncio
import json

import pytest

from stage.smtp_server.behaviour import Behaviour
from tests.waiting import reached


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("mail", "550 5.1.2 sender not allowed"),
        ("rcpt", "451 4.3.0 later"),
        ("data", "451 4.3.0 later"),
        ("content", "554 5.7.1 spam"),
    ],
)
async def test_a_command_has_another_reply(start, connect, taken, command, reply):
    """And is not done; the connection is as good as before."""
    server = await start(replies={command: reply})
    client = await connect(server)

    assert reply == await client.mail()
    server.behave(Behaviour())
    await client("RSET")
    assert "250" == (await client.mail())[:3]
    assert 1 == len(taken)


async def test_421_is_the_last_reply(start, connect):
    """RFC 5321 section 3.8: the server closes the connection with it."""
    client = await connect(await start(replies={"mail": "421 4.3.2 shutting down"}))

    assert "421 4.3.2 shutting down" == await client.mail()
    assert "" == await client.reply()


async def test_a_busy_server_says_so_instead_of_a_greeting(start, connect):
    """As the first thing of all."""
    client = await connect(await start(replies={"banner": "421 4.3.2 too many connections"}), greet=None)

    assert ["421 4.3.2 too many connections", ""] == [await client.reply(), await client.reply()]


@pytest.mark.parametrize("command", ["banner", "ehlo", "mail", "rcpt", "data", "content"])
async def test_a_dropped_connection(start, connect, taken, command):
    """The client hears nothing more, and its mail is not written down."""
    client = await connect(await start(drop_at=[command]), greet=None)

    replies = [await client.reply(), await client("EHLO us"), await client.mail()]

    assert "" == replies[-1]
    assert (command == "banner") is (replies[0] == "")
    assert [] == taken


@pytest.mark.parametrize("command", ["mail", "rcpt", "data", "content"])
async def test_a_hanging_command_is_answered_when_the_behaviour_changes(start, connect, taken, command):
    """Until then there is silence, on this connection and at this command alone."""
    server = await start(hang_at=[command])
    client, other = await connect(server), await connect(server)

    sending = asyncio.create_task(client.mail())
    await _until(lambda: command in {connection.hangs_at for connection in server.connections})
    assert "250 2.0.0 OK" == await other("NOOP")
    assert not sending.done()
    server.behave(Behaviour(hang_at=[command]))
    assert [] == taken
    server.behave(Behaviour())

    assert "250" == (await sending)[:3]
    assert 1 == len(taken)


async def test_a_client_that_gave_up_has_sent_nothing(start, connect, taken):
    """What was left hanging on a closed connection is not done later."""
    server = await start(hang_at=["content"])
    client = await connect(server)
    sending = asyncio.create_task(client.mail())
    await _until(lambda: any(connection.hangs_at for connection in server.connections))
    sending.cancel()
    await client.hang_up()
    await _until(lambda: not server.connections)
    server.behave(Behaviour())

    assert [] == taken


async def test_time_passes_before_and_after_a_mail_is_written_down(start, connect, taken):
    """Half and half; other commands take theirs before they are answered."""
    server = await start(seconds={"content": 0.2, "mail": 0.1})
    client = await connect(server)
    loop = asyncio.get_running_loop()
    began = loop.time()
    sending = asyncio.create_task(client.mail())
    await _until(lambda: taken)
    written = loop.time()
    answered_before = sending.done()

    assert "250" == (await sending)[:3]
    assert not answered_before
    assert 0.2 <= written - began
    assert 0.3 <= loop.time() - began


async def test_replies_of_a_slow_server_keep_their_order(start, connect):
    """Commands that came in one go wait for the one before them."""
    client = await connect(await start(seconds={"mail": 0.05}))
    client.say(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nNOOP\r\n")

    assert ["250 2.1.0 OK", "250 2.1.5 OK", "250 2.0.0 OK"] == [await client.reply() for _ in range(3)]


async def test_a_refused_recipient(start, connect, taken):
    """For good; another one of the same mail is taken."""
    client = await connect(await start(refused=["no@example.com"]))

    assert "554 5.7.1 refused by policy" == await client.mail("no@example.com")
    assert "250" == (await client("RCPT TO:<ada@example.com>"))[:3]


async def test_a_greylist_takes_a_recipient_the_second_time(start, connect):
    """Each pair of addresses has a first time of its own."""
    client = await connect(await start(greylist_seconds=0.0))

    for recipient in ("ada@example.com", "grace@example.com"):
        assert "451 4.7.1 greylisted: come again later" == await client.mail(recipient)
        await client("RSET")
        assert "250" == (await client.mail(recipient))[:3]


async def test_a_greylist_has_a_first_time_that_lasts(start, connect):
    """Who comes again at once has come too early."""
    client = await connect(await start(greylist_seconds=3600.0))

    for _ in range(2):
        assert "451" == (await client.mail())[:3]
        await client("RSET")


async def test_a_throttle_lets_a_second_s_worth_pass(start, connect, taken):
    """Then it says what SES says; at this rate the next one would pass in an hour."""
    client = await connect(await start(max_mails_per_second=1 / 3600))

    assert "250" == (await client.mail())[:3]
    assert "454 Throttling failure: Maximum sending rate exceeded." == await client.mail()
    assert 1 == len(taken)


async def test_a_throttle_fills_again(start, connect):
    """A client that comes again often enough gets through."""
    client = await connect(await start(max_mails_per_second=100.0))
    replies = [await client.mail() for _ in range(150)]

    assert {"250", "454"} >= {reply[:3] for reply in replies}

    async def passes():
        return (await client.mail())[:3]

    while await passes() != "250":
        pass


def test_changes_are_made_one_upon_the_other():
    """As JSON has them, and as they are kept for the next start."""
    behaviour = Behaviour().changed({"refused": ["a@b.example"]}).changed({"seconds": {"content": 0.5}})

    assert Behaviour(refused=("a@b.example",), seconds={"content": 0.5}) == behaviour
    assert behaviour == Behaviour().changed(json.loads(behaviour.json()))


@pytest.mark.parametrize("changes", [{"colour": 1}, {"replies": {"helo": "500"}}, {"hang_at": ["Mail"]}])
def test_a_behaviour_that_there_is_not_is_an_error(changes):
    """A test that misspells it would otherwise test nothing."""
    with pytest.raises(ValueError, match="no such"):
        Behaviour().changed(changes)


async def _until(condition):
    assert await asyncio.to_thread(reached, condition)
