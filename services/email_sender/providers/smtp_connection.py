"""A connection to a relay as mail transactions use it: several commands in one go (RFC 2920)."""

import asyncio
from typing import Self, cast

import aiosmtplib

from email_sender.providers.smtp_reply import Reply

# More than any relay says at once; one that goes on must not fill the memory.
_MAX_BYTES = 32 * 1024
_MIN_CODE, _MAX_CODE = 200, 599
_DIGITS = 3
# First digits of replies (RFC 5321, 4.2.1).
_GO_ON, _NOT_NOW = 3, 4


class SmtpConnection(asyncio.Protocol):
    """Sends commands and reads the replies; one caller at a time.

    aiosmtplib, which opens connections and logs them in, waits for each reply before the next command: a
    mail would take four round trips to the relay instead of two.

    Args:
        transport: Open, and with no reply outstanding.
        extensions: What the relay announced, in lower case.

    Attributes:
        needs_reset: Whether the relay may remember a mail that it refused.
    """

    def __init__(self, transport: asyncio.Transport, extensions: frozenset[str] = frozenset()) -> None:
        self._transport = transport
        self._extensions = extensions
        self._read = b""
        # Where the line begins that is read next, and the first digit of the reply that it goes on with.
        self._line = 0
        self._kind = 0
        self._replies: list[Reply] = []
        self._outstanding = 0
        self._settled: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._until = 0.0
        self._caught_up: asyncio.Future[None] | None = None
        self.needs_reset = False

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
        """Whether commands can be sent some time, as far as is known."""
        return not self._transport.is_closing()

    @property
    def is_ready(self) -> bool:
        """Whether commands can be sent now: it is open, and everything asked so far is answered."""
        return self.is_open and not self._outstanding

    def announces(self, extension: str) -> bool:
        """Whether the relay said that it has this extension."""
        return extension.lower() in self._extensions

    def hang_up(self) -> None:
        """Drop the connection at once: TLS would wait for the relay's part of its farewell, up to 30 s."""
        self._transport.abort()

    async def ask(
        self, lines: bytes, replies: int = 1, *, seconds: float, is_last: bool = False
    ) -> list[Reply]:
        """Send these lines and wait for so many replies.

        A refusal among them ends the wait, since what follows it changes nothing, be it a hang-up or silence:
        it is the last of what is returned, and the rest is read when it comes.

        Whoever gives up waiting has to hang up: the replies are still to come.

        Args:
            lines: Commands, or a mail's content.
            replies: How many replies they get.
            seconds: Maximum wait for all of them together, however little at a time the relay says.
            is_last: Whether the reply decides what became of a mail. As a refusal does, it stands although
                the caller is cancelled in the moment in which it comes.

        Raises:
            TimeoutError: A reply did not come in time.
            aiosmtplib.SMTPServerDisconnected: The relay hung up before the last reply.
            aiosmtplib.SMTPResponseException: What it sent, with code -1, is not SMTP.
        """
        if not self.is_ready:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        loop = asyncio.get_running_loop()
        self._replies, self._outstanding, self._error = [], replies, None
        self._settled = settled = loop.create_future()
        self._limit(loop, seconds)
        self._transport.write(lines)
        try:
            await settled
        except asyncio.CancelledError:
            if not (settled.done() and self._replies and (is_last or self._replies[-1].kind >= _NOT_NOW)):
                self._outstanding = 0
                raise
        finally:
            self._settled = None
        if self._error is not None:
            raise self._error
        return self._replies

    async def catch_up(self, seconds: float) -> bool:
        """Wait for what the relay has yet to answer behind a refusal; tell if the connection is ready."""
        if self.is_open and self._outstanding:
            loop = asyncio.get_running_loop()
            self._caught_up = loop.create_future()
            limit = loop.call_later(seconds, self.hang_up)
            try:
                await self._caught_up
            finally:
                limit.cancel()
                self._caught_up = None
        return self.is_ready

    def data_received(self, data: bytes) -> None:
        """Take what the relay sent."""
        self._read += data
        try:
            self._take_replies()
        except ValueError:
            self._end(aiosmtplib.SMTPResponseException(-1, "not a reply of SMTP"))
            self.hang_up()
            return
        if self._outstanding:
            return
        self._tell_caught_up()
        if self._read:
            # Everything is answered: it takes its leave, or answers somebody who gave up.
            self.hang_up()

    def eof_received(self) -> None:
        """The relay will send no more; the transport closes itself."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the commands under way: they will not be answered."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        error = aiosmtplib.SMTPServerDisconnected("Connection lost")
        error.__cause__ = exc
        self._end(error)

    def _take_replies(self) -> None:
        """Move whole replies from what was read to the replies.

        Raises:
            ValueError: It is no reply, or too long.
        """
        while self._outstanding and (end := self._read.find(b"\n", self._line) + 1):
            line = self._read[self._line : end]
            code, more = _parsed(line)
            if self._kind not in {0, code // 100}:
                # Lines of one reply that say yes and no (RFC 5321, 4.2.1 has them say the same).
                raise ValueError
            if more:
                self._kind, self._line = code // 100, end
                continue
            lines = self._read[:end].splitlines() if self._line else [line]
            text = "\n".join([each[4:].strip().decode("utf-8", "replace") for each in lines])
            self._read, self._kind, self._line = self._read[end:], 0, 0
            self._outstanding -= 1
            self._take(Reply(code, text))
        if len(self._read) > _MAX_BYTES:
            raise ValueError

    def _take(self, reply: Reply) -> None:
        if self._settled is not None and not self._settled.done():
            self._replies.append(reply)
            if not self._outstanding or reply.kind >= _NOT_NOW:
                self._settled.set_result(None)
        elif reply.kind == _GO_ON:
            # It waits for the content of a mail that it refused. It gets none.
            self.hang_up()

    def _limit(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """Set the time limit of the commands under way.

        A timer goes on until it is over, whatever is asked meanwhile, and sees then what it is for: one for
        each question would be a tenth of what a mail costs.
        """
        self._until = loop.time() + seconds
        if self._timer is not None and self._timer.when() > self._until:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._timer = loop.call_at(self._until, self._look_at_time, loop)

    def _look_at_time(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if self._settled is None or self._settled.done() or not self.is_open:
            return
        if loop.time() < self._until:
            self._timer = loop.call_at(self._until, self._look_at_time, loop)
            return
        self._end(TimeoutError("no reply in time"))
        self.hang_up()

    def _end(self, error: Exception) -> None:
        """Fail the commands under way with this error."""
        self._outstanding = 0
        self._tell_caught_up()
        if self._settled is not None and not self._settled.done():
            self._error = error
            self._settled.set_result(None)

    def _tell_caught_up(self) -> None:
        if self._caught_up is not None and not self._caught_up.done():
            self._caught_up.set_result(None)


def _parsed(line: bytes) -> tuple[int, bool]:
    """The code of a line of a reply, and whether the reply goes on after it (RFC 5321, 4.2).

    Raises:
        ValueError: It is no such line.
    """
    code, then = line[:_DIGITS], line[_DIGITS : _DIGITS + 1]
    if not code.isdigit() or not _MIN_CODE <= int(code) <= _MAX_CODE or then not in b"- \r\n":
        raise ValueError
    return int(code), then == b"-"
