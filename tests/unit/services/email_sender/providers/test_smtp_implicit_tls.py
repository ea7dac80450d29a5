import asyncio
import contextlib

import pytest

from email_sender.providers.choose import mail_provider
from email_sender.providers.protocol import Handover, UnavailableError
from email_sender.providers.smtp_login import SmtpLogin
from email_sender.settings import SenderSettings
from tests.unit.services.email_sender.providers.scripted import provider_of
from tests.waiting import SOON


class Secrets:
    """Secrets Manager with the one login."""

    async def get_secret_value(self, *, SecretId):  # noqa: N803 - AWS's name
        """Say it."""
        del SecretId
        return {"SecretString": '{"username": "us", "password": "right"}'}


@pytest.fixture
async def make_provider():
    """Makes what sends to a relay, in this way."""
    async with contextlib.AsyncExitStack() as stack:

        def make(relay, **how):
            provider = provider_of(relay, **how)
            stack.push_async_callback(provider.close)
            return provider

        yield make


@pytest.mark.parametrize("starttls", [True, False])
async def test_mail_and_login_go_over_tls_from_the_first_byte(
    tls_relay, logins, make_provider, mail, starttls
):
    """The relay is greeted encrypted; STARTTLS, whatever is said of it, has nothing left to do."""
    provider = make_provider(
        tls_relay, starttls=starttls, implicit_tls=True, login=SmtpLogin(Secrets(), "notifications/smtp")
    )

    await provider.send(mail(notification_id="id-1"), Handover())
    await provider.send(mail(notification_id="id-2"), Handover())

    assert ["id-1", "id-2"] == tls_relay.ids
    assert ["us.example.com"] == tls_relay.hellos
    assert [(b"us", b"right")] == logins.given
    assert 1 == len(tls_relay.peers)


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_from_the_first_byte_leaves_nothing_open(tls_relay, monkeypatch, mail, to_the_end, trusted):
    """On either event loop, be the relay trusted or not."""
    if not trusted:
        monkeypatch.delenv("SSL_CERT_FILE")

    async def sent():
        provider = provider_of(tls_relay, implicit_tls=True)
        with contextlib.nullcontext() if trusted else pytest.raises(UnavailableError, match="certificate"):
            await provider.send(mail(), Handover())
        await provider.close()

    to_the_end(sent())

    assert trusted is bool(tls_relay.mails)


async def test_a_certificate_that_nobody_trusts_gets_nothing(tls_relay, monkeypatch, make_provider, mail):
    """Encryption to somebody else is none."""
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(UnavailableError):
        await make_provider(tls_relay, starttls=True, implicit_tls=True).send(mail(), Handover())

    assert [] == tls_relay.ids


async def test_a_relay_that_begins_in_the_clear_gets_nothing(relay, make_provider, mail):
    """Nothing falls back to a connection that is not encrypted."""
    with pytest.raises(UnavailableError):
        await make_provider(relay, starttls=False, implicit_tls=True).send(mail(), Handover())

    assert [] == relay.ids


@pytest.mark.usefixtures("aws")
async def test_settings_reach_the_connection(tls_relay, task, environ, mail):
    """SMTP_IMPLICIT_TLS is all that a relay on a port of its own needs."""
    changes = {
        "SMTP_PORT": str(tls_relay.port),
        "SMTP_IMPLICIT_TLS": "true",
        "SMTP_HELO_NAME": "mail.example.org",
    }
    with environ({**task, **changes}):
        settings = SenderSettings()
    async with asyncio.timeout(SOON), mail_provider(settings) as provider:
        await provider.send(mail(notification_id="id-1"), Handover())

    assert ["id-1"] == tls_relay.ids
    assert ["mail.example.org"] == tls_relay.hellos
