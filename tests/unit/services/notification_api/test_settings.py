import pytest

from notification_api.settings import ApiSettings
from shared.settings import load_settings

_TASK = {
    "SERVICE_NAME": "notification-api",
    "ENVIRONMENT": "test",
    "PORT": "8080",
    "QUEUE_NAME": "notifications",
    "API_KEYS_SECRET": "api-keys",
    "AWS_REGION": "eu-central-1",
}


def test_names_exactly_the_variables_of_the_task_definition():
    """Terraform and the service agree on every variable: none is missing, none is dead."""
    assert {
        "SERVICE_NAME",
        "ENVIRONMENT",
        "LOG_LEVEL",
        "PORT",
        "QUEUE_NAME",
        "PRIORITY_QUEUE_NAME",
        "API_KEYS_SECRET",
        "API_KEYS_SECONDS",
        "EMAIL_SENDER_URL",
        "SMTPUTF8",
        "AWS_REGION",
        "BIND_HOST",
    } == {name.upper() for name in ApiSettings.model_fields}


def test_what_may_be_left_out(environ):
    """There may be one queue only, and nobody to ask what became of notifications."""
    with environ(_TASK):
        settings = load_settings(ApiSettings)

    assert ("", "") == (settings.priority_queue_name, settings.email_sender_url)
    assert 60 == settings.api_keys_seconds


def test_addresses_beyond_ascii_are_refused_unless_told(environ):
    """Nobody knows what a relay takes but who runs it."""
    with environ(_TASK):
        assert load_settings(ApiSettings).smtputf8 is False
    with environ({**_TASK, "SMTPUTF8": "true"}):
        assert load_settings(ApiSettings).smtputf8 is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("API_KEYS_SECRET", ""),
        ("API_KEYS_SECONDS", "0"),
        ("EMAIL_SENDER_URL", "email-sender:8081"),
        ("SMTPUTF8", "perhaps"),
        ("EMAIL_SENDER_URL", "http://email-sender:8081/v1"),
    ],
)
def test_wrong_setting_is_named(environ, capsys, name, value):
    """A person reads which variable to mend."""
    with environ({**_TASK, name: value}), pytest.raises(SystemExit):
        load_settings(ApiSettings)

    assert capsys.readouterr().err.startswith(f"settings: {name} ")
