"""SMTP connections that are kept, since opening one costs more than sending a mail."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from email_sender.providers.protocol import ProviderError
from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_limits import CATCH_UP_SECONDS, FAREWELL_SECONDS
from email_sender.providers.smtp_refusals import RefusedError
from email_sender.providers.smtp_relay import Relay

# Relays close connections that idle; better to be first than to find out with a mail to send.
_IDLE_SECONDS = 30.0
# Some relays limit the mails of a connection, and a new one may reach a less busy host.
_MAILS = 500


@dataclass(slots=True)
class Kept:
    """A connection in the pool.

    Attributes:
        connection: The connection.
        mails: How many it has been used for before.
        idle_since: When the last of them ended.
    """

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
        self._idle: list[Kept] = []
        self._is_closed = False

    @asynccontextmanager
    async def connection(self, seconds: float, *, fresh: bool = False) -> AsyncIterator[Kept]:
        """A connection for one mail; kept for the next if it is still usable afterwards.

        Nothing more is said on it once the mail is decided: the relay is told to forget a refused mail when
        the connection is used next.

        Args:
            seconds: Maximum wait for a new one.
            fresh: Whether it must be a new one.

        Raises:
            UnavailableError: No connection could be opened.
        """
        kept = (None if fresh else await self._take()) or Kept(await self._relay.connect(seconds))
        try:
            yield kept
        except RefusedError as refused:
            if refused.is_of_connection:
                kept.connection.hang_up()
            else:
                kept.connection.needs_reset = True
                self._keep(kept)
            raise
        except ProviderError:
            # The relay was not asked: it announced that it takes no such mail.
            self._keep(kept)
            raise
        except BaseException:
            kept.connection.hang_up()
            raise
        self._keep(kept)

    async def close(self) -> None:
        """Close all idle connections with QUIT at once, and wait for no more than a second."""
        self._is_closed = True
        idle, self._idle = self._idle, []
        farewells = (kept.connection.ask(b"QUIT\r\n", seconds=FAREWELL_SECONDS) for kept in idle)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_SECONDS):
                    await asyncio.gather(*farewells, return_exceptions=True)
        finally:
            for kept in idle:
                kept.connection.hang_up()

    async def _take(self) -> Kept | None:
        unready = []
        taken = None
        while self._idle and taken is None:
            kept = self._idle.pop()
            if self._now() - kept.idle_since >= _IDLE_SECONDS or not kept.connection.is_open:
                kept.connection.hang_up()
            elif kept.connection.is_ready:
                taken = kept
            else:
                # The relay has yet to answer what followed the command that it refused.
                unready.append(kept)
        if taken is None and unready:
            taken = unready.pop(0)
        self._idle += reversed(unready)
        if taken is None:
            return None
        try:
            is_ready = await taken.connection.catch_up(CATCH_UP_SECONDS)
        except BaseException:
            taken.connection.hang_up()
            raise
        if not is_ready:
            taken.connection.hang_up()
        return taken if is_ready else None

    def _keep(self, kept: Kept) -> None:
        kept.mails += 1
        if kept.mails >= _MAILS or self._is_closed or not kept.connection.is_open:
            kept.connection.hang_up()
            return
        kept.idle_since = self._now()
        self._idle.append(kept)
