"""Mail by SMTP."""

import re

import aiosmtplib

from email_sender.mail import Mail
from email_sender.providers.protocol import PermanentError, ProviderError, ThrottledError, TransientError
from email_sender.providers.smtp_pool import SmtpPool

_PERMANENT_FROM = 500
# The relay refuses us, not the mail: what is wrong is our set-up, and mails must survive until it is
# mended. 530 wants TLS or authentication, 534, 535 and 538 are about authentication (RFC 4954).
_OUR_SETUP = frozenset({530, 534, 535, 538})
# 421 is "too many connections" in practice; 454 is how SES says "Maximum sending rate exceeded":
# https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html
_THROTTLING = frozenset({421, 454})
# Enhanced status codes for policy and congestion (RFC 3463), which large providers use for rate limits.
_THROTTLING_TEXT = re.compile(r"^4\.7\.\d+|\b4\.3\.2\b|\brate\b|\btoo many\b", re.IGNORECASE)


class SmtpProvider:
    """Sends through a relay on pooled connections.

    Args:
        pool: Connections to the relay.
    """

    def __init__(self, pool: SmtpPool) -> None:
        self._pool = pool

    async def send(self, mail: Mail) -> None:
        """Return once the relay has taken responsibility for the mail.

        Raises:
            ProviderError: It has not.
        """
        try:
            async with self._pool.connection() as connection:
                await _send(connection, mail)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            first = refused.recipients[0]
            raise _classified(first.code, first.message) from refused
        except aiosmtplib.SMTPResponseException as response:
            raise _classified(response.code, response.message) from response
        except (aiosmtplib.SMTPException, ValueError, OSError) as error:
            # ValueError: aiosmtplib's word for an address that no SMTP command can carry.
            kind = PermanentError if isinstance(error, ValueError) else TransientError
            raise kind(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Take leave of the relay."""
        await self._pool.close()


async def _send(connection: aiosmtplib.SMTP, mail: Mail) -> None:
    options = ["SMTPUTF8"] if mail.needs_smtputf8 else []
    try:
        await connection.sendmail(mail.sender, [mail.recipient], mail.to_bytes(), mail_options=options)
    except aiosmtplib.SMTPNotSupported as error:
        raise PermanentError("the relay takes no addresses with characters beyond ASCII") from error


def _classified(code: int, message: str) -> ProviderError:
    text = f"{code} {message}"
    if code in _THROTTLING:
        return ThrottledError(text)
    if code >= _PERMANENT_FROM:
        return TransientError(text) if code in _OUR_SETUP else PermanentError(text)
    return ThrottledError(text) if _THROTTLING_TEXT.search(message) else TransientError(text)
