"""Credentials of the role that makes the load, which whoever releases need not have."""

from collections.abc import Mapping
from typing import Any

# The longest that AWS gives to a role that takes another one
# (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining).
_SECONDS = 3600
_SESSION_NAME = "ops-release-load"


def credentials(session: Any, role_arn: str) -> Mapping[str, str]:
    """Environment variables in which AWS's clients find credentials of a role, valid for an hour.

    Args:
        session: boto3's, of whoever the role trusts.
        role_arn: The role's.

    Raises:
        ClientError: AWS refuses: there is no such role, or it trusts somebody else.
        BotoCoreError: AWS does not answer.
    """
    answer = session.client("sts").assume_role(
        RoleArn=role_arn, RoleSessionName=_SESSION_NAME, DurationSeconds=_SECONDS
    )
    given = answer["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
