import asyncio

import aiosmtplib
import pytest

from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_reply import Reply
from tests.waiting import SOON


class Transport:
    """What the relay sees of the connection."""

    def __init__(self) -> None:
        self.sent = b""
        self.aborted = False

    def write(self, data):
        self.sent += data

    def abort(self):
        self.aborted = True

    def is_closing(self):
        return self.aborted


@pytest.fixture
def transport():
    """An open connection."""
    return Transport()


@pytest.fixture
def connection(transport):
    """The same, as mail transactions use it."""
    return SmtpConnection(transport, frozenset({"pipelining"}))


async def asked(connection, lines, replies=1):
    """Something that was asked, and is not yet answered."""
    asking = asyncio.create_task(connection.ask(lines, replies, seconds=SOON))
    await asyncio.sleep(0)
    return asking


@pytest.mark.parametrize("size", [1, 2, 7, 100])
async def test_replies_in_any_pieces(connection, transport, size):
    """One reply or several, of one line or several, however the network cuts them."""
    asking = await asked(connection, b"MAIL\r\nRCPT\r\nDATA\r\n", 3)
    read = b"250 2.1.0 ok\r\n250-2.1.5 yes\r\n250\r\n354 go on\r\n"
    for start in range(0, len(read), size):
        assert not asking.done()
        connection.data_received(read[start : start + size])

    assert [(250, "2.1.0 ok"), (250, "2.1.5 yes\n"), (354, "go on")] == [
        (each.code, each.message) for each in await asking
    ]
    assert b"MAIL\r\nRCPT\r\nDATA\r\n" == transport.sent
    assert connection.is_open


async def test_one_after_the_other(connection):
    """Each gets its own replies."""
    for number in (b"1", b"2"):
        asking = await asked(connection, b"NOOP\r\n")
        connection.data_received(b"250 " + number + b"\r\n")
        assert [Reply(250, number.decode())] == await asking


@pytest.mark.parametrize(
    "read",
    [b"nonsense\r\n", b"25\r\n", b"\r\n", b"250+ok\r\n", b"150 early\r\n", b"600 late\r\n", b"x" * 40_000],
)
async def test_what_is_not_smtp(connection, transport, read):
    """It is said to be so, and the connection is of no use any more."""
    asking = await asked(connection, b"NOOP\r\n")
    connection.data_received(read)

    with pytest.raises(aiosmtplib.SMTPResponseException) as ended:
        await asking
    assert -1 == ended.value.code
    assert transport.aborted


async def test_hang_up_without_a_reply(connection):
    """Whoever asked is told; whoever asks next as well."""
    asking = await asked(connection, b"NOOP\r\n")
    connection.hang_up()
    connection.connection_lost(ConnectionResetError("gone"))

    with pytest.raises(aiosmtplib.SMTPServerDisconnected) as ended:
        await asking
    assert "gone" == str(ended.value.__cause__)
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await connection.ask(b"NOOP\r\n", seconds=SOON)


async def test_hang_up_after_some_replies(connection):
    """What the relay said before it went is known."""
    asking = await asked(connection, b"MAIL\r\nRCPT\r\n", 2)
    connection.data_received(b"550 no\r\n")
    connection.connection_lost(None)

    assert [Reply(550, "no")] == await asking


async def test_farewell_behind_the_reply(connection, transport):
    """The reply counts, and the connection is not used again."""
    asking = await asked(connection, b".\r\n")
    connection.data_received(b"250 taken\r\n421 enough\r\n")

    assert [Reply(250, "taken")] == await asking
    assert transport.aborted


@pytest.mark.parametrize("given_up", [False, True])
async def test_words_that_nobody_waits_for(connection, transport, given_up):
    """A relay that speaks unasked, or to somebody who gave up, is not asked again."""
    if given_up:
        asking = await asked(connection, b"NOOP\r\n")
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    connection.data_received(b"421 enough\r\n")

    assert transport.aborted


async def test_loss_while_nothing_is_asked(connection):
    """There is nobody to tell."""
    assert connection.eof_received() is None
    connection.connection_lost(None)


def test_extensions(connection):
    """In any case of letters, as relays write them."""
    assert connection.announces("PIPELINING")
    assert not connection.announces("SMTPUTF8")


def test_nothing_to_take_over():
    """A relay that hung up in the meantime leaves nothing."""
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        SmtpConnection.take_over(aiosmtplib.SMTP(hostname="127.0.0.1"))


async def test_time_of_one_question_is_not_that_of_the_next(connection):
    """A question that comes after a shorter one has all of its own time."""
    first = asyncio.create_task(connection.ask(b"NOOP\r\n", seconds=0.01))
    await asyncio.sleep(0)
    connection.data_received(b"250 ok\r\n")
    await first
    second = await asked(connection, b"NOOP\r\n")
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, over.set)
    await over.wait()

    assert not second.done()
    connection.data_received(b"250 ok\r\n")
    assert [Reply(250, "ok")] == await second


async def test_short_question_after_a_long_one_ends_in_its_own_time(connection, transport):
    """Nor does it get the rest of the time of the one before."""
    first = await asked(connection, b"NOOP\r\n")
    connection.data_received(b"250 ok\r\n")
    await first
    async with asyncio.timeout(SOON):
        with pytest.raises(TimeoutError, match="no reply in time"):
            await connection.ask(b"NOOP\r\n", seconds=0.01)

    assert transport.aborted
