import pytest
from pydantic import ValidationError

from email_sender.providers.choose import mail_provider
from email_sender.providers.protocol import Handover
from email_sender.settings import SenderSettings, helo_name
from tests.unit.services.email_sender.providers.scripted import ScriptedRelay

_TASK = {
    "SERVICE_NAME": "email-sender",
    "ENVIRONMENT": "test",
    "PORT": "0",
    "QUEUE_NAME": "notifications",
    "DEAD_LETTER_QUEUE_NAME": "dead-letters",
    "LEDGER_TABLE": "ledger",
    "AWS_REGION": "eu-central-1",
    "MAIL_PROVIDER": "smtp",
    "MAIL_FROM": "us@example.com",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_STARTTLS": "false",
}


@pytest.mark.parametrize(
    ("name", "mail_from", "said"),
    [
        ("", "us@example.com", "example.com"),
        ("", "us@bücher.example", "xn--bcher-kva.example"),
        ("", "us@[192.0.2.1]", "[192.0.2.1]"),
        ("mail.example.com", "us@example.com", "mail.example.com"),
        ("mail.bücher.example", "us@example.com", "mail.xn--bcher-kva.example"),
        ("relay", "us@example.com", "relay"),
        ("[192.0.2.1]", "us@example.com", "[192.0.2.1]"),
        ("[IPv6:2001:db8::1]", "us@example.com", "[IPv6:2001:db8::1]"),
    ],
)
def test_name_in_ehlo(name, mail_from, said):
    """The setting, or the domain of our address; in ASCII."""
    assert said == helo_name(name, mail_from)


@pytest.mark.parametrize(
    "name",
    [
        "mail example.com",
        "mail.example.com\r\nMAIL",
        "mail.example.com\n",
        "-mail.example.com",
        "mail-.example.com",
        "mail..example.com",
        "mail.example.com.",
        "mail_1.example.com",
        "us@example.com",
        "<mail.example.com>",
        "192.0.2.1]",
        "[192.0.2]",
        "[192.0.2.1",
        "[IPv6:192.0.2.1]",
        "[IPv6:fe80::1%eth0]",
        "[2001:db8::1]",
        "x" * 64 + ".example.com",
        "x." * 127 + "example.com",
        "ü" * 80 + ".example.com",
        "☃\u200b.example.com",
        " ",
    ],
)
def test_no_name_of_a_host(name, environ):
    """What is neither a host name nor an address in brackets is refused at the start, with a sentence."""
    with (
        environ({**_TASK, "SMTP_HELO_NAME": name}),
        pytest.raises(ValidationError, match="SMTP_HELO_NAME must be a"),
    ):
        SenderSettings()


def test_domain_of_our_address_that_is_no_name(environ):
    """The sentence says what to set when it is not the setting that is wrong."""
    with (
        environ({**_TASK, "MAIL_FROM": "us@mail_relay"}),
        pytest.raises(ValidationError, match="SMTP_HELO_NAME is not set, and the domain of MAIL_FROM"),
    ):
        SenderSettings()


@pytest.mark.parametrize(
    ("settings", "said"), [({}, "example.com"), ({"SMTP_HELO_NAME": "mail.example.org"}, "mail.example.org")]
)
async def test_setting_reaches_the_relay(environ, mail, settings, said):
    """EHLO never says an address of the loopback, and MAIL FROM of a probe is ours."""
    async with ScriptedRelay() as relay:
        with environ({**_TASK, "SMTP_PORT": str(relay.port), **settings}):
            async with mail_provider(SenderSettings()) as provider:
                await provider.probe()
                await provider.send(mail(), Handover())

        assert [f"EHLO {said}", "MAIL FROM:<us@example.com>"] == relay.conversations[0].arguments[:2]
