"""Mail by SMTP."""

import re

import aiosmtplib

from email_sender.mail import Mail
from email_sender.providers.protocol import (
    Handover,
    PermanentError,
    ProviderError,
    ThrottledError,
    TransientError,
    UncertainError,
)
from email_sender.providers.smtp_connection import SmtpConnection
from email_sender.providers.smtp_pool import SmtpPool
from email_sender.suppression.dead_mailbox import is_dead_mailbox

_DONE = frozenset({250, 251})
_GO_ON = frozenset({354})
_PERMANENT_FROM = 500
# The relay refuses us, not the mail: what is wrong is our set-up, and mails must survive until it is
# mended. 530 wants TLS or authentication, 534, 535 and 538 are about authentication (RFC 4954).
_OUR_SETUP = frozenset({530, 534, 535, 538})
# 421 is "too many connections" in practice; 454 is how SES says "Maximum sending rate exceeded":
# https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html
_THROTTLING = frozenset({421, 454})
# Enhanced status codes for policy and congestion (RFC 3463), which large providers use for rate limits.
_THROTTLING_TEXT = re.compile(r"^4\.7\.\d+|\b4\.3\.2\b|\brate\b|\btoo many\b", re.IGNORECASE)
# What would end an address before its end.
_UNFIT = re.compile(r"[\s<>\x00-\x1f\x7f]")
# What one server takes for the end of a line, and another does not.
_UNFIT_CONTENT = re.compile(rb"\r(?!\n)|(?<!\r)\n")
# An answer that cannot be read has a code below every one of SMTP's.
_LEAST_CODE = 200


class SmtpProvider:
    """Sends through a relay on pooled connections.

    Args:
        pool: Connections to the relay.
    """

    def __init__(self, pool: SmtpPool) -> None:
        self._pool = pool

    async def send(self, mail: Mail, handover: Handover) -> None:
        """Return once the relay has taken responsibility for the mail.

        Raises:
            ProviderError: It has not; without an answer after DATA nobody knows.
        """
        try:
            async with self._pool.connection() as connection:
                await _send(connection, mail, handover)
        except aiosmtplib.SMTPResponseException as response:
            raise _classified(response.code, response.message, handover) from response
        except (aiosmtplib.SMTPException, OSError) as error:
            kind = UncertainError if handover.begun else TransientError
            raise kind(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Take leave of the relay."""
        await self._pool.close()


async def _send(connection: SmtpConnection, mail: Mail, handover: Handover) -> None:
    """The steps of a mail transaction; only the content can leave something unknown (RFC 5321, 4.5.3.2.6).

    A timeout is the caller's: one around all steps costs a fraction of one around each.
    """
    content = mail.to_bytes()
    if _UNFIT.search(mail.sender + mail.recipient) or _UNFIT_CONTENT.search(content):
        raise PermanentError("the mail has an address or a line that SMTP cannot carry")
    option = ""
    if mail.needs_smtputf8:
        if not connection.announces("smtputf8"):
            raise PermanentError("the relay takes no addresses with characters beyond ASCII")
        option = " SMTPUTF8"
    await _open_transaction(
        connection, f"MAIL FROM:<{mail.sender}>{option}\r\n", f"RCPT TO:<{mail.recipient}>\r\n"
    )
    handover.begun = True
    # A line that begins with a dot gets a second one, since a dot alone is the end (RFC 5321, 4.5.2).
    [answer] = await connection.ask(content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
    if answer.code not in _DONE:
        raise aiosmtplib.SMTPResponseException(*answer)


async def _open_transaction(connection: SmtpConnection, mail_from: str, rcpt_to: str) -> None:
    """Have the relay wait for the content; all in one go where it lets us (RFC 2920)."""
    steps = [(mail_from.encode(), _DONE), (rcpt_to.encode(), _DONE), (b"DATA\r\n", _GO_ON)]
    groups = [steps] if connection.announces("pipelining") else [[step] for step in steps]
    for group in groups:
        answers = await connection.ask(b"".join(line for line, _ in group), len(group))
        for answer, (_, wanted) in zip(answers, group, strict=False):
            if answer.code in wanted:
                continue
            if answers[-1].code in _GO_ON:
                # It waits for the content of a mail that it refused. It gets none.
                connection.hang_up()
            raise aiosmtplib.SMTPResponseException(*answer)
        if len(answers) < len(group):
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")


def _classified(code: int, message: str, handover: Handover) -> ProviderError:
    text = f"{code} {message}"
    if code < _LEAST_CODE:
        kind = UncertainError if handover.begun else TransientError
        return kind("the relay gave an answer that is not SMTP")
    if code in _THROTTLING:
        return ThrottledError(text)
    if code >= _PERMANENT_FROM:
        if code in _OUR_SETUP:
            return TransientError(text)
        return PermanentError(text, dead_mailbox=is_dead_mailbox(code, message))
    return ThrottledError(text) if _THROTTLING_TEXT.search(message) else TransientError(text)
