"""Makes the mail provider that the settings name."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from email_sender.providers.protocol import MailProvider
from email_sender.providers.ses import SesProvider, ses_client
from email_sender.providers.smtp import SmtpProvider
from email_sender.providers.smtp_limits import TimeLimits
from email_sender.providers.smtp_login import SmtpLogin, secrets_client
from email_sender.providers.smtp_pool import SmtpPool
from email_sender.providers.smtp_relay import Relay
from email_sender.settings import SenderSettings, helo_name

# A login is read before a mail, in the time that is left for the mail.
_SECRET_SECONDS = 5.0


@asynccontextmanager
async def mail_provider(settings: SenderSettings) -> AsyncIterator[MailProvider]:
    """The provider that the settings name, closed when the block ends."""
    async with AsyncExitStack() as stack:
        if settings.mail_provider == "ses":
            yield await _ses(settings, stack)
        else:
            yield await _smtp(settings, stack)


async def _ses(settings: SenderSettings, stack: AsyncExitStack) -> SesProvider:
    client_context = ses_client(
        region=settings.aws_region,
        timeout_seconds=settings.send_timeout_seconds,
        connections=settings.concurrency,
    )
    return SesProvider(await stack.enter_async_context(client_context), settings.ses_configuration_set)


async def _smtp(settings: SenderSettings, stack: AsyncExitStack) -> SmtpProvider:
    login = None
    if settings.smtp_secret:
        client_context = secrets_client(region=settings.aws_region, timeout_seconds=_SECRET_SECONDS)
        login = SmtpLogin(await stack.enter_async_context(client_context), settings.smtp_secret)
    relay = Relay(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_starttls,
        helo_name(settings.smtp_helo_name, settings.mail_from),
        login,
        implicit_tls=settings.speaks_tls_at_once,
    )
    provider = SmtpProvider(SmtpPool(relay), settings.mail_from, TimeLimits(settings.send_timeout_seconds))
    stack.push_async_callback(provider.close)
    return provider
