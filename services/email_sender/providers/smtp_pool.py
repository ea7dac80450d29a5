"""SMTP connections that are kept, since opening one costs more than sending a mail."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import aiosmtplib

from email_sender.providers.smtp_relay import Relay, hang_up

# Relays close connections that idle; better to be first than to find out with a mail in hand.
_IDLE_SECONDS = 30.0
# Some relays limit the mails of a connection, and a new one may reach a less busy host.
_MAILS = 500


@dataclass(slots=True)
class _Connection:
    client: aiosmtplib.SMTP
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
        self._idle: list[_Connection] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection for one mail; kept for the next if it is still usable afterwards.

        Raises:
            aiosmtplib.SMTPException: No connection could be opened.
            TransientError: The relay refused the login, or the login could not be read.
        """
        connection = self._take() or _Connection(await self._relay.connect())
        try:
            yield connection.client
        except aiosmtplib.SMTPResponseException:
            await self._keep_after_refusal(connection)
            raise
        except BaseException:
            hang_up(connection.client)
            raise
        self._keep(connection)

    async def close(self) -> None:
        """Take leave of the relay on every idle connection."""
        while self._idle:
            client = self._idle.pop().client
            with suppress(aiosmtplib.SMTPException):
                await client.quit(timeout=1)
            hang_up(client)

    def _take(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            fresh = self._now() - connection.idle_since < _IDLE_SECONDS
            if fresh and connection.client.is_connected:
                return connection
            hang_up(connection.client)
        return None

    async def _keep_after_refusal(self, connection: _Connection) -> None:
        """The relay said no to a mail, not to the connection: keep it, if the relay forgets the mail."""
        try:
            await connection.client.rset()
        except (aiosmtplib.SMTPException, OSError):
            hang_up(connection.client)
        except BaseException:
            hang_up(connection.client)
            raise
        else:
            self._keep(connection)

    def _keep(self, connection: _Connection) -> None:
        connection.mails += 1
        if connection.mails >= _MAILS or not connection.client.is_connected:
            hang_up(connection.client)
            return
        connection.idle_since = self._now()
        self._idle.append(connection)
