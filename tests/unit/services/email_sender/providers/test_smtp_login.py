import asyncio
import json
import traceback

import aiosmtplib
import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from email_sender.providers.choose import mail_provider
from email_sender.providers.protocol import Handover, UnavailableError
from email_sender.providers.smtp_login import SmtpLogin
from email_sender.settings import SenderSettings
from tests.unit.services.email_sender.providers.scripted import HANG_UP, SILENCE, ScriptedRelay, provider_of


class FakeSecrets:
    """Holds one secret and counts how often it is read."""

    def __init__(self) -> None:
        self.value = json.dumps({"username": "us", "password": "right"})
        self.error = None
        self.reads = 0

    async def get_secret_value(self, *, SecretId):  # noqa: N803 - AWS's name
        assert "notifications/smtp" == SecretId
        self.reads += 1
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        return {"SecretString": self.value}


class FakeConnection:
    """A connection to a relay that takes or refuses every login, perhaps later."""

    def __init__(self, *, refuses=False, answers=True) -> None:
        self.refuses = refuses
        self.asked = asyncio.Event()
        self.go_on = asyncio.Event()
        if answers:
            self.go_on.set()

    async def login(self, *_):
        self.asked.set()
        await self.go_on.wait()
        if self.refuses:
            raise aiosmtplib.SMTPAuthenticationError(535, "no")


@pytest.fixture
def secrets():
    """Secrets Manager."""
    return FakeSecrets()


@pytest.fixture
def seconds():
    """The time; its last value counts."""
    return [0.0]


@pytest.fixture
def make_provider(guarded_relay, secrets, seconds):
    """Makes what sends over connections to the relay that wants a login."""

    def make():
        login = SmtpLogin(secrets, "notifications/smtp", now=lambda: seconds[-1])
        return provider_of(guarded_relay, starttls=True, login=login, now=lambda: seconds[-1])

    return make


@pytest.fixture
async def provider(make_provider):
    """Sends over these connections."""
    provider = make_provider()
    yield provider
    await provider.close()


def _in_full(error):
    return "".join(traceback.format_exception(error))


def _says(password, username="us"):
    return json.dumps({"username": username, "password": password})


async def test_mail_goes_out_after_the_login(provider, guarded_relay, logins, mail):
    """The relay gets what is in the secret, and then the mail."""
    await provider.send(mail(notification_id="id-1"), Handover())

    assert [(b"us", b"right")] == logins.given
    assert ["id-1"] == guarded_relay.ids
    # Once in the clear, and once encrypted.
    assert ["us.example.com"] * 2 == guarded_relay.hellos


async def test_connections_that_open_at_once_read_once(provider, guarded_relay, secrets, mail):
    """The secret is read for all of them together."""
    await asyncio.gather(*(provider.send(mail(), Handover()) for _ in range(3)))

    assert 3 == len(guarded_relay.peers)
    assert 1 == secrets.reads


@pytest.mark.parametrize(("passed", "reads"), [(299.0, 1), (300.0, 2)])
async def test_secret_is_read_again_after_five_minutes(provider, secrets, seconds, mail, passed, reads):
    """A rotated password is taken up although the old one still works."""
    await provider.send(mail(), Handover())
    seconds.append(passed)
    await provider.send(mail(), Handover())

    assert secrets.reads == reads


async def test_refused_login_is_no_mail_s_fault(provider, guarded_relay, secrets, mail):
    """The operator's mistake must not throw mails away, and the log must not show the password."""
    secrets.value = _says("mistyped")

    with pytest.raises(UnavailableError) as refused:
        await provider.send(mail(), Handover())

    assert ("535: the relay refuses the username and password in the secret 'notifications/smtp'") == str(
        refused.value
    )
    assert "mistyped" not in _in_full(refused.value)
    assert "SMTPAuthenticationError" not in _in_full(refused.value)
    assert [] == guarded_relay.mails


def test_refused_connection_is_gone_at_once(to_the_end, make_provider, secrets, mail):
    """Nothing of it is left when the event loop ends, though TLS would still wait for the relay."""
    secrets.value = _says("mistyped")

    async def refused():
        provider = make_provider()
        with pytest.raises(UnavailableError):
            await provider.send(mail(), Handover())

    to_the_end(refused())


def test_connection_is_gone_when_the_provider_is_closed(to_the_end, make_provider, mail):
    """The relay was told; nobody waits for its part of TLS's farewell."""

    async def sent():
        provider = make_provider()
        await provider.send(mail(), Handover())
        await provider.close()

    to_the_end(sent())


async def test_rotated_password_needs_no_restart(provider, guarded_relay, logins, secrets, mail):
    """After a refusal the secret is read at once."""
    logins.right = (b"us", b"rotated")
    secrets.value = _says("rotated")
    await provider.send(mail(notification_id="before"), Handover())
    await provider.close()

    logins.right = (b"us", b"rotated again")
    secrets.value = _says("rotated again")
    with pytest.raises(UnavailableError):
        await provider.send(mail(notification_id="refused"), Handover())
    await provider.send(mail(notification_id="after"), Handover())

    assert ["before", "after"] == guarded_relay.ids


@pytest.mark.parametrize(
    ("answer", "why"),
    [("454 4.7.0 Temporary authentication failure", "lets nobody log in now"), ("535 no", "refuses")],
)
async def test_words_of_a_refused_login(secrets, mail, answer, why):
    """Whether it is for now is said; what the relay said is not, since it may repeat the password."""
    login = SmtpLogin(secrets, "notifications/smtp")
    async with ScriptedRelay(
        {"ehlo": "250-relay\r\n250 AUTH PLAIN LOGIN", "auth": f"{answer} right"}
    ) as relay:
        with pytest.raises(UnavailableError, match=why) as refused:
            await provider_of(relay, login=login).send(mail(), Handover())

    assert "right" not in _in_full(refused.value)


