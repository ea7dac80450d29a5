import pytest

from stage.smtp_server.mails import Mail, mails_from, read_mails


def test_notes_the_headers():
    """Of a mail its notification, recipient, subject and message id are noted."""
    content = b"X-Notification-Id: n-1\r\nSubject: Hello\r\nMessage-ID: <1@a>\r\n\r\nSubject: not this\r\n"

    assert [Mail(1.5, "n-1", "a@b.example", "Hello", "<1@a>")] == mails_from(1.5, ["a@b.example"], content)


def test_notes_each_recipient():
    """A mail to two is delivered to two."""
    mails = mails_from(1.5, ["a@b.example", "c@d.example"], b"Subject: x\r\n\r\n")

    assert ["a@b.example", "c@d.example"] == [mail.recipient for mail in mails]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"=?utf-8?b?R3LDvMOfZQ==?=", "Gr\u00fc\u00dfe"),
        (b"two\r\n lines\r\nTo: a@b.example", "two lines"),
        (b"", ""),
        ("gr\u00fcn".encode(), "gr\u00fcn"),
        (b"=?no-such-charset?b?R3I=?=", "Gr"),
        (b"=?utf-8?b?////?=", "\ufffd\ufffd\ufffd"),
        (b"raw \xff byte", "raw \ufffd byte"),
    ],
)
def test_decodes_the_subject(raw, read):
    """A subject is noted as a person would read it, a broken one as well as it can be."""
    (mail,) = mails_from(1.5, ["a@b.example"], b"Subject: " + raw + b"\r\n\r\n")

    assert read == mail.subject


def test_a_header_s_name_may_be_written_in_any_case_and_come_last():
    """Names are the same in any case, and what only ends like one is another header."""
    content = b"X-Subject: no\r\nsubject: yes\r\nSUBJECT: second\r\nMESSAGE-id:<1@a>\r\n\r\n"

    assert [Mail(1.5, None, "a@b.example", "yes", "<1@a>")] == mails_from(1.5, ["a@b.example"], content)


def test_a_mail_without_headers_is_noted_too():
    """What a mail lacks is None."""
    assert [Mail(1.5, None, "a@b.example", None, None)] == mails_from(
        1.5, ["a@b.example"], b"\r\nSubject: text"
    )


def test_a_line_s_worth_comes_back(tmp_path):
    """What was written is what is read."""
    mails = mails_from(1.5, ["a@b.example", "c@d.example"], b"Subject: x\r\n\r\n")
    log = tmp_path / "mails.jsonl"
    log.write_text("".join(mail.line() for mail in mails))

    assert mails == read_mails(log)


def test_a_line_that_is_being_written_is_left_out(tmp_path):
    """A reader beside the server sees whole mails only."""
    mail = Mail(1.5, "n-1", "a@b.example", None, None)
    log = tmp_path / "mails.jsonl"
    log.write_text(mail.line() + mail.line()[:20])

    assert [mail] == read_mails(log)


def test_an_empty_log_has_no_mails(tmp_path):
    """A server that just started has written nothing."""
    log = tmp_path / "mails.jsonl"
    log.touch()

    assert [] == read_mails(log)
