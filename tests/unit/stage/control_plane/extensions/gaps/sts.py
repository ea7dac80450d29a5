"""Gaps of STS."""

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sts.models import sts_backends


def session_policies(aws):
    """No API shows them, so moto's own state is looked at."""
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    key = aws("sts").assume_role(
        RoleArn=f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/r", RoleSessionName="load", PolicyArns=[{"arn": arn}]
    )["Credentials"]["AccessKeyId"]
    return (arn,) == sts_backends[DEFAULT_ACCOUNT_ID]["aws"].limits[key].policy_arns
