import pytest


@pytest.fixture
def kms(client):
    """KMS."""
    return client("kms")


@pytest.fixture
def key(kms):
    """Id of a key."""
    return kms.create_key()["KeyMetadata"]["KeyId"]


def test_a_rotation_period_is_kept(kms, key):
    """Asked for by the key's id or its ARN."""
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)

    arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    assert 180 == kms.get_key_rotation_status(KeyId=arn)["RotationPeriodInDays"]


def test_a_key_is_rotated_once_a_year_unless_told_otherwise(kms, key):
    """AWS's own default."""
    kms.enable_key_rotation(KeyId=key)

    status = kms.get_key_rotation_status(KeyId=key)
    assert (True, 365) == (status["KeyRotationEnabled"], status["RotationPeriodInDays"])


def test_a_key_that_is_not_rotated_has_no_period(kms, key):
    """Nothing but the status."""
    status = kms.get_key_rotation_status(KeyId=key)

    assert not status["KeyRotationEnabled"]
    assert "RotationPeriodInDays" not in status
