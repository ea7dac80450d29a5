import importlib
from contextlib import nullcontext

import pytest
from pydantic import ValidationError

SETTINGS = {
    "notification-api": ("notification_api.settings", "ApiSettings"),
    "email-sender": ("email_sender.settings", "SenderSettings"),
}
# Fargate gives the region; the image decides where it listens.
NOT_TERRAFORMS = {"AWS_REGION", "BIND_HOST"}


@pytest.fixture(params=["staging", "smtp", "implicit_tls", "production"])
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


def test_settings_become_environment_variables(standalone):
    """ECS reads each from its parameter, in the order of their names."""
    parameter = "arn:aws:ssm:eu-central-1:123456789012:parameter/standalone/full"
    assert standalone.service("full").container.definition["secrets"] == [
        {"name": "LOG_LEVEL", "valueFrom": f"{parameter}/LOG_LEVEL"},
        {"name": "MAIL_FROM", "valueFrom": f"{parameter}/MAIL_FROM"},
    ]


def test_without_settings_nothing_is_read(standalone):
    """A service may do with its environment alone."""
    assert "secrets" not in standalone.service("plain").container.definition


def test_every_variable_is_a_setting(plan, name):
    """The service knows every environment variable that it is given."""
    standalone = {field.upper() for field in _settings(name).model_fields} - NOT_TERRAFORMS
    assert set(_given(plan, name)) <= standalone


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
    assert {"LOG_LEVEL", "SMTPUTF8"} == set(plan.container("notification-api").secrets)
    assert {"LOG_LEVEL", "MAIL_FROM", "MAIL_PROVIDER"} <= set(plan.container("email-sender").secrets)


def test_mail_through_ses(staging):
    """SES needs an address to send from, and no SMTP server."""
    given = _given(staging, "email-sender")
    assert "ses" == given["MAIL_PROVIDER"]
    assert "no-reply@staging.notifications.example" == given["MAIL_FROM"]
    assert not [variable for variable in given if variable.startswith("SMTP_")]


def test_mail_through_smtp(smtp):
    """The server's address reaches the Email Sender."""
    given = _given(smtp, "email-sender")
    assert "smtp" == given["MAIL_PROVIDER"]
    assert "smtp.notifications.example" == given["SMTP_HOST"]
    assert (
        "2525",
        "true",
        "false",
    ) == (given["SMTP_PORT"], given["SMTP_STARTTLS"], given["SMTP_IMPLICIT_TLS"])


def test_mail_through_smtp_with_tls_from_the_first_byte(implicit_tls):
    """Port 465 is enough to say so, and it is the port that the tasks may reach."""
    given = _given(implicit_tls, "email-sender")
    assert ("465", "true") == (given["SMTP_PORT"], given["SMTP_IMPLICIT_TLS"])
    address = 'module.email_sender.aws_vpc_security_group_egress_rule.internet["465"]'
    rule = implicit_tls.all("aws_vpc_security_group_egress_rule", "module.email_sender")[address]
    assert (465, 465) == (rule["from_port"], rule["to_port"])


@pytest.mark.parametrize(
    ("name", "value"), [("implicit_tls", "sender.notifications.example"), ("smtp", None)]
)
def test_the_sender_calls_itself_what_operators_say(name, value, request):
    """In EHLO; if they say nothing, the Email Sender takes the domain of its own address."""
    assert _given(request.getfixturevalue(name), "email-sender").get("SMTP_HELO_NAME") == value


@pytest.mark.parametrize(("name", "value"), [("implicit_tls", "Notifications, staging"), ("staging", None)])
def test_recipients_see_a_name_if_there_is_one(name, value, request):
    """Beside the sender's address, with either provider."""
    assert _given(request.getfixturevalue(name), "email-sender").get("MAIL_FROM_NAME") == value


def test_a_name_reaches_the_sender_as_it_is_written(cells):
    """With every letter and quote, up to 64 characters."""
    edges = cells("edges")
    name = edges.variables["mail"]["from_name"]
    assert 64 == len(name)
    assert _given(edges, "email-sender")["MAIL_FROM_NAME"] == name


@pytest.mark.parametrize(
    ("name", "value"), [("implicit_tls", "true"), ("smtp", "false"), ("staging", "false")]
)
def test_the_api_knows_which_addresses_the_mail_server_takes(name, value, request):
    """One beyond ASCII before the @ is refused at the door unless the server takes it."""
    assert _given(request.getfixturevalue(name), "notification-api")["SMTPUTF8"] == value


