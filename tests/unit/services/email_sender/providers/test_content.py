"""What both providers are given of a mail."""

import pytest

from email_sender.providers.protocol import Handover, PermanentError
from email_sender.providers.ses import SesProvider
from tests.unit.services.email_sender.providers.scripted import provider_of
from tests.waiting import SOON


class FakeSes:
    """Keeps what it was asked to send."""

    def __init__(self) -> None:
        self.asked = []

    async def send_email(self, **asked):
        """Keep the request."""
        self.asked.append(asked)


@pytest.fixture
async def smtp(relay):
    """A provider that sends to the relay."""
    provider = provider_of(relay, seconds=SOON)
    yield provider
    await provider.close()


@pytest.fixture
def ses():
    """Keeps what SES is asked to send."""
    return FakeSes()


@pytest.mark.parametrize("recipient", ["ada@bücher.example", "ada@xn--bcher-kva.example"])
async def test_domain_goes_out_in_ascii(smtp, relay, ses, mail, recipient):
    """Both spellings of an international domain go out as the one that every relay and SES take."""
    await smtp.send(mail(recipient=recipient), Handover())
    await SesProvider(ses).send(mail(recipient=recipient), Handover())

    [(envelope, parsed)] = relay.mails
    assert ["ada@xn--bcher-kva.example"] == envelope.rcpt_tos == [parsed["To"]]
    assert not envelope.smtp_utf8
    assert [{"ToAddresses": ["ada@xn--bcher-kva.example"]}] == [asked["Destination"] for asked in ses.asked]


async def test_local_part_beyond_ascii_asks_for_smtputf8(smtp, relay, ses, mail):
    """A relay that knows RFC 6531 gets it as it is, and its domain in ASCII; SES is never asked."""
    await smtp.send(mail(recipient="jörg@bücher.example"), Handover())
    handover = Handover()
    with pytest.raises(PermanentError, match="SES takes no addresses with characters beyond ASCII"):
        await SesProvider(ses).send(mail(recipient="jörg@bücher.example"), handover)

    [(envelope, _)] = relay.mails
    assert ["jörg@xn--bcher-kva.example"] == envelope.rcpt_tos
    assert envelope.smtp_utf8
    assert [] == ses.asked
    assert not handover.begun


async def test_domain_without_an_ascii_spelling_is_permanent(smtp, relay, ses, mail):
    """No provider is given a mail whose domain DNS cannot know; the reason does not repeat the address."""
    for provider in (smtp, SesProvider(ses)):
        handover = Handover()
        with pytest.raises(PermanentError, match="ASCII") as refused:
            await provider.send(mail(recipient="ada@i❤.example"), handover)
        assert "ada" not in str(refused.value)
        assert not handover.begun

    assert ([], []) == (relay.mails, ses.asked)
