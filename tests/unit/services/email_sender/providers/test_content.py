"""What both providers are given of a mail."""

import asyncio
import email
import email.policy
import re

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from email_sender.mail import Mail
from email_sender.providers.protocol import Handover, PermanentError
from email_sender.providers.ses import SesProvider
from shared.text import MAX_HTTPS_URL_LENGTH
from tests.unit.services.email_sender.providers.scripted import provider_of
from tests.waiting import SOON

# Headers that SES sets from parameters or by itself.
_SET_BY_SES = frozenset(
    {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    }
)


class FakeSes:
    """Keeps what it was asked to send."""

    def __init__(self) -> None:
        self.asked = []

    async def send_email(self, **asked):
        """Keep the request; SES takes it."""
        self.asked.append(asked)
        return {"MessageId": "1"}


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
    assert ["ada@xn--bcher-kva.example"] == envelope.recipients == [parsed["To"]]
    assert not envelope.smtputf8
    assert [{"ToAddresses": ["ada@xn--bcher-kva.example"]}] == [asked["Destination"] for asked in ses.asked]


async def test_local_part_beyond_ascii_asks_for_smtputf8(smtp, relay, ses, mail):
    """A relay that knows RFC 6531 gets it as it is, and its domain in ASCII; SES is never asked."""
    await smtp.send(mail(recipient="jörg@bücher.example"), Handover())
    handover = Handover()
    with pytest.raises(PermanentError, match="SES takes no addresses with characters beyond ASCII"):
        await SesProvider(ses).send(mail(recipient="jörg@bücher.example"), handover)

    [(envelope, _)] = relay.mails
    assert ["jörg@xn--bcher-kva.example"] == envelope.recipients
    assert envelope.smtputf8
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


def _meaning_by_smtp(content):
    """What a mail says, as a mail program reads it."""
    parsed = email.message_from_bytes(content, policy=email.policy.SMTP)
    parts = list(parsed.iter_parts()) or [parsed]
    return {
        "from": _addresses(parsed["From"]),
        "to": _addresses(parsed["To"]),
        "reply_to": _addresses(parsed["Reply-To"]),
        "subject": parsed["Subject"],
        "parts": {
            part.get_content_subtype(): _lines(part.get_payload(decode=True).decode()) for part in parts
        },
        "headers": {name: value for name, value in parsed.items() if name not in _SET_BY_SES},
    }


def _meaning_by_ses(asked):
    """What SES makes a mail of."""
    parsed = email.message_from_string(f"From: {asked['FromEmailAddress']}\n\n", policy=email.policy.SMTP)
    simple = asked["Content"]["Simple"]
    kinds = {"Text": "plain", "Html": "html"}
    return {
        "from": _addresses(parsed["From"]),
        "to": [("", address) for address in asked["Destination"]["ToAddresses"]],
        "reply_to": [("", address) for address in asked.get("ReplyToAddresses", [])],
        "subject": simple["Subject"]["Data"],
        "parts": {kinds[kind]: _lines(part["Data"]) for kind, part in simple["Body"].items()},
        "headers": {header["Name"]: header["Value"] for header in simple["Headers"]},
    }


def _addresses(header):
    return [] if header is None else [(each.display_name, each.addr_spec) for each in header.addresses]


def _lines(text):
    """Lines, of which SMTP cannot leave the last one open."""
    return (text.replace("\r\n", "\n").removesuffix("\n") + "\n").split("\n")


@given(
    subject=st.text("aé ☃", min_size=1, max_size=120).filter(lambda text: text == " ".join(text.split())),
    body=st.text("aé \n.", min_size=1, max_size=300),
    html=st.text("<aé>\n", max_size=300),
    from_name=st.sampled_from(["", "Shop", "Books, Ltd.", "Bücher", "本屋" * 30]),
    reply_to=st.sampled_from(["", "help@example.com", "help@bücher.example"]),
    list_unsubscribe=st.sampled_from(["", "https://example.com/u?token=a%2Cb"]),
    traceparent=st.sampled_from(["", f"00-{'a' * 32}-{'b' * 16}-01"]),
)
def test_both_providers_send_the_same(**content):
    """A mail says the same by SMTP as by SES: addresses, names, subject, both texts and every header."""
    ses, mail = FakeSes(), Mail("id-1", "us@example.com", "ada@example.com", **content)

    asyncio.run(SesProvider(ses).send(mail, Handover()))

    [asked] = ses.asked
    assert _meaning_by_smtp(mail.to_bytes()) == _meaning_by_ses(asked)


async def test_ses_is_given_what_it_takes(ses, mail):
    """Every header is one that SES lets be set, in as many printable characters as it takes."""
    url = "https://example.com/" + "u" * (MAX_HTTPS_URL_LENGTH - 20)
    full = mail(html="<p>Hi</p>", from_name="é" * 64, reply_to="a@example.com", list_unsubscribe=url)
    await SesProvider(ses).send(full, Handover())

    [asked] = ses.asked
    headers = asked["Content"]["Simple"]["Headers"]
    assert {"X-Notification-Id", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"} == {
        header["Name"] for header in headers
    }
    assert 870 == max(len(header["Value"]) for header in headers)
    assert all(re.fullmatch("[ -~]*", header["Value"]) for header in headers)
    assert re.fullmatch("[ -~]*", asked["FromEmailAddress"])


async def test_model_of_ses_knows_what_it_is_given(ses, mail):
    """AWS's own model of SES knows every parameter that a full mail has."""
    full = mail(
        html="<p>Hi</p>", from_name="Bücher", reply_to="a@example.com", list_unsubscribe="https://a/u"
    )
    await SesProvider(ses, "staging").send(full, Handover())

    model = get_session().get_service_model("sesv2").operation_model("SendEmail").input_shape
    report = ParamValidator().validate(ses.asked[0], model)
    assert "" == report.generate_report()


async def test_answers_to_an_address_beyond_ascii_ask_for_smtputf8(smtp, relay, mail):
    """The header that names it is UTF-8 as well, which no relay carries without the extension (RFC 6531)."""
    await smtp.send(mail(reply_to="jörg@example.com"), Handover())

    [(envelope, _)] = relay.mails
    assert envelope.smtputf8