@pytest.mark.parametrize("answer", [HANG_UP, SILENCE, "nonsense", "334 "])
async def test_login_that_does_not_end(secrets, mail, answer):
    """A relay that goes away at the login is out of order."""
    login = SmtpLogin(secrets, "notifications/smtp")
    async with ScriptedRelay({"ehlo": "250-relay\r\n250 AUTH PLAIN", "auth": answer}) as relay:
        with pytest.raises(UnavailableError):
            await provider_of(relay, login=login, seconds=0.3).send(mail(), Handover())

    assert all("mail" not in commands for commands in relay.commands)


async def test_secret_that_takes_too_long(guarded_relay, mail):
    """Secrets Manager has no more time than all that comes before the content."""

    class Slow:
        async def get_secret_value(self, **_):
            await asyncio.Event().wait()

    login = SmtpLogin(Slow(), "notifications/smtp")
    with pytest.raises(UnavailableError):
        await provider_of(guarded_relay, starttls=True, login=login, seconds=0.5).send(mail(), Handover())


async def test_late_refusal_does_not_forget_a_newer_password(secrets):
    """Connections that were refused together make for one more read, not for one each."""
    login = SmtpLogin(secrets, "notifications/smtp")
    late = FakeConnection(refuses=True, answers=False)
    refused = asyncio.create_task(login.log_in(late))
    await late.asked.wait()
    with pytest.raises(UnavailableError):
        await login.log_in(FakeConnection(refuses=True))
    await login.log_in(FakeConnection())
    assert 2 == secrets.reads

    late.go_on.set()
    with pytest.raises(UnavailableError):
        await refused
    await login.log_in(FakeConnection())

    assert 2 == secrets.reads


async def test_password_beyond_ascii(provider, guarded_relay, logins, secrets, mail):
    """RFC 4616 has usernames and passwords in UTF-8."""
    logins.right = ("jörg".encode(), "pässword".encode())
    secrets.value = _says("pässword", username="jörg")

    await provider.send(mail(notification_id="id-1"), Handover())

    assert ["id-1"] == guarded_relay.ids


@pytest.mark.parametrize(
    "value",
    ["", "s3cret", '"s3cret"', '{"password": "s3cret"}', _says("s3cret", username=""), _says("")],
)
async def test_secret_that_is_no_login(provider, secrets, mail, value):
    """What is wrong is said without a word of the secret."""
    secrets.value = value

    with pytest.raises(UnavailableError, match="must hold JSON") as wrong:
        await provider.send(mail(), Handover())
    assert "s3cret" not in _in_full(wrong.value)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue"), "AccessDenied"),
        (EndpointConnectionError(endpoint_url="http://secrets"), "Could not connect"),
    ],
)
async def test_secret_that_cannot_be_read(provider, guarded_relay, secrets, mail, error, reason):
    """Mails wait for Secrets Manager as for the relay."""
    secrets.error = error

    with pytest.raises(UnavailableError, match=f"'notifications/smtp' cannot be read: .*{reason}"):
        await provider.send(mail(), Handover())
    assert [] == guarded_relay.mails


async def test_relay_without_logins(start_relay, secrets, mail):
    """A relay that offers no login gets no mail."""
    login = SmtpLogin(secrets, "notifications/smtp")
    open_relay = start_relay()

    with pytest.raises(UnavailableError, match="AUTH extension is not supported"):
        await provider_of(open_relay, login=login).send(mail(), Handover())
    assert [] == open_relay.mails


async def test_refused_connection_is_closed(provider, secrets, mail, monkeypatch):
    """The relay is not left with connections that nobody uses."""
    secrets.value = _says("mistyped")
    closed = []
    close = aiosmtplib.SMTP.close
    monkeypatch.setattr(aiosmtplib.SMTP, "close", lambda client: (closed.append(client), close(client)))

    with pytest.raises(UnavailableError):
        await provider.send(mail(), Handover())

    assert [False] == [client.is_connected for client in closed]


async def test_login_from_secrets_manager(aws_environment, environ, guarded_relay, certificate, mail, logins):
    """SMTP_SECRET is the secret's name, and Secrets Manager itself is asked."""
    secrets = boto3.client(
        "secretsmanager",
        endpoint_url=aws_environment["AWS_ENDPOINT_URL"],
        region_name=aws_environment["AWS_REGION"],
        aws_access_key_id=aws_environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=aws_environment["AWS_SECRET_ACCESS_KEY"],
    )
    secrets.create_secret(Name="notifications/smtp", SecretString=_says("right"))
    secrets.close()
    task = {
        "SERVICE_NAME": "email-sender",
        "ENVIRONMENT": "test",
        "PORT": "0",
        "QUEUE_NAME": "notifications",
        "DEAD_LETTER_QUEUE_NAME": "dead-letters",
        "LEDGER_TABLE": "ledger",
        "MAIL_PROVIDER": "smtp",
        "MAIL_FROM": "us@example.com",
        "SMTP_HOST": guarded_relay.host,
        "SMTP_PORT": str(guarded_relay.port),
        "SMTP_SECRET": "notifications/smtp",
        "SSL_CERT_FILE": str(certificate),
        **aws_environment,
    }

    with environ(task):
        async with mail_provider(SenderSettings()) as provider:
            await provider.send(mail(notification_id="id-1"), Handover())

    assert [(b"us", b"right")] == logins.given
    assert ["id-1"] == guarded_relay.ids
