import email
import email.policy
import re

from hypothesis import given
from hypothesis import strategies as st

from contract.message import NotificationMessage
from contract.text import single_line, xml_characters
from email_sender.mail import Mail


def _passes(check):
    def passes(text):
        try:
            check(text)
        except ValueError:
            return False
        return True

    return passes


def _parsed(mail):
    return email.message_from_bytes(mail.to_bytes(), policy=email.policy.default)


def test_headers(mail):
    """A mail names its notification, sender, recipient, and has one Message-ID for every attempt."""
    parsed = _parsed(mail(notification_id="id-7"))

    assert parsed["X-Notification-Id"] == "id-7"
    assert (parsed["From"], parsed["To"]) == ("us@example.com", "ada@example.com")
    assert parsed["Message-ID"] == "<id-7@example.com>"
    assert parsed["Date"].datetime is not None
    assert parsed.get_content_type() == "text/plain"


def test_trace_goes_with_the_mail(mail):
    """A mail that comes from a traced request says so; any other has no such header."""
    trace = f"00-{'a' * 32}-{'b' * 16}-01"

    assert trace == _parsed(mail(traceparent=trace))["traceparent"]
    assert _parsed(mail())["traceparent"] is None


def test_ascii_goes_out_as_it_is(mail):
    """Plain text needs no transfer encoding; its lines end as SMTP wants."""
    text = mail(body="one\ntwo\r\nthree").to_bytes()

    assert text.endswith(b"\r\n\r\none\r\ntwo\r\nthree\r\n")


def test_of_message(message):
    """The mail says what the message says, from the address of the settings."""
    mail = Mail.of(NotificationMessage.from_json(message("id-9")), "us@example.com", "00-a-b-01")

    assert mail.traceparent == "00-a-b-01"
    assert (mail.notification_id, mail.recipient, mail.sender) == (
        "id-9",
        "ada@example.com",
        "us@example.com",
    )
    assert (mail.subject, mail.body) == ("Hello", "Good morning")


@given(subject=st.text(min_size=1, max_size=255).filter(_passes(single_line)))
def test_any_subject_survives(subject):
    """Whatever subject the API accepts arrives, apart from white space at its ends."""
    parsed = _parsed(Mail("id", "us@example.com", "ada@example.com", subject, "body"))

    assert re.sub(r"\s+", " ", subject).strip() == re.sub(r"\s+", " ", parsed["Subject"]).strip()
    assert parsed["X-Notification-Id"] == "id"


@given(body=st.text(max_size=3000).filter(_passes(xml_characters)))
def test_any_body_survives(body):
    """Whatever body the API accepts arrives, with normal line ends."""
    data = Mail("id", "us@example.com", "ada@example.com", "Hello", body).to_bytes()
    content = email.message_from_bytes(data, policy=email.policy.default).get_payload(decode=True).decode()

    expected = body.replace("\r\n", "\n")
    expected += "" if expected.endswith("\n") else "\n"
    assert content.replace("\r\n", "\n") == expected


@given(body=st.text(alphabet=st.sampled_from("aé \t\n\r"), max_size=3000))
def test_no_line_is_longer_than_smtp_allows(body):
    """No line has more than 998 octets, whatever the caller wrote."""
    data = Mail("id", "us@example.com", "ada@example.com", "é" * 255, body * 50).to_bytes()

    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)


def test_domains_go_out_in_ascii(mail):
    """A message of an older Notification API may have a domain in letters of its language."""
    sent = mail(sender="us@bücher.example", recipient="ada@дом.рф")

    assert ("us@xn--bcher-kva.example", "ada@xn--d1aqf.xn--p1ai") == (sent.sender, sent.recipient)
    assert b"Message-ID: <id-1@xn--bcher-kva.example>\r\n" in sent.to_bytes()
    assert not sent.has_unfit_domain
    assert mail(recipient="ada@i❤.example").has_unfit_domain


def test_non_ascii_address_needs_smtputf8(mail):
    """Only an address beyond ASCII needs the extension; the text does not."""
    assert mail(recipient="jörg@example.com").needs_smtputf8
    assert mail(sender="wir@bücher.example", recipient="jörg@bücher.example").needs_smtputf8
    assert not mail(sender="us@bücher.example", recipient="ada@bücher.example").needs_smtputf8
    assert not mail(subject="Grüße", body="Grüße").needs_smtputf8
