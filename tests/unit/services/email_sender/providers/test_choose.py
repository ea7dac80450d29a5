import pytest

from email_sender.providers.choose import mail_provider
from email_sender.providers.ses import SesProvider
from email_sender.providers.smtp import SmtpProvider
from email_sender.settings import SenderSettings

_TASK = {
    "SERVICE_NAME": "email-sender",
    "ENVIRONMENT": "test",
    "PORT": "0",
    "QUEUE_NAME": "notifications",
    "DEAD_LETTER_QUEUE_NAME": "dead-letters",
    "LEDGER_TABLE": "ledger",
    "AWS_REGION": "eu-central-1",
    "MAIL_FROM": "us@example.com",
    "SMTP_HOST": "127.0.0.1",
}


@pytest.mark.parametrize(("name", "kind"), [("smtp", SmtpProvider), ("ses", SesProvider)])
async def test_settings_name_the_provider(environ, name, kind):
    """MAIL_PROVIDER decides how mails leave."""
    with environ({**_TASK, "MAIL_PROVIDER": name}):
        settings = SenderSettings()
        async with mail_provider(settings) as provider:
            assert type(provider) is kind
