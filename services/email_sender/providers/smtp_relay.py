"""The SMTP server that mails are handed to."""

import asyncio
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_login import SmtpLogin


@dataclass(frozen=True)
class Relay:
    """Where it is and how to speak to it.

    Attributes:
        host: Its name or address.
        port: Its port.
        starttls: Whether a connection that begins in the clear must be encrypted before a mail.
        timeout_seconds: Longest wait for each answer.
        login: Logs each connection in; None if the relay wants no login.
        implicit_tls: Whether the relay speaks TLS from the first byte (RFC 8314, 3.3); there is nothing left
            for STARTTLS to encrypt then.
    """

    host: str
    port: int
    starttls: bool
    timeout_seconds: float
    login: SmtpLogin | None = None
    implicit_tls: bool = False

    async def connect(self) -> SmtpConnection:
        """A connection that is ready for a mail.

        Raises:
            aiosmtplib.SMTPException: No connection could be opened.
            TransientError: The relay refused the login, or the login could not be read.
        """
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.implicit_tls,
            start_tls=self.starttls and not self.implicit_tls,
            timeout=self.timeout_seconds,
            # Asking the resolver for our own name could block the event loop for seconds.
            local_hostname="[127.0.0.1]",
        )
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if self.login is not None:
                await self.login.log_in(client)
            return SmtpConnection.take_over(client)
        except BaseException:
            # As SmtpConnection.hang_up does, and for its reason.
            if client.transport is not None:
                cast(asyncio.WriteTransport, client.transport).abort()
            client.close()
            raise
