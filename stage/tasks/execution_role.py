"""Execution role of a task: ECS acts in it as it prepares the task and ships its log.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from collections.abc import Callable
from functools import cached_property

from botocore.credentials import DeferredRefreshableCredentials

from stage.control_plane.aws import Aws
from stage.errors import StageError
from stage.tasks.credentials import Credentials


class ExecutionRole:
    """Clients that act in a task's execution role; its session begins with the first call.

    Args:
        aws: The emulated AWS, as the stage itself calls it.
        arn: ARN of the role; empty for a task without one.
        begin: Begins a session of the role.
    """

    def __init__(self, aws: Aws, arn: str, begin: Callable[[], Credentials]) -> None:
        self._aws = aws
        self._arn = arn
        self._begin = begin

    def clients(self, feature: str) -> Aws:
        """Clients with which a task is prepared: what its execution role may, and what is wrong for tasks.

        AWS says the same of a missing role, and already as the task definition is registered.

        Args:
            feature: What the role is needed for, as ECS calls it: "ECR images" or "log driver awslogs".

        Raises:
            StageError: The task has no execution role.
        """
        if not self._arn:
            raise StageError(
                "ResourceInitializationError: Fargate requires task definition to have execution role ARN to "
                f"support {feature}."
            )
        return self._clients

    @cached_property
    def _clients(self) -> Aws:
        # A task that ships its log outlives any session.
        return self._aws.acting_as(DeferredRefreshableCredentials(self._renewed, "execution-role"))

    def _renewed(self) -> dict[str, str]:
        given = self._begin()
        return {
            "access_key": given.access_key_id,
            "secret_key": given.secret_access_key,
            "token": given.token,
            "expiry_time": given.expires_at.isoformat(),
        }
