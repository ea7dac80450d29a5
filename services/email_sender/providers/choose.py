"""From settings to a provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from email_sender.providers.protocol import MailProvider
from email_sender.providers.ses import SesProvider, ses_client
from email_sender.providers.smtp import SmtpProvider
from email_sender.providers.smtp_pool import SmtpPool
from email_sender.settings import SenderSettings


@asynccontextmanager
async def mail_provider(settings: SenderSettings) -> AsyncIterator[MailProvider]:
    """The provider that the settings name, closed when the block ends."""
    timeout = settings.send_timeout_seconds
    if settings.mail_provider == "ses":
        client_context = ses_client(
            region=settings.aws_region, timeout_seconds=timeout, connections=settings.concurrency
        )
        async with client_context as client:
            yield SesProvider(client)
        return
    pool = SmtpPool(
        settings.smtp_host, settings.smtp_port, starttls=settings.smtp_starttls, timeout_seconds=timeout
    )
    provider = SmtpProvider(pool)
    try:
        yield provider
    finally:
        await provider.close()
