import email
import email.policy
import re
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from email_sender.mail import Mail
from email_sender.wire import alternatives
from shared.message import NotificationMessage
from shared.text import display_name, single_line, xml_characters


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

    assert "id-7" == parsed["X-Notification-Id"]
    assert ("us@example.com", "ada@example.com") == (parsed["From"], parsed["To"])
    assert "<id-7@example.com>" == parsed["Message-ID"]
    assert parsed["Date"].datetime is not None
    assert "text/plain" == parsed.get_content_type()


def test_trace_goes_with_the_mail(mail):
    """A mail that comes from a traced request says so; any other has no such header."""
    trace = f"00-{'a' * 32}-{'b' * 16}-01"

    assert trace == _parsed(mail(traceparent=trace))["traceparent"]
    assert _parsed(mail())["traceparent"] is None


def test_state_of_the_trace_is_a_header(mail):
    """What others keep in the trace goes out beside it, in one line however long; any other mail has none."""
    state = ",".join(f"k{n}={'x' * 20}" for n in range(20))

    assert state == _parsed(mail(traceparent=f"00-{'a' * 32}-{'b' * 16}-01", tracestate=state))["tracestate"]
    assert _parsed(mail())["tracestate"] is None


def test_ascii_goes_out_as_it_is(mail):
    """Plain text needs no transfer encoding; its lines end as SMTP wants."""
    text = mail(body="one\ntwo\r\nthree").to_bytes()

    assert text.endswith(b"\r\n\r\none\r\ntwo\r\nthree\r\n")


def test_of_message(message):
    """The mail says what the message says, from the address of the settings."""
    mail = Mail.of(NotificationMessage.from_json(message("id-9")), "us@example.com", "00-a-b-01")

    assert "00-a-b-01" == mail.traceparent
    assert (
        "id-9",
        "ada@example.com",
        "us@example.com",
    ) == (mail.notification_id, mail.recipient, mail.sender)
    assert ("Hello", "Good morning") == (mail.subject, mail.body)


@given(subject=st.text(min_size=1, max_size=255).filter(_passes(single_line)))
def test_any_subject_survives(subject):
    """Whatever subject the API accepts arrives, apart from white space at its ends."""
    parsed = _parsed(Mail("id", "us@example.com", "ada@example.com", subject, "body"))

    assert re.sub(r"\s+", " ", subject).strip() == re.sub(r"\s+", " ", parsed["Subject"]).strip()
    assert "id" == parsed["X-Notification-Id"]


@given(body=st.text(max_size=3000).filter(_passes(xml_characters)))
def test_any_body_survives(body):
    """Whatever body the API accepts arrives, with normal line ends."""
    data = Mail("id", "us@example.com", "ada@example.com", "Hello", body).to_bytes()
    content = email.message_from_bytes(data, policy=email.policy.default).get_payload(decode=True).decode()

    expected = body.replace("\r\n", "\n")
    expected += "" if expected.endswith("\n") else "\n"
    assert content.replace("\r\n", "\n") == expected


def test_plain_mail_byte_for_byte(mail, monkeypatch):
    """A mail of text alone is one part, as it always was, and says that no person wrote it."""
    monkeypatch.setattr("time.time", lambda: 1_795_000_000.5)
    plain = mail(body="Good morning\n.\nbye", traceparent=f"00-{'a' * 32}-{'b' * 16}-01")

    assert (
        b"From: us@example.com\r\n"
        b"To: ada@example.com\r\n"
        b"Subject: Hello\r\n"
        b"Date: Wed, 18 Nov 2026 11:06:40 GMT\r\n"
        b"Message-ID: <id-1@example.com>\r\n"
        b"X-Notification-Id: id-1\r\n"
        b"traceparent: 00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01\r\n"
        b"Auto-Submitted: auto-generated\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Good morning\r\n.\r\nbye\r\n"
    ) == plain.to_bytes()


def test_full_mail_byte_for_byte(mail, monkeypatch):
    """HTML is the second alternative; name, answers and unsubscribing are headers."""
    monkeypatch.setattr("time.time", lambda: 1_795_000_000.5)
    full = mail(
        subject="Grüße",
        html="<p>Guten Tag, Jörg</p>\n",
        from_name="Ada's Books, Ltd.",
        reply_to="help@bücher.example",
        list_unsubscribe="https://example.com/unsubscribe?token=a%2Cb",
    )

    assert (
        b'From: "Ada\'s Books, Ltd." <us@example.com>\r\n'
        b"Reply-To: help@xn--bcher-kva.example\r\n"
        b"To: ada@example.com\r\n"
        b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n"
        b"Date: Wed, 18 Nov 2026 11:06:40 GMT\r\n"
        b"Message-ID: <id-1@example.com>\r\n"
        b"X-Notification-Id: id-1\r\n"
        b"Auto-Submitted: auto-generated\r\n"
        b"List-Unsubscribe: <https://example.com/unsubscribe?token=a%2Cb>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="=_eb66c623572f8a2a5167ce01"\r\n'
        b"\r\n"
        b"--=_eb66c623572f8a2a5167ce01\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Good morning\r\n"
        b"\r\n"
        b"--=_eb66c623572f8a2a5167ce01\r\n"
        b'Content-Type: text/html; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b"\r\n"
        b"PHA+R3V0ZW4gVGFnLCBKw7ZyZzwvcD4NCg==\r\n"
        b"\r\n"
        b"--=_eb66c623572f8a2a5167ce01--\r\n"
    ) == full.to_bytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Shop", "From: Shop <us@example.com>"),
        ("The Shop", "From: The Shop <us@example.com>"),
        ("O'Brien & Co", "From: O'Brien & Co <us@example.com>"),
        ("Books, Ltd.", 'From: "Books, Ltd." <us@example.com>'),
        ('The "Shop" \\', 'From: "The \\"Shop\\" \\\\" <us@example.com>'),
        ("eve@example.org", 'From: "eve@example.org" <us@example.com>'),
        ("Shop <eve@example.org>", 'From: "Shop <eve@example.org>" <us@example.com>'),
        (" Shop ", 'From: " Shop " <us@example.com>'),
        ("Bücher", "From: =?utf-8?q?B=C3=BCcher?= <us@example.com>"),
        ("=?utf-8?q?Shop?=", "From: =?utf-8?b?PT91dGYtOD9xP1Nob3A/PQ==?= <us@example.com>"),
        ("x" * 64, f"From: {'x' * 64}\r\n <us@example.com>"),
        (
            "é" * 25,
            (
                "From: =?utf-8?b?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOp?=\r\n"
                " =?utf-8?b?w6nDqcOpw6k=?= <us@example.com>"
            ),
        ),
    ],
)
def test_from_name(mail, name, expected):
    """A name is atoms, a quoted string or encoded words, whatever it takes to stand beside an address."""
    assert mail(from_name=name).to_bytes().decode().startswith(f"{expected}\r\nTo: ")


