import json

import pytest

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/notifications"
VERSION = "module.secrets.aws_secretsmanager_secret_version.smtp"
KEYS_VERSION = "module.secrets.aws_secretsmanager_secret_version.api_keys"


@pytest.fixture(params=["smtp", "api-keys"])
def secret(standalone, request):
    """The secret with the SMTP server's login, and that with the API's keys."""
    return standalone.one("aws_secretsmanager_secret", name=f"notifications/{request.param}")


def test_a_setting_is_a_parameter_of_its_service(standalone):
    """A path an environment variable, whose value a plan shows: it is no secret."""
    parameters = standalone.all("aws_ssm_parameter").values()
    prefix = "/notifications/"
    assert {
        "/notifications/notification-api/LOG_LEVEL": ("String", "INFO"),
        "/notifications/email-sender/LOG_LEVEL": ("String", "DEBUG"),
        "/notifications/email-sender/MAIL_PROVIDER": ("String", "smtp"),
    } == {
        one["name"]: (one["type"], one["insecure_value"])
        for one in parameters
        if one["name"].startswith(prefix)
    }


def test_services_are_told_their_parameters(standalone):
    """By service and environment variable, as a container definition wants them."""
    assert standalone.outputs["secrets"]["written"]["parameters"] == {
        "notification-api": {"LOG_LEVEL": f"{PARAMETER}/notification-api/LOG_LEVEL"},
        "email-sender": {
            "LOG_LEVEL": f"{PARAMETER}/email-sender/LOG_LEVEL",
            "MAIL_PROVIDER": f"{PARAMETER}/email-sender/MAIL_PROVIDER",
        },
    }


def test_whoever_uses_parameters_and_secret_waits_for_them(standalone):
    """What others are told is put together from the resources' own names."""
    assert {
        "module.secrets.aws_ssm_parameter.this",
        "module.secrets.aws_secretsmanager_secret.smtp",
        "module.secrets.aws_secretsmanager_secret.api_keys",
        "module.secrets_without_login.aws_secretsmanager_secret.smtp",
    } == standalone.output_sources("secrets")


def test_a_secret_is_encrypted_with_the_systems_key(secret):
    """The system's own key, whose policy is ours."""
    assert KEY == secret["kms_key_id"]


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("notifications/smtp", 30),
        ("notifications/api-keys", 30),
        ("unwritten/smtp", 0),
        ("unwritten/api-keys", 0),
    ],
)
def test_a_deleted_secret_can_be_brought_back(standalone, name, days):
    """For as long as is asked for; 0 deletes it at once."""
    assert standalone.one("aws_secretsmanager_secret", name=name)["recovery_window_in_days"] == days


def test_without_a_login_there_is_no_secret_for_one(standalone):
    """All calls but one want a login, and each has API keys."""
    secrets = standalone.all("aws_secretsmanager_secret").items()
    names = {one["name"] for address, one in secrets if address.startswith("module.secrets")}
    keys = {f"{name}/api-keys" for name in ("notifications", "short", "unwritten", "without-login")}
    assert names == {"notifications/smtp", "short/smtp", "unwritten/smtp"} | keys
    assert standalone.outputs["secrets"]["without_login"] is None


@pytest.mark.parametrize(
    ("output", "name"), [("smtp_secret", "notifications/smtp"), ("api_keys_secret", "notifications/api-keys")]
)
def test_a_secret_is_named_for_a_policy(standalone, output, name):
    """Its ARN with the six characters that Secrets Manager adds, and no wider."""
    arn = f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-??????"
    assert standalone.outputs["secrets"]["written"][output] == {"name": name, "arn_pattern": arn}


def test_values_are_written_where_a_version_is_given(standalone):
    """Version 0, or no login, leaves a secret's value alone."""
    versions = standalone.all("aws_secretsmanager_secret_version")
    assert {
        "module.secrets.aws_secretsmanager_secret_version.smtp[0]": 1,
        "module.secrets_short.aws_secretsmanager_secret_version.smtp[0]": 2,
        "module.secrets.aws_secretsmanager_secret_version.api_keys[0]": 1,
        "module.secrets_short.aws_secretsmanager_secret_version.api_keys[0]": 2,
    } == {address: one["secret_string_wo_version"] for address, one in versions.items()}


def test_the_secret_gets_the_credentials(standalone):
    """Username and password as JSON, into the one secret."""
    written = standalone.written(VERSION)
    assert {"references": ["var.smtp_credentials"]} == written["secret_string_wo"]
    assert {"module.secrets.aws_secretsmanager_secret.smtp"} == standalone.sources(VERSION, "secret_id")


