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


def _given(plan, name):
    """What the container finds in its environment: what is written there, and what ECS reads for it."""
    container = plan.container(name)
    read = {
        variable: plan.one("aws_ssm_parameter", name=arn.partition(":parameter")[2])["insecure_value"]
        for variable, arn in container.secrets.items()
    }
    return container.environment | read


def test_settings_become_environment_variables(known):
    """ECS reads each from its parameter, in the order of their names."""
    parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/known/full"
    assert known.service("full").container.definition["secrets"] == [
        {"name": "LOG_LEVEL", "valueFrom": f"{parameter}/LOG_LEVEL"},
        {"name": "MAIL_FROM", "valueFrom": f"{parameter}/MAIL_FROM"},
    ]


def test_without_settings_nothing_is_read(known):
    """A service may do with its environment alone."""
    assert "secrets" not in known.service("plain").container.definition


def test_every_variable_is_a_setting(plan, name):
    """The service knows every environment variable that it is given."""
    known = {field.upper() for field in _settings(name).model_fields} - NOT_TERRAFORMS
    assert set(_given(plan, name)) <= known


def test_the_service_starts_with_what_it_is_given(plan, name, monkeypatch):
    """The service accepts its environment, values and all."""
    given = _given(plan, name)
    for variable, value in {**given, "AWS_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(variable, value)
    settings = _settings(name)()
    assert settings.service_name == name
    assert settings.environment == given["ENVIRONMENT"]


def test_operators_may_read_the_settings(plan):
    """What is no secret and may be asked for is in Parameter Store."""
    assert set(plan.container("notification-api").secrets) == {"LOG_LEVEL"}
    assert {"LOG_LEVEL", "MAIL_FROM", "MAIL_PROVIDER"} <= set(plan.container("email-sender").secrets)


def test_mail_through_ses(staging):
    """SES needs an address to send from, and no SMTP server."""
    given = _given(staging, "email-sender")
    assert given["MAIL_PROVIDER"] == "ses"
    assert given["MAIL_FROM"] == "no-reply@staging.notifications.example"
    assert not [variable for variable in given if variable.startswith("SMTP_")]


def test_mail_through_smtp(smtp):
    """The server's address reaches the Email Sender."""
    given = _given(smtp, "email-sender")
    assert given["MAIL_PROVIDER"] == "smtp"
    assert given["SMTP_HOST"] == "smtp.notifications.example"
    assert (given["SMTP_PORT"], given["SMTP_STARTTLS"]) == ("2525", "true")


def test_the_login_is_read_by_the_email_sender_itself(smtp):
    """It is told the secret's name, so that a rotated password needs no new task."""
    secret = smtp.one("aws_secretsmanager_secret")["name"]
    assert smtp.container("email-sender").environment["SMTP_SECRET"] == secret


def test_concurrency(sender):
    """A task sends twenty mails at a time."""
    assert sender.container.environment["CONCURRENCY"] == "20"


def test_nothing_secret_is_in_a_task_definition(plan, name):
    """Whoever may read task definitions learns no password; the name of a secret is none."""
    secret = ("PASSWORD", "TOKEN", "KEY", "CREDENTIALS", "USERNAME")
    assert not [variable for variable in plan.container(name).environment if variable.endswith(secret)]
