import json

import pytest

from tests.plan.view import only

ACCOUNT = "arn:aws:iam::123456789012:root"
LOG_GROUP = "arn:aws:logs:eu-central-1:123456789012:log-group"
USE = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}


@pytest.fixture
def key(standalone):
    """The system's key."""
    return only(list(standalone.all("aws_kms_key").values()))


@pytest.fixture
def statements(key):
    """The key policy's statements, by id."""
    return {one["Sid"]: one for one in json.loads(key["policy"])["Statement"]}


def _services(*names):
    return [f"{name}.eu-central-1.amazonaws.com" for name in names]


def _actions(statement):
    given = statement["Action"]
    return {given} if isinstance(given, str) else set(given)


def test_the_key_is_replaced_by_itself(key):
    """KMS rotates what is behind the key each year."""
    assert key["enable_key_rotation"] is True


def test_the_key_can_be_brought_back_for_a_month(key):
    """Without the key everything is lost, so KMS waits as long as it can before it deletes it."""
    assert 30 == key["deletion_window_in_days"]


def test_kms_checks_that_somebody_can_still_administer_the_key(key):
    """A policy that would lock everybody out is refused."""
    assert key["bypass_policy_lockout_safety_check"] is False


def test_the_key_is_in_use(key):
    """It can encrypt from the start."""
    assert key["is_enabled"] is True


def test_the_key_has_the_systems_name(standalone):
    """People find it by its alias."""
    assert "alias/notifications" == standalone.one("aws_kms_alias")["name"]
    sources = standalone.sources("module.encryption.aws_kms_alias.this", "target_key_id")
    assert {"module.encryption.aws_kms_key.this"} == sources


def test_whoever_takes_the_key_finds_its_policy_in_place(standalone):
    """The policy comes with the key, and the ARN after both."""
    assert {"module.encryption.aws_kms_key.this"} == standalone.output_sources("key_arn")


def test_the_policy_says_seven_things(statements):
    """Nobody else may do anything with the key."""
    assert {
        "Administer",
        "EncryptCertificates",
        "EncryptLogs",
        "GrantToServices",
        "PublishAlarms",
        "PublishMailEvents",
        "UseThroughServices",
    } == set(statements)


def test_every_statement_allows_something_with_this_key(statements):
    """In a key policy "*" is the key itself."""
    assert {("Allow", "*")} == {(one["Effect"], one["Resource"]) for one in statements.values()}


def test_the_account_administers_the_key(statements):
    """Its IAM policies decide who; nobody reads anything with these actions."""
    statement = statements["Administer"]
    assert {"AWS": ACCOUNT} == statement["Principal"]
    assert "Condition" not in statement
    assert {
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListGrants",
        "kms:ListKeyPolicies",
        "kms:ListKeyRotations",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:RevokeGrant",
        "kms:RotateKeyOnDemand",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
    } == _actions(statement)


def test_data_is_encrypted_through_the_service_that_keeps_it(statements):
    """Principals of this account, and only by way of the services that the system stores with."""
    statement = statements["UseThroughServices"]
    assert {"AWS": "*"} == statement["Principal"]
    assert USE | {"kms:RetireGrant"} == _actions(statement)
    assert statement["Condition"] == {
        "StringEquals": {
            "kms:CallerAccount": "123456789012",
            "kms:ViaService": _services("dynamodb", "ecr", "secretsmanager", "sns", "ssm"),
        }
    }


def test_dynamodb_and_ecr_go_on_using_the_key(statements):
    """A grant is for these two services and never for a person or a role."""
    statement = statements["GrantToServices"]
    assert {"AWS": "*"} == statement["Principal"]
    assert {"kms:CreateGrant"} == _actions(statement)
    assert statement["Condition"] == {
        "Bool": {"kms:GrantIsForAWSResource": "true"},
        "StringEquals": {
            "kms:CallerAccount": "123456789012",
            "kms:ViaService": _services("dynamodb", "ecr"),
        },
    }


def test_logs_of_this_system_are_encrypted(statements):
    """CloudWatch Logs of this region, for log groups that carry the system's name."""
    statement = statements["EncryptLogs"]
    assert {"Service": "logs.eu-central-1.amazonaws.com"} == statement["Principal"]
    assert USE == _actions(statement)
    names = [f"{LOG_GROUP}:/*/notifications", f"{LOG_GROUP}:/*/notifications/*"]
    assert statement["Condition"] == {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": names}}


def test_alarms_reach_an_encrypted_topic(statements):
    """CloudWatch publishes for alarms of this account alone."""
    statement = statements["PublishAlarms"]
    assert {"Service": "cloudwatch.amazonaws.com"} == statement["Principal"]
    assert {"kms:Decrypt", "kms:GenerateDataKey"} == _actions(statement)
    assert {"StringEquals": {"aws:SourceAccount": "123456789012"}} == statement["Condition"]


def test_mail_events_reach_an_encrypted_topic(statements):
    """SES publishes what became of mails, as its documentation has it; the topic says whose."""
    statement = statements["PublishMailEvents"]
    assert {"Service": "ses.amazonaws.com"} == statement["Principal"]
    assert {"kms:Decrypt", "kms:GenerateDataKey"} == _actions(statement)


def test_one_role_makes_keys_of_certificates(statements):
    """The role of Service Connect's TLS, and only as far as its own policy allows it too."""
    statement = statements["EncryptCertificates"]
    assert {"AWS": ACCOUNT} == statement["Principal"]
    role = "arn:aws:iam::123456789012:role/notifications-service-connect-tls"
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": role}}
    assert {
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyPair",
    } == _actions(statement)
