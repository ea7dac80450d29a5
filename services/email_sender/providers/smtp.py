"""Mail by SMTP."""

import asyncio
import re
from typing import NamedTuple

import aiosmtplib

from email_sender.mail import Mail
from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    UnavailableError,
    UncertainError,
)
from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_limits import COMMAND_SECONDS, CONTENT_SECONDS, DATA_SECONDS, TimeLimits
from email_sender.providers.smtp_pool import Kept, SmtpPool
from email_sender.providers.smtp_refusals import RefusedError
from email_sender.providers.smtp_rules import Stage
from email_sender.reason import fit_reason
from shared.address import with_ascii_domain

# First digits of replies (RFC 5321, 4.2.1).
_DONE, _GO_ON, _NOT_NOW = 2, 3, 4
# What would end an address before its end.
_UNFIT = re.compile(r"[\s<>\x00-\x1f\x7f]")


class _Step(NamedTuple):
    """A command, and the first digit of the reply with which the dialogue goes on."""

    stage: Stage
    line: bytes
    wanted: int
    seconds: float = COMMAND_SECONDS


_RESET = _Step(Stage.MAIL, b"RSET\r\n", _DONE)
_DATA = _Step(Stage.DATA, b"DATA\r\n", _GO_ON, DATA_SECONDS)


class SmtpProvider:
    """Sends through a relay on pooled connections.

    Args:
        pool: Connections to the relay.
        sender: Address that mails come from; a probe offers it to the relay.
        limits: Maximum waits of one mail.
    """

    def __init__(self, pool: SmtpPool, sender: str, limits: TimeLimits) -> None:
        self._pool = pool
        self._sender = sender
        self._limits = limits

    async def send(self, mail: Mail, handover: Handover) -> None:
        """Return once the relay has taken responsibility for the mail.

        A reply that decides about the mail stands, whatever follows it. A connection that was used before
        and is of no use for this mail is replaced by a new one, once, as long as no content was sent.

        Raises:
            ProviderError: It has not; without a reply to the content nobody knows. None says the address.
        """
        content = _checked(mail)
        until = asyncio.get_running_loop().time() + self._limits.before_content_seconds
        try:
            try:
                await self._send(mail, content, handover, until, fresh=False)
            except _FreshConnectionNeeded:
                await self._send(mail, content, handover, until, fresh=True)
        except RefusedError as refused:
            raise refused.provider_error(mail.recipient) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            kind = UncertainError if handover.begun else UnavailableError
            raise kind(fit_reason(f"{type(error).__name__}: {error}", mail.recipient)) from None

    async def probe(self) -> None:
        """Return if the relay takes a new connection, the login and our sender's address.

        The connection is kept for the next mail.

        Raises:
            UnavailableError: It does not.
        """
        until = asyncio.get_running_loop().time() + self._limits.before_content_seconds
        try:
            sender = _fit(self._sender)
            if sender is None:
                raise UnavailableError("MAIL_FROM is an address that SMTP cannot carry")
            async with self._pool.connection(self._limits.before_content_seconds, fresh=True) as kept:
                await _say(
                    kept.connection,
                    [_mail_from(kept.connection, sender, extended=not sender.isascii()), _RESET],
                    until,
                )
        except RefusedError as refused:
            raise refused.provider_error("") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise UnavailableError(fit_reason(f"{type(error).__name__}: {error}")) from None

    async def close(self) -> None:
        """Close all connections with QUIT."""
        await self._pool.close()

    async def _send(
        self, mail: Mail, content: bytes, handover: Handover, until: float, *, fresh: bool
    ) -> None:
        loop = asyncio.get_running_loop()
        async with self._pool.connection(until - loop.time(), fresh=fresh) as kept:
            try:
                connection = kept.connection
                steps = [
                    _mail_from(connection, mail.sender, extended=mail.needs_smtputf8),
                    _Step(Stage.RCPT, f"RCPT TO:<{mail.recipient}>\r\n".encode(), _DONE),
                    _DATA,
                ]
                if connection.needs_reset:
                    steps.insert(0, _RESET)
                await _say(connection, steps, until)
                connection.needs_reset = False
                if not connection.is_ready:
                    # 354 was the last that it said.
                    raise aiosmtplib.SMTPServerDisconnected("Connection lost")
            except (RefusedError, aiosmtplib.SMTPException, OSError) as error:
                if _is_worth_another(kept, error):
                    raise _FreshConnectionNeeded from error
                raise
            handover.begun = True
            left = until + self._limits.whole_seconds - self._limits.before_content_seconds - loop.time()
            # A line that begins with a dot gets a second one, since a dot alone is the end (RFC 5321, 4.5.2).
            lines = content.replace(b"\r\n.", b"\r\n..") + b".\r\n"
            [reply] = await connection.ask(lines, seconds=min(left, CONTENT_SECONDS), is_last=True)
            if reply.kind == _GO_ON:
                raise aiosmtplib.SMTPResponseException(reply.code, "no reply to a mail's content")
            if reply.kind != _DONE:
                raise RefusedError(Stage.CONTENT, reply)


