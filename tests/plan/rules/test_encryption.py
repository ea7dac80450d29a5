"""Whatever keeps data keeps it encrypted, with the system's own key wherever AWS takes one."""

import pytest

# Where each kind names its key.
KEYS = {
    "aws_cloudwatch_log_group": ("kms_key_id",),
    "aws_dynamodb_table": ("server_side_encryption", "kms_key_arn"),
    "aws_ecr_repository": ("encryption_configuration", "kms_key"),
    "aws_secretsmanager_secret": ("kms_key_id",),
    "aws_sns_topic": ("kms_master_key_id",),
}
KEY = "module.encryption.aws_kms_key.this"


@pytest.mark.parametrize("kind", KEYS)
def test_the_systems_key_encrypts(cell, kind):
    """Logs, ledger, images, secrets and alarms are encrypted with the one key."""
    found = {address: cell.sources(address, *KEYS[kind]) for address in cell.all(kind)}
    assert found
    assert found == {address: {KEY} for address in found}


def test_the_ledger_is_encrypted(cell):
    """A key without encryption switched on would mean AWS's own."""
    tables = cell.all("aws_dynamodb_table").values()
    assert [True] == [table["server_side_encryption"][0]["enabled"] for table in tables]


def test_images_are_encrypted_with_a_key(cell):
    """KMS, not what the registry does by itself."""
    repositories = cell.all("aws_ecr_repository").values()
    types = [one["encryption_configuration"][0]["encryption_type"] for one in repositories]
    assert ["KMS"] * (2 if cell.variables["load_generator"] is None else 3) == types


def test_every_queue_is_encrypted(cell):
    """With SQS's own key: KMS would cost a call for each message."""
    queues = cell.all("aws_sqs_queue")
    assert len(queues) == (5 if cell.variables["mail"]["provider"] == "ses" else 3)
    for address, queue in queues.items():
        encrypted = queue["sqs_managed_sse_enabled"] or cell.sources(address, "kms_master_key_id") == {KEY}
        assert encrypted, address


def test_every_bucket_is_encrypted(cell):
    """Each bucket says how."""
    buckets = set(cell.all("aws_s3_bucket"))
    encrypted = {
        source
        for address in cell.all("aws_s3_bucket_server_side_encryption_configuration")
        for source in cell.sources(address, "bucket")
    }
    assert buckets
    assert encrypted == buckets


def test_the_key_is_rotated(cell):
    """A key that has leaked is of use for a year at most."""
    assert cell.one("aws_kms_key")["enable_key_rotation"] is True
