import pytest

from email_sender.settings import SenderSettings
from shared.settings import load_settings

_TASK = {
    "SERVICE_NAME": "email-sender",
    "ENVIRONMENT": "test",
    "PORT": "8081",
    "QUEUE_NAME": "notifications",
    "DEAD_LETTER_QUEUE_NAME": "notifications-dead-letter",
    "LEDGER_TABLE": "notifications-ledger",
    "AWS_REGION": "eu-central-1",
    "MAIL_PROVIDER": "smtp",
    "MAIL_FROM": "us@example.com",
    "SMTP_HOST": "relay.example.com",
}


def test_names_exactly_the_variables_of_the_task_definition():
    """Terraform and the service agree on every variable: none is missing, none is dead."""
    assert {
        "SERVICE_NAME",
        "ENVIRONMENT",
        "LOG_LEVEL",
        "PORT",
        "QUEUE_NAME",
        "AWS_REGION",
        "BIND_HOST",
        "MAIL_PROVIDER",
        "MAIL_FROM",
        "MAIL_FROM_NAME",
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_STARTTLS",
        "SMTP_IMPLICIT_TLS",
        "SMTP_SECRET",
        "SMTP_HELO_NAME",
        "SES_CONFIGURATION_SET",
        "MAIL_EVENTS_QUEUE_NAME",
        "MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME",
        "PRIORITY_QUEUE_NAME",
        "DEAD_LETTER_QUEUE_NAME",
        "LEDGER_TABLE",
        "LEDGER_RETENTION_DAYS",
        "MAX_ATTEMPTS",
        "MAX_AGE_SECONDS",
        "UNKNOWN_OUTCOME",
        "SEND_RATE",
        "CONCURRENCY",
        "SEND_TIMEOUT_SECONDS",
        "VISIBILITY_TIMEOUT_SECONDS",
        "SHUTDOWN_TIMEOUT_SECONDS",
        "RELEASE",
    } == {name.upper() for name in SenderSettings.model_fields}


def test_encryption_is_the_default(environ):
    """Mails go out in the clear only when somebody says so."""
    with environ(_TASK):
        assert load_settings(SenderSettings).smtp_starttls is True
    with environ({**_TASK, "SMTP_STARTTLS": "false"}):
        assert load_settings(SenderSettings).smtp_starttls is False


@pytest.mark.parametrize(
    ("port", "expected"),
    [("25", False), ("465", True), ("587", False), ("1025", False), ("2465", True), ("2587", False)],
)
def test_a_port_tells_whether_it_speaks_tls_at_once(environ, port, expected):
    """465 and SES's 2465 do (RFC 8314); the others begin in the clear."""
    with environ({**_TASK, "SMTP_PORT": port}):
        assert expected == load_settings(SenderSettings).speaks_tls_at_once


@pytest.mark.parametrize(("said", "expected"), [("true", True), ("false", False)])
def test_what_is_said_of_tls_wins_over_the_port(environ, said, expected):
    """A relay may listen wherever its owner likes."""
    with environ({**_TASK, "SMTP_PORT": "465" if said == "false" else "10465", "SMTP_IMPLICIT_TLS": said}):
        assert expected == load_settings(SenderSettings).speaks_tls_at_once


