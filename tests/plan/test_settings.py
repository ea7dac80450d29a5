import importlib

import pytest

SETTINGS = {
    "notification-api": ("notification_api.settings", "ApiSettings"),
    "email-sender": ("email_sender.settings", "SenderSettings"),
}
# Fargate gives the region; the image decides where it listens.
NOT_TERRAFORMS = {"AWS_REGION", "BIND_HOST"}


@pytest.fixture(params=["staging", "smtp", "production"])
def plan(request):
    """Each variable set."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=SETTINGS)
def name(request):
    """Each service's name."""
    return request.param


def _settings(name):
    module, kind = SETTINGS[name]
    return getattr(importlib.import_module(module), kind)


def test_every_variable_is_a_setting(plan, name):
    """The service knows every environment variable that it is given."""
    known = {field.upper() for field in _settings(name).model_fields} - NOT_TERRAFORMS
    assert set(plan.container(name).environment) <= known


def test_the_service_starts_with_what_it_is_given(plan, name, monkeypatch):
    """The service accepts its environment, values and all."""
    for variable, value in {**plan.container(name).environment, "AWS_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(variable, value)
    settings = _settings(name)()
    assert settings.service_name == name
    assert settings.environment == plan.container(name).environment["ENVIRONMENT"]


def test_mail_through_ses(staging):
    """SES needs an address to send from, and no SMTP server."""
    environment = staging.container("email-sender").environment
    assert environment["MAIL_PROVIDER"] == "ses"
    assert environment["MAIL_FROM"] == "no-reply@staging.notifications.example"
    assert not [variable for variable in environment if variable.startswith("SMTP_")]


def test_mail_through_smtp(smtp):
    """The server's address reaches the Email Sender."""
    environment = smtp.container("email-sender").environment
    assert environment["MAIL_PROVIDER"] == "smtp"
    assert environment["SMTP_HOST"] == "smtp.notifications.example"
    assert (environment["SMTP_PORT"], environment["SMTP_STARTTLS"]) == ("2525", "false")


def test_concurrency(sender):
    """A task sends twenty mails at a time."""
    assert sender.container.environment["CONCURRENCY"] == "20"


def test_nothing_secret_is_in_a_task_definition(plan, name):
    """Whoever may read task definitions learns no password."""
    secret = ("PASSWORD", "SECRET", "TOKEN", "KEY")
    assert not [variable for variable in plan.container(name).environment if variable.endswith(secret)]