class _FreshConnectionNeeded(Exception):  # noqa: N818 - a step of the way, and no error
    """A connection that was used before is of no use any more, and no content was sent on it."""


def _is_worth_another(kept: Kept, error: Exception) -> bool:
    """Whether a new connection may do what one that was used before did not."""
    task = asyncio.current_task()
    if not kept.mails or (task is not None and task.cancelling()):
        return False
    if isinstance(error, RefusedError):
        return error.is_of_connection
    # Silence is no sign of a connection that is gone, and has used up the time.
    return not isinstance(error, TimeoutError)


def _checked(mail: Mail) -> bytes:
    """Content of a mail that SMTP can carry.

    Raises:
        UnavailableError: SMTP cannot carry the sender, which is ours and the same for all mails.
        PermanentError: It cannot carry another address or the content.
    """
    content = mail.to_bytes()
    if _fit(mail.sender) is None:
        raise UnavailableError("MAIL_FROM is an address that SMTP cannot carry")
    if _UNFIT.search(mail.recipient) or _has_unfit_line_end(content):
        raise PermanentError("the mail has an address or a line that SMTP cannot carry")
    if mail.has_unfit_domain:
        raise PermanentError("the domain of an address cannot be written in ASCII (IDNA 2008)")
    return content


def _has_unfit_line_end(content: bytes) -> bool:
    """Whether there is a CR or an LF alone: one server takes it for the end of a line, another does not."""
    return not content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n")


def _fit(address: str) -> str | None:
    """An address as the connection can carry it; None if it cannot."""
    try:
        fit = with_ascii_domain(address)
    except ValueError:
        return None
    return None if _UNFIT.search(fit) else fit


def _mail_from(connection: SmtpConnection, sender: str, *, extended: bool) -> _Step:
    """MAIL FROM command of a mail.

    Args:
        connection: To the relay.
        sender: Address that the mail comes from.
        extended: Whether one of the mail's addresses has characters before the @ that only RFC 6531 knows.

    Raises:
        PermanentError: The relay does not take such an address.
        UnavailableError: It does not take such a sender.
    """
    if not extended:
        return _Step(Stage.MAIL, f"MAIL FROM:<{sender}>\r\n".encode(), _DONE)
    if not connection.announces("smtputf8"):
        if not sender.isascii():
            raise UnavailableError("the relay takes no sender with characters beyond ASCII before the @")
        raise PermanentError("the relay takes no addresses with characters beyond ASCII before the @")
    return _Step(Stage.MAIL_UTF8, f"MAIL FROM:<{sender}> SMTPUTF8\r\n".encode(), _DONE)


async def _say(connection: SmtpConnection, steps: list[_Step], until: float) -> None:
    """Send these commands, pipelined where the relay announces it (RFC 2920).

    Args:
        connection: To the relay.
        steps: Commands.
        until: When they must be done, on the event loop's clock.

    Raises:
        RefusedError: It answered one of them otherwise.
        TimeoutError: It did not answer in time.
        aiosmtplib.SMTPException: It hung up, or said what is not SMTP.
    """
    now = asyncio.get_running_loop().time
    groups = [steps] if connection.announces("pipelining") else [[step] for step in steps]
    for group in groups:
        # The commands of a group have as long as its first.
        limit = min(until - now(), group[0].seconds)
        replies = await connection.ask(b"".join([step.line for step in group]), len(group), seconds=limit)
        for reply, step in zip(replies, group, strict=False):
            if reply.kind != step.wanted:
                raise RefusedError(step.stage, reply)