def test_a_password_goes_where_tls_comes_first(environ):
    """STARTTLS says nothing of a connection that is encrypted from its first byte."""
    with environ({**_TASK, "SMTP_PORT": "465", "SMTP_STARTTLS": "false", "SMTP_SECRET": "smtp"}):
        assert "smtp" == load_settings(SenderSettings).smtp_secret


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"SMTP_HOST": ""}, "SMTP_HOST is not set: MAIL_PROVIDER=smtp needs it"),
        (
            {"SEND_TIMEOUT_SECONDS": "110"},
            "SHUTDOWN_TIMEOUT_SECONDS must be more than SEND_TIMEOUT_SECONDS, so more than 110: a mail",
        ),
        (
            {"SMTP_SECRET": "notifications/smtp", "SMTP_STARTTLS": "false"},
            "SMTP_STARTTLS must be true with SMTP_SECRET",
        ),
        (
            {"PRIORITY_QUEUE_NAME": "notifications-high", "CONCURRENCY": "1"},
            "CONCURRENCY must be at least 2 with PRIORITY_QUEUE_NAME: one for each queue",
        ),
        (
            {"MAIL_EVENTS_QUEUE_NAME": "notifications-mail-events"},
            "MAIL_EVENTS_QUEUE_NAME and MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME go together",
        ),
        ({"LEDGER_TABLE": ""}, "LEDGER_TABLE "),
        ({"MAX_ATTEMPTS": "0"}, "MAX_ATTEMPTS "),
        ({"MAX_AGE_SECONDS": "0"}, "MAX_AGE_SECONDS "),
        ({"VISIBILITY_TIMEOUT_SECONDS": "9"}, "VISIBILITY_TIMEOUT_SECONDS "),
        ({"LEDGER_RETENTION_DAYS": "24"}, "LEDGER_RETENTION_DAYS "),
        ({"UNKNOWN_OUTCOME": "maybe"}, "UNKNOWN_OUTCOME Input should be 'resend' or 'hold'"),
        ({"MAIL_PROVIDER": "pigeon"}, "MAIL_PROVIDER Input should be 'smtp' or 'ses'"),
        ({"MAIL_FROM": "us@example.com\nBcc: eve@example.com"}, "MAIL_FROM "),
        ({"MAIL_FROM_NAME": "Shop\r\nBcc: eve@example.com"}, "MAIL_FROM_NAME "),
        ({"MAIL_FROM_NAME": " "}, "MAIL_FROM_NAME "),
        ({"MAIL_FROM_NAME": "x" * 65}, "MAIL_FROM_NAME "),
        ({"MAIL_FROM": "us@i❤.example"}, "MAIL_FROM the domain cannot be written in ASCII"),
        ({"MAIL_FROM": "us@@bücher.example"}, "MAIL_FROM "),
        (
            {"MAIL_FROM": "grüße@example.com", "MAIL_PROVIDER": "ses"},
            "MAIL_FROM must be ASCII before the @ with MAIL_PROVIDER=ses",
        ),
    ],
)
def test_settings_that_do_not_fit_together(environ, capsys, change, line):
    """What cannot work is said at start, in one line, with the variable's name."""
    with environ({**_TASK, **change}), pytest.raises(SystemExit) as ended:
        load_settings(SenderSettings)

    assert 2 == ended.value.code
    error = capsys.readouterr().err
    assert error.startswith(f"settings: {line}")
    assert 1 == error.count("\n")


def test_mails_come_from_an_ascii_domain(environ):
    """The sender's domain goes out in ASCII, however it was written."""
    with environ({**_TASK, "MAIL_FROM": "us@bücher.example"}):
        assert "us@xn--bcher-kva.example" == load_settings(SenderSettings).mail_from


def test_caution_is_the_default(environ):
    """Nothing is sent twice unless somebody says so, and there is no queue or limit that nobody named."""
    with environ(_TASK):
        settings = load_settings(SenderSettings)

    assert ("hold", "", 0, 30, 4 * 3600, 30) == (
        settings.unknown_outcome,
        settings.priority_queue_name,
        settings.send_rate,
        settings.max_attempts,
        settings.max_age_seconds,
        settings.ledger_retention_days,
    )


def test_a_mail_may_take_longer_than_a_lease(environ):
    """Exchange delays its word by half a minute: visibility and lease are renewed, the task waits for all."""
    with environ(_TASK):
        settings = load_settings(SenderSettings)

    assert (100, 30, 110) == (
        settings.send_timeout_seconds,
        settings.visibility_timeout_seconds,
        settings.shutdown_timeout_seconds,
    )


def test_ses_needs_no_relay(environ):
    """With SES there is nothing to say about SMTP."""
    given = {name: value for name, value in _TASK.items() if name != "SMTP_HOST"}

    with environ({**given, "MAIL_PROVIDER": "ses"}):
        assert "ses" == load_settings(SenderSettings).mail_provider