def test_what_ses_says_of_mails_is_read(staging):
    """The Email Sender is told where, and what to send with."""
    given = _given(staging, "email-sender")
    assert "notifications-staging" == given["SES_CONFIGURATION_SET"]
    assert "notifications-staging-mail-events" == given["MAIL_EVENTS_QUEUE_NAME"]
    assert "notifications-staging-mail-events-dead-letter" == given["MAIL_EVENTS_DEAD_LETTER_QUEUE_NAME"]


def test_a_relay_says_nothing_of_mails(smtp):
    """There is no queue that nobody fills."""
    assert [] == [name for name in _given(smtp, "email-sender") if name.startswith(("SES_", "MAIL_EVENTS_"))]
    assert {} == smtp.all("aws_sqs_queue", "module.mail")


def test_the_login_is_read_by_the_email_sender_itself(smtp):
    """It is told the secret's name, so that a rotated password needs no new task."""
    names = {one["name"] for one in smtp.all("aws_secretsmanager_secret").values()}
    assert smtp.container("email-sender").environment["SMTP_SECRET"] in names


def test_concurrency(sender):
    """A task sends fifty mails at a time: so many share each call to the queue and to the ledger."""
    assert "50" == sender.container.environment["CONCURRENCY"]


def test_a_mail_of_unknown_outcome_is_held(sender):
    """Nobody gets a mail twice unless somebody has asked for that."""
    assert "hold" == sender.container.environment["UNKNOWN_OUTCOME"]


def test_mails_are_sent_as_they_come(sender):
    """The account's rate is limited where somebody knows it."""
    assert "0" == sender.container.environment["SEND_RATE"]


def test_a_transient_failure_is_tried_for_hours(sender):
    """Greylisting takes minutes, a full mailbox hours; then it has a reason and is a dead letter."""
    environment = sender.container.environment
    assert ("30", "14400") == (environment["MAX_ATTEMPTS"], environment["MAX_AGE_SECONDS"])


def test_what_operators_leave_open_is_what_the_service_takes_by_itself(sender):
    """A task that is started by hand is no other than one that Terraform has declared."""
    fields = _settings("email-sender").model_fields
    numbers = {
        name: int(value)
        for name, value in sender.container.environment.items()
        if value.isdecimal() and name != "PORT"
    }
    assert numbers == {name: fields[name.lower()].default for name in numbers}
    assert 8 == len(numbers)


@pytest.mark.parametrize(("days", "accepted"), [("24", False), ("25", True)])
def test_the_service_refuses_a_ledger_that_forgets_too_soon(staging, monkeypatch, days, accepted):
    """As Terraform does: 14 days as a dead letter and 10 in the queue after that."""
    for variable, value in {**_given(staging, "email-sender"), "AWS_REGION": "eu-central-1"}.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("LEDGER_RETENTION_DAYS", days)
    with nullcontext() if accepted else pytest.raises(ValidationError, match="ledger_retention_days"):
        _settings("email-sender")()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SEND_RATE", "1"),
        ("SEND_TIMEOUT_SECONDS", "10"),
        ("MAX_ATTEMPTS", "1"),
        ("MAX_AGE_SECONDS", "259200"),
        ("UNKNOWN_OUTCOME", "resend"),
        ("LEDGER_RETENTION_DAYS", "25"),
        ("CONCURRENCY", "2"),
    ],
)
def test_operators_choose_how_mails_are_sent(cells, variable, value):
    """What is given in email_sender reaches the container."""
    assert cells("edges").container("email-sender").environment[variable] == value


@pytest.mark.parametrize("mesh", ["service_connect", "app_mesh", "none"])
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_api_asks_the_sender_by_its_name(cells, mesh, environment):
    """By the name and port that every mode of the mesh answers to, in plain HTTP to the proxy."""
    cell = cells(f"{environment}-{mesh}-canary")
    name = cell.outputs["email_sender"]["discovery_name"]
    port = cell.container("email-sender").definition["portMappings"][0]["containerPort"]
    urls = {
        service: cell.container(service).environment["EMAIL_SENDER_URL"]
        for service in ("notification-api", "notification-api-canary")
    }
    assert urls == dict.fromkeys(urls, f"http://{name}:{port}")
    assert name == f"email-sender.notifications-{environment}.internal"


def test_nothing_secret_is_in_a_task_definition(plan, name):
    """Whoever may read task definitions learns no password; the name of a secret is none."""
    secret = ("PASSWORD", "TOKEN", "KEY", "CREDENTIALS", "USERNAME")
    assert not [variable for variable in plan.container(name).environment if variable.endswith(secret)]
