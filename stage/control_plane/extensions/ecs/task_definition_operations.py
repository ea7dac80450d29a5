"""RegisterTaskDefinition, as far as it asks for the role with which ECS starts a task."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs import responses
from moto.ecs.exceptions import EcsClientException

from stage.control_plane.extensions.registration import overrides

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_OF_ECR = re.compile(r"\d{12}\.dkr[.-]ecr\.")


class TaskDefinitionOperations(responses.EC2ContainerServiceResponse):
    """Requests about task definitions."""

    @overrides
    def register_task_definition(self) -> ActionResult:
        """Register a task definition; one that ECS could not start for want of an execution role is refused.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
        """
        request = self._get_params()
        if not request.get("executionRoleArn"):
            _refuse_without_role(request)
        return super().register_task_definition()


def _refuse_without_role(request: Mapping[str, Any]) -> None:
    containers: Iterable[Mapping[str, Any]] = request.get("containerDefinitions") or ()
    on_fargate = "FARGATE" in (request.get("requiresCompatibilities") or ())
    for container in containers:
        if container.get("secrets"):
            raise EcsClientException(
                "When you are specifying container secrets, you must also specify a value for "
                "'executionRoleArn'."
            )
        if on_fargate and (feature := _needing_a_role(container)):
            raise EcsClientException(
                f"Fargate requires task definition to have execution role ARN to support {feature}."
            )


def _needing_a_role(container: Mapping[str, Any]) -> str:
    """Part of a container that ECS needs the execution role for, in its words; "" for none."""
    if _OF_ECR.match(str(container.get("image") or "")):
        return "ECR images"
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    return "log driver awslogs" if driver == "awslogs" else ""
