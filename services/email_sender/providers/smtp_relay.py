"""The SMTP server that mails are handed to."""

import asyncio
import socket
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from email_sender.providers.protocol import UnavailableError
from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_limits import ADDRESS_SECONDS, COMMAND_SECONDS, CONNECT_SECONDS
from email_sender.providers.smtp_login import SmtpLogin
from email_sender.providers.smtp_refusals import RefusedError
from email_sender.providers.smtp_reply import Reply
from email_sender.providers.smtp_rules import Stage
from email_sender.reason import fit_reason


@dataclass(frozen=True)
class Relay:
    """Address of a relay and the way of connecting to it.

    Attributes:
        host: Its name or address.
        port: Its port.
        starttls: Whether a connection that begins in the clear must be encrypted before a mail.
        helo_name: Our name in EHLO. Asking the resolver for it could block the event loop for seconds.
        login: Logs each connection in; None if the relay wants no login.
        implicit_tls: Whether the relay speaks TLS from the first byte (RFC 8314, 3.3); there is nothing left
            for STARTTLS to encrypt then.
    """

    host: str
    port: int
    starttls: bool
    helo_name: str
    login: SmtpLogin | None = None
    implicit_tls: bool = False

    async def connect(self, seconds: float) -> SmtpConnection:
        """A connection that is ready for a mail.

        Args:
            seconds: Maximum wait for all of it.

        Raises:
            UnavailableError: There is none, and whatever the reason, it is no mail's fault.
        """
        client = _Client(
            hostname=self.host,
            use_tls=self.implicit_tls,
            start_tls=False,
            timeout=COMMAND_SECONDS,
            local_hostname=self.helo_name,
        )
        try:
            async with asyncio.timeout(seconds):
                await self._open(client)
            return SmtpConnection.take_over(client)
        except UnavailableError:
            client.close()
            raise
        except aiosmtplib.SMTPResponseException as refused:
            client.close()
            reply = Reply(refused.code, refused.message)
            raise RefusedError(Stage.OPENING, reply).provider_error("") from None
        except TimeoutError:
            client.close()
            raise UnavailableError("the relay took too long to open a connection") from None
        except Exception as error:  # noqa: BLE001 - none of them may end as the mail's fault
            # Whatever a resolver, a network, TLS or a relay can think of: the next mail would meet it, too.
            client.close()
            raise UnavailableError(fit_reason(f"{type(error).__name__}: {error}")) from None
        except BaseException:
            client.close()
            raise

    async def _open(self, client: aiosmtplib.SMTP) -> None:
        async with asyncio.timeout(CONNECT_SECONDS):
            dialled = await self._dial()
        try:
            # A limit of aiosmtplib's is asyncio.wait_for, which before Python 3.12 ignores a caller who gives
            # up in the moment in which the connection is there: the greeting would then be waited for.
            async with asyncio.timeout(COMMAND_SECONDS):
                await client.connect(sock=dialled, timeout=None)
        except BaseException:
            # The client closes what it has made of the socket; one that it had not got to is still ours.
            if client.transport is None:
                dialled.close()
            raise
        await client.ehlo()
        if self.starttls and not self.implicit_tls:
            await client.starttls()
            # What it said in the clear may have been somebody else's (RFC 3207, 4.2).
            await client.ehlo()
        if self.login is not None:
            await self.login.log_in(client)

    async def _dial(self) -> socket.socket:
        """A socket that is connected to the first of the relay's addresses that takes it.

        Raises:
            OSError: None does.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        error = OSError("the relay's name has no address")
        for family, kind, protocol, _, address in found:
            try:
                dialled = socket.socket(family, kind, protocol)
            except OSError as unknown:
                # This host has no addresses of that kind.
                error = unknown
                continue
            dialled.setblocking(False)
            try:
                async with asyncio.timeout(ADDRESS_SECONDS):
                    await loop.sock_connect(dialled, address)
            except OSError as refused:
                dialled.close()
                error = refused
            except BaseException:
                dialled.close()
                raise
            else:
                return dialled
        raise error


class _Client(aiosmtplib.SMTP):
    """SMTP client that closes its connection at once, where aiosmtplib would wait for TLS's farewell."""

    def close(self) -> None:
        # As SmtpConnection.hang_up does, and for its reason.
        if self.transport is not None:
            cast(asyncio.WriteTransport, self.transport).abort()
        super().close()
