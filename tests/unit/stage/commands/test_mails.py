import pytest

from stage.commands.mails import NewMails
from stage.smtp_server.mails import MailLog

CONTENT = b"Subject: Hello\r\nX-Notification-Id: n-1\r\n\r\nbody\r\n"


@pytest.fixture
def log(folder):
    """GIVEN the SMTP server's log."""
    log = MailLog(folder / "mails.jsonl")
    yield log
    log.close()


def test_each_mail_is_a_line(up, log, call):
    """To whom it went, and what it was about."""
    up(mail_log=str(log.path))
    log.add(1_700_000_000.0, ["one@example.com", "two@example.com"], CONTENT)

    lines = call("mails").out.splitlines()

    assert ["one@example.com  Hello  n-1", "two@example.com  Hello  n-1"] == [
        line.partition("  ")[2] for line in lines
    ]


def test_a_mail_as_json(up, log, told):
    """A program gets the time as ISO 8601 has it."""
    up(mail_log=str(log.path))
    log.add(1_700_000_000.0, ["one@example.com"], CONTENT)

    (mail,) = told("mails", lines=True)

    assert {
        "received_at": "2023-11-14T22:13:20+00:00",
        "notification_id": "n-1",
        "recipient": "one@example.com",
        "subject": "Hello",
    } == mail


def test_a_mail_is_given_once(log):
    """Whoever follows sees what is new; a line that is still being written waits for its end."""
    news = NewMails(log.path)
    log.add(0.0, ["one@example.com"], CONTENT)
    first = [mail.recipient for mail in news.new()]
    with log.path.open("a") as file:
        file.write('{"received_at": ')
    half = news.new()
    with log.path.open("a") as file:
        file.write('0, "notification_id": null, "recipient": "two@example.com", "subject": null, ')
        file.write('"message_id": null}\n')

    assert ["one@example.com"] == first
    assert [] == half
    assert ["two@example.com"] == [mail.recipient for mail in news.new()]
    assert [] == news.new()
