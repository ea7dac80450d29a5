"""Keys of a task, as ECS gives them."""

from collections.abc import Mapping

from stage.control_plane.reports import Reporter
from stage.tasks.credentials import TaskCredentials

_TASK = "0123456789abcdef0123456789abcdef"


def keys(endpoint_url: str, role_arn: str) -> Mapping[str, str]:
    """Arguments of a boto3 session for a task of a role.

    Args:
        endpoint_url: Where the emulated AWS answers, which is told of the keys.
        role_arn: The role's.
    """
    given = TaskCredentials("", [Reporter(endpoint_url)])
    variables = given.environment(_TASK, role_arn)
    _, document = given.answer(
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"], variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    )
    return {
        "aws_access_key_id": document["AccessKeyId"],
        "aws_secret_access_key": document["SecretAccessKey"],
        "aws_session_token": document["Token"],
    }