def test_the_secret_gets_the_keys(standalone):
    """The whole document as JSON, into the secret of its own."""
    written = standalone.written(KEYS_VERSION)
    assert {"references": ["var.api_keys"]} == written["secret_string_wo"]
    assert {"module.secrets.aws_secretsmanager_secret.api_keys"} == standalone.sources(
        KEYS_VERSION, "secret_id"
    )


@pytest.mark.parametrize("name", ["smtp", "api_keys"])
def test_a_task_starts_after_its_secret_has_a_value(standalone, name):
    """A secret is passed on once its value is written."""
    outputs = standalone.configuration["module_calls"]["secrets"]["module"]["outputs"]
    assert outputs[f"{name}_secret"]["depends_on"] == [f"aws_secretsmanager_secret_version.{name}"]


@pytest.mark.parametrize(
    "secret", ["user-of-the-plan", "password-of-the-plan", "client-of-the-plan", "1d0000", "4a5400"]
)
def test_nothing_secret_is_in_a_plan(offline, secret):
    """Neither the plan's text nor its configuration holds what is in the variables."""
    text = json.dumps(offline.standalone())
    assert '"secret_string_wo_version": 1' in text
    assert secret not in text


@pytest.mark.parametrize(
    ("file", "name"), [("variables-smtp.tf", "smtp_credentials"), ("variables-api-keys.tf", "api_keys")]
)
def test_what_is_secret_is_kept_nowhere(offline, file, name):
    """Terraform itself refuses to put what is ephemeral into a plan or the state."""
    text = "\n\n" + offline.source(f"modules/secrets/{file}")
    (variable,) = [one for one in text.split("\n\nvariable ") if one.startswith(f'"{name}" {{')]
    assert " sensitive = true\n ephemeral = true\n" in variable


@pytest.mark.parametrize(
    ("file", "name"), [("smtp-secret.tf", "smtp_credentials"), ("api-keys-secret.tf", "api_keys")]
)
def test_a_secret_is_json_of_all_that_is_given(offline, file, name):
    """A service reads everything out of one value."""
    text = offline.source(f"modules/secrets/{file}")
    assert f" secret_string_wo = jsonencode(var.{name})\n" in text


def test_staging_through_ses_has_no_secret_for_a_login(staging):
    """There is nothing to log in to."""
    assert "notifications-staging/api-keys" == staging.one("aws_secretsmanager_secret")["name"]


@pytest.mark.parametrize("name", ["staging", "production"])
def test_the_api_reads_its_keys_itself(name, request):
    """It is told the secret's name and may read that one alone, so that a new key needs no new task."""
    plan = request.getfixturevalue(name)
    secret = plan.container("notification-api").environment["API_KEYS_SECRET"]
    assert secret == plan.one("aws_secretsmanager_secret")["name"]
    statements = plan.policies_of(f"notifications-{name}-notification-api-task")
    (readable,) = [one.resources for one in statements if "secretsmanager:GetSecretValue" in one.actions]
    arn = f"arn:aws:secretsmanager:eu-central-1:123456789012:secret:{secret}-??????"
    assert readable == {arn}


def test_the_whole_keeps_its_settings_in_parameters(staging):
    """Every plain setting that operators may change, and whose it is."""
    prefix = "/notifications-staging/"
    values = {one["name"]: one["insecure_value"] for one in staging.all("aws_ssm_parameter").values()}
    assert values == {
        f"{prefix}notification-api/SMTPUTF8": "false",
        f"{prefix}notification-api/LOG_LEVEL": "INFO",
        f"{prefix}email-sender/LOG_LEVEL": "INFO",
        f"{prefix}email-sender/MAIL_FROM": "no-reply@staging.notifications.example",
        f"{prefix}email-sender/MAIL_PROVIDER": "ses",
    }


def test_the_smtp_server_is_a_setting(smtp):
    """Host, port and encryption lie beside the others."""
    prefix = "/notifications-staging/email-sender/SMTP_"
    parameters = smtp.all("aws_ssm_parameter").values()
    found = {one["name"]: one["insecure_value"] for one in parameters if one["name"].startswith(prefix)}
    assert found == {
        f"{prefix}HOST": "smtp.notifications.example",
        f"{prefix}PORT": "2525",
        f"{prefix}IMPLICIT_TLS": "false",
        f"{prefix}STARTTLS": "true",
    }


def test_a_relay_without_a_login_has_no_secret(relay):
    """Nothing is kept that nobody reads, and the setting says that the way is not encrypted."""
    found = {one["name"]: one["insecure_value"] for one in relay.all("aws_ssm_parameter").values()}
    names = {one["name"] for one in relay.all("aws_secretsmanager_secret").values()}
    assert {"notifications-staging/api-keys"} == names
    assert "false" == found["/notifications-staging/email-sender/SMTP_STARTTLS"]
