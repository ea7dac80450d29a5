"""SMTP connections that are kept, since opening one costs more than sending a mail."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiosmtplib

from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_relay import Relay

# Relays close connections that idle; better to be first than to find out with a mail in hand.
_IDLE_SECONDS = 30.0
# Some relays limit the mails of a connection, and a new one may reach a less busy host.
_MAILS = 500
_DONE = 250


@dataclass(slots=True)
class _Kept:
    connection: SmtpConnection
    mails: int = 0
    idle_since: float = 0.0


class SmtpPool:
    """Hands out connections, the most recently used first, and opens one when there is none.

    How many are open is bounded by how many are in use at once, which the caller bounds.

    Args:
        relay: What to connect to.
        now: Seconds on a clock that only goes forward.
    """

    def __init__(self, relay: Relay, *, now: Callable[[], float] = time.monotonic) -> None:
        self._relay = relay
        self._now = now
        self._idle: list[_Kept] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[SmtpConnection]:
        """A connection for one mail; kept for the next if it is still usable afterwards.

        Raises:
            aiosmtplib.SMTPException: No connection could be opened.
            TransientError: The relay refused the login, or the login could not be read.
        """
        kept = self._take() or _Kept(await self._relay.connect())
        try:
            yield kept.connection
        except aiosmtplib.SMTPResponseException:
            await self._keep_after_refusal(kept)
            raise
        except BaseException:
            kept.connection.hang_up()
            raise
        self._keep(kept)

    async def close(self) -> None:
        """Take leave of the relay on every idle connection."""
        while self._idle:
            connection = self._idle.pop().connection
            with suppress(aiosmtplib.SMTPException, TimeoutError):
                async with asyncio.timeout(1):
                    await connection.ask(b"QUIT\r\n")
            connection.hang_up()

    def _take(self) -> _Kept | None:
        while self._idle:
            kept = self._idle.pop()
            if self._now() - kept.idle_since < _IDLE_SECONDS and kept.connection.is_open:
                return kept
            kept.connection.hang_up()
        return None

    async def _keep_after_refusal(self, kept: _Kept) -> None:
        """The relay said no to a mail, not to the connection: keep it, if the relay forgets the mail."""
        try:
            [answer] = await kept.connection.ask(b"RSET\r\n")
        except aiosmtplib.SMTPException:
            kept.connection.hang_up()
        except BaseException:
            kept.connection.hang_up()
            raise
        else:
            if answer.code == _DONE:
                self._keep(kept)
            else:
                kept.connection.hang_up()

    def _keep(self, kept: _Kept) -> None:
        kept.mails += 1
        if kept.mails >= _MAILS or not kept.connection.is_open:
            kept.connection.hang_up()
            return
        kept.idle_since = self._now()
        self._idle.append(kept)