_ACCEPTED_TEXT = st.text(max_size=400).filter(_passes(xml_characters))
_LINES = st.one_of(
    st.text(alphabet="ab.=-_ \n\r", max_size=400),
    st.integers(70, 1100).map(lambda length: "x" * length),
    st.sampled_from(["\r\n.\r\n", "\n--=_\n", ".", "\n.\n..", "From me\n", "é" * 999, "\t\n\r\n"]),
    _ACCEPTED_TEXT,
)
_NAMES = st.one_of(
    st.text(min_size=1, max_size=64),
    st.text(alphabet='aé☃😀 ",.<@>\\=?_', min_size=40, max_size=64),
).filter(_passes(display_name))


def _text(part):
    """A part's text with normal line ends; whatever stdlib does with charsets is left out."""
    return part.get_payload(decode=True).decode().replace("\r\n", "\n")


def _normal(text):
    text = text.replace("\r\n", "\n")
    return text if text.endswith("\n") else text + "\n"


def _display_name(data):
    """The name in From. Python 3.11's newer parser puts a space between encoded words (RFC 2047, 6.2)."""
    header = email.message_from_bytes(data, policy=email.policy.compat32)["From"]
    name, _ = parseaddr(header.replace("\r\n", ""))
    return str(make_header(decode_header(name)))


def _spaced(text):
    return re.sub(r"\s+", " ", text).strip()


@given(
    subject=st.text(min_size=1, max_size=255).filter(_passes(single_line)),
    from_name=_NAMES,
    body=_LINES,
    html=_LINES.filter(bool),
)
def test_any_content_survives(subject, from_name, body, html):
    """Whatever the API accepts arrives: subject, name, text and HTML, in lines that every relay takes."""
    data = Mail(
        "id",
        "us@example.com",
        "ada@example.com",
        subject,
        body,
        html=html,
        from_name=from_name,
        reply_to="help@example.com",
        list_unsubscribe="https://example.com/u",
    ).to_bytes()
    parsed = email.message_from_bytes(data, policy=email.policy.SMTP)

    assert not parsed.defects
    assert _spaced(subject) == _spaced(parsed["Subject"])
    assert "us@example.com" == parsed["From"].addresses[0].addr_spec
    assert _spaced(from_name) == _spaced(_display_name(data))
    assert [("help@example.com",), ("ada@example.com",)] == [
        tuple(address.addr_spec for address in parsed[name].addresses) for name in ("Reply-To", "To")
    ]
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in parsed.iter_parts()]
    assert [_normal(body), _normal(html)] == [_text(part) for part in parsed.iter_parts()]
    assert "<https://example.com/u>" == parsed["List-Unsubscribe"]
    assert max(map(len, data.split(b"\r\n"))) <= 998
    head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 for line in head if not line.startswith(b"Subject"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)


@given(st.data())
def test_boundary_is_in_no_part(data):
    """A text that has the boundary of its mail gets another one."""
    first = alternatives("id", ("", b"text"))[0].split('"')[1]
    body = data.draw(st.sampled_from([first, f"--{first}--", f"\n--{first}\n"]))
    parsed = _parsed(Mail("id", "us@example.com", "ada@example.com", "Hello", body, html=f"<p>{body}</p>"))

    assert first != parsed.get_boundary()
    assert [_normal(body), _normal(f"<p>{body}</p>")] == [_text(part) for part in parsed.iter_parts()]


def test_is_the_same_for_every_attempt(mail, monkeypatch):
    """A mail that is sent again is the same bytes, so that it can be seen to be the same."""
    monkeypatch.setattr("time.time", lambda: 1_795_000_000.5)

    assert mail(html="<p>Hi</p>", attempt=1).to_bytes() == mail(html="<p>Hi</p>", attempt=2).to_bytes()


def test_message_says_what_the_settings_do_not(message):
    """What a message has beside its text is the mail's; the name of the settings is for those without one."""
    asked = {
        "html": "<p>Hi</p>",
        "from_name": "Billing",
        "reply_to": "help@example.com",
        "list_unsubscribe": "https://example.com/u",
    }
    full = Mail.of(NotificationMessage.from_json(message(**asked)), "us@example.com", from_name="Shop")
    plain = Mail.of(NotificationMessage.from_json(message()), "us@example.com", from_name="Shop")

    assert asked == {name: getattr(full, name) for name in asked}
    assert {**dict.fromkeys(asked, ""), "from_name": "Shop"} == {name: getattr(plain, name) for name in asked}


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
