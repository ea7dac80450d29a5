"""What holds data: queue, ledger, secrets, settings, registry, keys."""

import json

import pytest

from common.pages import listed

PLAIN_HTTP = {"Bool": {"aws:SecureTransport": "false"}}


@pytest.fixture
def key(applied):
    """The system's own key, by its alias."""
    return applied.aws("kms").describe_key(KeyId=f"alias/{applied.mode.system}")["KeyMetadata"]


def queue(applied, name):
    """Attributes of a queue."""
    url = applied.aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]
    return applied.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_the_key_is_rotated_and_the_systems_own(applied, key):
    """Behind the alias lies a key of this account that AWS changes once a year."""
    status = applied.aws("kms").get_key_rotation_status(KeyId=key["KeyId"])

    assert ("CUSTOMER", True) == (key["KeyManager"], status["KeyRotationEnabled"])


def test_a_message_that_fails_ends_in_the_dead_letter_queue(applied):
    """Both queues and the one for dead letters name each other."""
    mails = [queue(applied, applied.outputs[name]) for name in ("queue_name", "priority_queue_name")]
    dead = queue(applied, applied.outputs["dead_letter_queue_name"])

    allowed = json.loads(dead["RedriveAllowPolicy"])
    assert {dead["QueueArn"]} == {json.loads(one["RedrivePolicy"])["deadLetterTargetArn"] for one in mails}
    assert {"redrivePermission": "byQueue", "sourceQueueArns": [one["QueueArn"] for one in mails]} == allowed
    assert "1209600" == dead["MessageRetentionPeriod"]


def test_no_queue_is_spoken_to_without_tls(applied):
    """The policy survived everything that was set after it."""
    names = [
        applied.outputs[name] for name in ("queue_name", "priority_queue_name", "dead_letter_queue_name")
    ]
    statements = [json.loads(queue(applied, name)["Policy"])["Statement"] for name in names]

    assert [[("Deny", PLAIN_HTTP)]] * 3 == [
        [(one["Effect"], one["Condition"]) for one in statement] for statement in statements
    ]


def test_the_ledger_forgets_in_time_and_can_be_brought_back(applied, key):
    """Items expire, every second of the last days can be restored, and the system's key encrypts it."""
    dynamodb, name = applied.aws("dynamodb"), applied.outputs["ledger_table_name"]
    expiry = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    table = dynamodb.describe_table(TableName=name)["Table"]

    assert ("ENABLED", "expires_at") == (expiry["TimeToLiveStatus"], expiry["AttributeName"])
    assert "ENABLED" == backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    assert key["Arn"] == table["SSEDescription"]["KMSMasterKeyArn"]


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
def test_the_login_is_in_the_secret_and_nowhere_else(applied, key):
    """Whoever reads the state learns the secret's name, not what is in it."""
    secret = applied.aws("secretsmanager").describe_secret(SecretId=applied.outputs["smtp_secret_name"])
    value = applied.aws("secretsmanager").get_secret_value(SecretId=secret["ARN"])["SecretString"]

    assert applied.variables["smtp_credentials"] == json.loads(value)
    assert key["Arn"] == secret["KmsKeyId"]
    assert "never-in-a-state" not in applied.written


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
def test_a_rotated_login_arrives_and_is_written_nowhere_else(applied, changed):
    """A raised version sends the new one; neither plan nor state has it."""
    secret = applied.aws("secretsmanager").get_secret_value(SecretId=applied.outputs["smtp_secret_name"])

    assert "nor-in-a-plan" == json.loads(secret["SecretString"])["password"]
    assert "secret_string_wo_version" in changed.written
    assert "nor-in-a-plan" not in changed.written


@pytest.mark.parametrize("applied", ["service_connect"], indirect=True)
def test_the_apis_keys_are_in_their_secret_and_nowhere_else(applied, key):
    """As JSON, whole, under the system's key; whoever reads the state learns no hash."""
    secret = applied.aws("secretsmanager").describe_secret(SecretId=applied.outputs["api_keys_secret_name"])
    value = applied.aws("secretsmanager").get_secret_value(SecretId=secret["ARN"])["SecretString"]

    assert applied.variables["api_keys"] == json.loads(value)
    assert key["Arn"] == secret["KmsKeyId"]
    assert applied.variables["api_keys"]["id_key"] not in applied.written


@pytest.mark.parametrize("applied", ["app_mesh"], indirect=True)
def test_a_second_key_of_a_client_arrives_and_is_written_nowhere_else(applied):
    """Both are live at once; neither plan nor state has either."""
    secret = applied.aws("secretsmanager").get_secret_value(SecretId=applied.outputs["api_keys_secret_name"])
    ((one, other),) = [client["key_hashes"] for client in json.loads(secret["SecretString"])["clients"]]

    assert one != other
    assert one not in applied.written
    assert other not in applied.written


@pytest.mark.parametrize("applied", ["service_connect", "staging"], indirect=True)
def test_without_a_login_there_is_a_secret_for_the_apis_keys_alone(applied):
    """SES takes the task's role."""
    names = [secret["Name"] for secret in listed(applied.aws("secretsmanager"), "list_secrets", "SecretList")]
    assert [applied.outputs["api_keys_secret_name"]] == names
    assert applied.outputs.get("smtp_secret_name") is None


def test_a_tag_is_given_once_in_every_repository(applied, key):
    """Immutable, scanned, and encrypted with the system's key."""
    repositories = listed(applied.aws("ecr"), "describe_repositories", "repositories")

    assert sorted(applied.outputs["ecr_repository_urls"].values()) == sorted(
        one["repositoryUri"] for one in repositories
    )
    assert {("IMMUTABLE", True, key["Arn"])} == {
        (
            one["imageTagMutability"],
            one["imageScanningConfiguration"]["scanOnPush"],
            one["encryptionConfiguration"]["kmsKey"],
        )
        for one in repositories
    }


@pytest.mark.parametrize(
    ("applied", "settings"),
    [
        (
            "service_connect",
            {
                "LOG_LEVEL": "INFO",
                "MAIL_FROM": "no-reply@notifications.example",
                "MAIL_PROVIDER": "ses",
            },
        ),
        (
            "app_mesh",
            {
                "LOG_LEVEL": "WARNING",
                "MAIL_FROM": "no-reply@notifications.example",
                "MAIL_PROVIDER": "smtp",
                "SMTP_HOST": "smtp.notifications.example",
                "SMTP_PORT": "587",
                "SMTP_IMPLICIT_TLS": "false",
                "SMTP_STARTTLS": "true",
            },
        ),
        (
            "staging",
            {
                "LOG_LEVEL": "INFO",
                "MAIL_FROM": "no-reply@staging.notifications.example",
                "MAIL_PROVIDER": "ses",
            },
        ),
    ],
    indirect=["applied"],
)
def test_settings_lie_in_the_parameter_store(applied, settings):
    """One a setting, named after the service and the environment variable."""
    path = f"/{applied.mode.system}/email-sender/"
    found = listed(applied.aws("ssm"), "get_parameters_by_path", "Parameters", Path=path)

    assert settings == {one["Name"].removeprefix(path): one["Value"] for one in found}
