import asyncio
import smtplib
import ssl

import pytest

from stage.smtp_server.behaviour import Behaviour
from stage.smtp_server.server import SmtpServer
from tests.waiting import SOON


class Client:
    """A client that says lines as they are and reads replies, each without the end of its line."""

    def __init__(self, reader, writer) -> None:
        self._reader, self._writer = reader, writer

    async def __call__(self, *lines: str) -> str:
        """Say lines in one go; the reply to the last of them."""
        self.say("".join(f"{line}\r\n" for line in lines).encode())
        replies = [await self.reply() for _ in lines]
        return replies[-1]

    def say(self, data: bytes) -> None:
        """Say bytes and wait for nothing."""
        self._writer.write(data)

    async def reply(self) -> str:
        """The next reply, of one line or several; empty if the server hung up."""
        lines = [await self._line()]
        while lines[-1][3:4] == "-":
            lines.append(await self._line())
        return "\n".join(lines)

    async def _line(self) -> str:
        try:
            async with asyncio.timeout(SOON):
                return (await self._reader.readline()).decode().rstrip("\r\n")
        except ConnectionError:
            return ""

    async def mail(self, recipient="ada@example.com", content="Subject: x\r\n\r\nhello") -> str:
        """Hand a mail over, one command after the other; the first reply that is a refusal, or the last."""
        for line in ("MAIL FROM:<us@example.com>", f"RCPT TO:<{recipient}>", "DATA", f"{content}\r\n."):
            reply = await self(line)
            if reply[:1] not in {"2", "3"}:
                break
        return reply

    async def hang_up(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()


@pytest.fixture
def taken():
    """Envelopes that the server wrote down."""
    return []


@pytest.fixture
async def start(taken):
    """Starts a server in this event loop; its address is `host` and `port`."""
    started = []

    async def start(certificate=None, **behaviour) -> SmtpServer:
        server = SmtpServer(taken.append, Behaviour(**behaviour), certificate=certificate)
        listening = await server.listen("127.0.0.1", 0)
        started.append((server, listening))
        server.host, server.port = listening.sockets[0].getsockname()
        return server

    yield start
    for server, listening in started:
        listening.close()
        for connection in list(server.connections):
            connection.hang_up()


@pytest.fixture
async def connect():
    """Makes a client of a server that has been greeted, and has greeted."""
    made = []

    async def connect(server, greet="EHLO us.example.com") -> Client:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        made.append(writer)
        client = Client(reader, writer)
        if greet:
            await client.reply()
            await client(greet)
        return client

    yield connect
    for writer in made:
        writer.close()


@pytest.fixture
def by_smtplib():
    """Runs a dialogue with smtplib's client, which knows nothing of our server, in a thread of its own."""

    async def run(server, talk):
        def whole():
            with smtplib.SMTP(server.host, server.port, timeout=SOON) as client:
                return talk(client)

        return await asyncio.to_thread(whole)

    return run


@pytest.fixture
def tls(certificate):
    """A server's TLS with a certificate for 127.0.0.1, and a client's that trusts it."""
    ours = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ours.load_cert_chain(certificate)
    return ours, ssl.create_default_context(cafile=certificate)
