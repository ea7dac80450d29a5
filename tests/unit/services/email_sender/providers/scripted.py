"""A relay that says what a test tells it to, over a real socket."""

import asyncio

from email_sender.providers.smtp import SmtpProvider
from email_sender.providers.smtp_limits import TimeLimits
from email_sender.providers.smtp_pool import SmtpPool
from email_sender.providers.smtp_relay import Relay
from tests.waiting import SOON

SILENCE = object()
"""No answer."""
TRICKLE = object()
"""An answer that comes a byte at a time, and never to its end."""
HANG_UP = object()
"""The connection's end, as an answer."""

# Seconds between two bytes.
_PACE = 0.01

_ANSWERS = {
    "banner": "220 relay.example ready",
    "ehlo": "250 relay.example",
    "starttls": "502 not here",
    "auth": "235 welcome",
    "mail": "250 2.1.0 from",
    "rcpt": "250 2.1.5 to",
    "data": "354 go on",
    "content": "250 2.0.0 taken",
    "rset": "250 2.0.0 forgotten",
    "quit": "221 2.0.0 bye",
}


class ScriptedRelay:
    """Answers each command as told: with a text, bytes, SILENCE, HANG_UP, or several of these in turn.

    Attributes:
        conversations: One for each connection, in order.
        silent: Set once it has been silent.

    Args:
        scripts: Answers of the first, the second... connection by command in lower case, `banner` or
            `content`; the last goes for all after it.
        pipelining: Whether it announces that several commands may come at once.
    """

    def __init__(self, *scripts: dict, pipelining: bool = True) -> None:
        self._scripts = scripts or ({},)
        self._pipelining = pipelining
        self.conversations = []
        self.silent = asyncio.Event()

    async def __aenter__(self):
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._converse, "127.0.0.1", 0)
        self.host, self.port = self._server.sockets[0].getsockname()
        return self

    async def __aexit__(self, *_):
        """Listen no more, and hang up."""
        self._server.close()
        for conversation in self.conversations:
            if conversation.transport is not None:
                conversation.transport.abort()
        async with asyncio.timeout(SOON):
            for conversation in self.conversations:
                await conversation.is_over.wait()
        await self._server.wait_closed()

    @property
    def commands(self) -> list[list[str]]:
        """Commands of each connection, without their arguments."""
        return [conversation.commands for conversation in self.conversations]

    def _converse(self):
        script = self._scripts[min(len(self.conversations), len(self._scripts) - 1)]
        answers = {**_ANSWERS, **script}
        if self._pipelining and answers["ehlo"] is _ANSWERS["ehlo"]:
            answers["ehlo"] = "250-relay.example\r\n250 PIPELINING"
        self.conversations.append(_Conversation(self, answers))
        return self.conversations[-1]


class _Conversation(asyncio.Protocol):
    """One connection to it."""

    def __init__(self, relay, answers):
        self._relay = relay
        self.answers = answers
        self._read = b""
        self._takes_content = False
        self.commands = []
        self.arguments = []
        self.content = b""
        self.transport = None
        self.is_over = asyncio.Event()

    def connection_made(self, transport):
        self.transport = transport
        self._answer("banner")

    def data_received(self, data):
        self._read += data
        while not self.transport.is_closing():
            end = b"\r\n.\r\n" if self._takes_content else b"\r\n"
            head, found, rest = self._read.partition(end)
            if not found:
                return
            self._read = rest
            if self._takes_content:
                self.content = head
                self._takes_content = False
                self.commands.append("content")
                self._answer("content")
                continue
            words = head.decode().split()
            self.commands.append(words[0].lower())
            self.arguments.append(head.decode())
            self._answer(words[0].lower())

    def connection_lost(self, exc):
        del exc
        self.is_over.set()

    def _trickle(self):
        if not self.transport.is_closing():
            self.transport.write(b"2")
            asyncio.get_running_loop().call_later(_PACE, self._trickle)

    def _answer(self, command):
        answer = self.answers[command]
        for each in answer if isinstance(answer, tuple) else (answer,):
            if each is HANG_UP:
                self.transport.close()
            elif each is SILENCE:
                self._relay.silent.set()
            elif each is TRICKLE:
                self._trickle()
            else:
                self.transport.write(each if isinstance(each, bytes) else f"{each}\r\n".encode())
                self._takes_content = command == "data" and not isinstance(each, bytes) and each[0] == "3"


def provider_of(relay, *, seconds=SOON, now=None, sender="us@example.com", **how):
    """What sends to a relay, and has so many seconds for a mail."""
    options = {"starttls": False, "helo_name": "us.example.com", **how}
    clock = {} if now is None else {"now": now}
    pool = SmtpPool(Relay(relay.host, relay.port, **options), **clock)
    return SmtpProvider(pool, sender, TimeLimits(seconds))
