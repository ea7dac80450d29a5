"""A connection to a relay as mail transactions use it: several commands in one go (RFC 2920)."""

import asyncio
from typing import Self, cast

import aiosmtplib

# More than any relay says at once; one that goes on must not fill the memory.
_MOST_BYTES = 32 * 1024
_LEAST_CODE, _LARGEST_CODE = 200, 599


class SmtpConnection(asyncio.Protocol):
    """Sends commands and reads the replies; one caller at a time.

    aiosmtplib, which opens connections and logs them in, waits for each reply before the next command: a
    mail would take four round trips to the relay instead of two.

    Args:
        transport: Open, and with no reply outstanding.
        extensions: What the relay announced, in lower case.
    """

    def __init__(self, transport: asyncio.Transport, extensions: frozenset[str] = frozenset()) -> None:
        self._transport = transport
        self._extensions = extensions
        self._read = b""
        self._replies: list[aiosmtplib.SMTPResponse] = []
        self._wanted = 0
        self._settled: asyncio.Future[None] | None = None

    @classmethod
    def take_over(cls, client: aiosmtplib.SMTP) -> Self:
        """Go on with a connection that aiosmtplib opened.

        Raises:
            aiosmtplib.SMTPServerDisconnected: It is not open any more.
        """
        if client.transport is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        transport = cast(asyncio.Transport, client.transport)
        connection = cls(transport, frozenset(client.esmtp_extensions))
        transport.set_protocol(connection)
        return connection

    @property
    def is_open(self) -> bool:
        """Whether commands can be sent, as far as is known."""
        return not self._transport.is_closing()

    def announces(self, extension: str) -> bool:
        """Whether the relay said that it has this extension."""
        return extension.lower() in self._extensions

    def hang_up(self) -> None:
        """Drop the connection at once: TLS would wait for the relay's part of its farewell, up to 30 s."""
        self._transport.abort()

    async def ask(self, lines: bytes, replies: int = 1) -> list[aiosmtplib.SMTPResponse]:
        """Send these lines and wait for so many replies; fewer if the relay hangs up in between.

        Whoever gives up waiting has to hang up: the replies are still to come.

        Raises:
            aiosmtplib.SMTPServerDisconnected: The relay hung up without a reply.
            aiosmtplib.SMTPResponseException: What it sent, with code -1, is not SMTP.
        """
        if not self.is_open:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._replies, self._wanted = [], replies
        self._settled = asyncio.get_running_loop().create_future()
        self._transport.write(lines)
        try:
            await self._settled
        finally:
            self._settled = None
        return self._replies

    def data_received(self, data: bytes) -> None:
        """Take what the relay sent."""
        self._read += data
        if self._settled is None or self._settled.done():
            # Nothing was asked: it takes its leave, or answers somebody who gave up.
            self.hang_up()
            return
        try:
            self._take_replies()
        except ValueError:
            self._fail(aiosmtplib.SMTPResponseException(-1, "not a reply of SMTP"))

    def eof_received(self) -> None:
        """The relay will send no more; the transport closes itself."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever was asked will not be answered."""
        if self._settled is None or self._settled.done():
            return
        if self._replies:
            self._settled.set_result(None)
        else:
            self._fail(aiosmtplib.SMTPServerDisconnected("Connection lost"), exc)

    def _take_replies(self) -> None:
        """Move whole replies from what was read to the replies.

        Raises:
            ValueError: It is no reply, or too long.
        """
        start = 0
        while len(self._replies) < self._wanted and (end := self._read.find(b"\n", start) + 1):
            code, more = _parsed(self._read[start:end])
            if more:
                start = end
                continue
            lines = self._read[:end].splitlines()
            text = "\n".join(line[4:].strip().decode("utf-8", "replace") for line in lines)
            self._replies.append(aiosmtplib.SMTPResponse(code, text))
            self._read, start = self._read[end:], 0
        if len(self._read) > _MOST_BYTES:
            raise ValueError
        if self._settled is not None and len(self._replies) == self._wanted:
            self._settled.set_result(None)
            if self._read:
                # What was asked is answered, and it takes its leave.
                self.hang_up()

    def _fail(self, error: aiosmtplib.SMTPException, cause: Exception | None = None) -> None:
        error.__cause__ = cause
        if self._settled is not None and not self._settled.done():
            self._settled.set_exception(error)
        self.hang_up()


def _parsed(line: bytes) -> tuple[int, bool]:
    """The code of a line of a reply, and whether the reply goes on after it (RFC 5321, 4.2).

    Raises:
        ValueError: It is no such line.
    """
    code, then = int(line[:3]), line[3:4]
    if not _LEAST_CODE <= code <= _LARGEST_CODE or then not in b"- \r\n":
        raise ValueError
    return code, then == b"-"
