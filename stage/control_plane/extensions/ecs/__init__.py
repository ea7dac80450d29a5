"""ECS that keeps what a service was told, derives its counts from its tasks, and starts none itself.

What places, starts and stops tasks lives outside the control plane and speaks the public API:
RunTask, StopTask and, as AWS's own agent does, SubmitTaskStateChange.
"""

from functools import cache

from moto.ecs.responses import EC2ContainerServiceResponse

from stage.control_plane.extensions.ecs import service_operations, task_operations
from stage.control_plane.extensions.patching import replace


@cache
def install() -> None:
    """Answer service and task operations ourselves; clusters and task definitions stay moto's."""
    for operations in (service_operations, task_operations):
        for operation in operations.OPERATIONS:
            replace(EC2ContainerServiceResponse, **{operation.__name__: operation})
