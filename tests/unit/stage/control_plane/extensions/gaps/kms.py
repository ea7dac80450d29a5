"""Gaps of KMS."""


def rotation_period(aws):
    """It comes back."""
    kms = aws("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    return 180 == kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"]
