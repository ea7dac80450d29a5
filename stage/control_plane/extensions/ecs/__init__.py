"""ECS that keeps what a service was told, derives its counts from its tasks, and starts none itself.

What places, starts and stops tasks lives outside the control plane and speaks the public API:
RunTask, StopTask and, as AWS's own agent does, SubmitTaskStateChange.
"""

from stage.control_plane.extensions.ecs.service_operations import ServiceOperations
from stage.control_plane.extensions.ecs.state import EC2ContainerServiceBackend
from stage.control_plane.extensions.ecs.task_definition_operations import TaskDefinitionOperations
from stage.control_plane.extensions.ecs.task_operations import TaskOperations
from stage.control_plane.extensions.registration import Extension, Gap


class EC2ContainerServiceResponse(ServiceOperations, TaskDefinitionOperations, TaskOperations):
    """Requests of ECS."""


_PAGES = "https://docs.aws.amazon.com/AmazonECS/latest"

EXTENSION = Extension(
    service="ecs",
    gaps=(
        Gap(
            "service_as_told",
            "A service forgets most of what it was created with, its deployment configuration among it.",
            f"{_PAGES}/APIReference/API_CreateService.html",
        ),
        Gap(
            "strategy_as_told",
            "A service forgets its capacity provider strategy.",
            f"{_PAGES}/APIReference/API_CreateService.html",
        ),
        Gap(
            "update_as_told",
            "A change of the deployment configuration forgets the parts of it that it does not name.",
            f"{_PAGES}/APIReference/API_UpdateService.html",
        ),
        Gap(
            "name_taken",
            "A service is created again although there is one of that name.",
            f"{_PAGES}/APIReference/API_CreateService.html",
        ),
        Gap(
            "counts_of_tasks",
            "A service's running count is its desired count, whatever its tasks do.",
            f"{_PAGES}/APIReference/API_Service.html",
        ),
        Gap(
            "earlier_deployment",
            "A deployment is gone at once when there is another, while its tasks still run.",
            f"{_PAGES}/APIReference/API_Deployment.html",
        ),
        Gap(
            "change_that_deploys",
            "A change that AWS deploys, such as that of the platform version, is no deployment.",
            f"{_PAGES}/APIReference/API_UpdateService.html",
        ),
        Gap(
            "deleted_service",
            "A service that was deleted is listed.",
            f"{_PAGES}/APIReference/API_DeleteService.html",
        ),
        Gap(
            "deleted_service_updated",
            "A service that was deleted can be changed.",
            f"{_PAGES}/APIReference/API_UpdateService.html",
        ),
        Gap(
            "without_execution_role",
            "A task definition is registered that ECS could not start, for want of an execution role.",
            f"{_PAGES}/developerguide/task_execution_IAM_role.html",
        ),
        Gap(
            "drains_before_it_goes",
            "A service is INACTIVE at once, while its tasks still take requests.",
            f"{_PAGES}/APIReference/API_DeleteService.html",
        ),
        Gap(
            "without_host_names",
            "RunTask fails in a VPC that gives no DNS host names.",
            f"{_PAGES}/APIReference/API_RunTask.html",
        ),
        Gap(
            "without_container_memory",
            "RunTask fails for a container that shares its task's memory.",
            f"{_PAGES}/APIReference/API_ContainerDefinition.html",
        ),
        Gap(
            "state_of_task",
            "A task goes through its states, and stops, by being looked at.",
            f"{_PAGES}/developerguide/task-lifecycle-explanation.html",
        ),
        Gap(
            "stop_asked_for",
            "StopTask stops a task at once, before its agent could.",
            f"{_PAGES}/APIReference/API_StopTask.html",
        ),
        Gap(
            "reports_of_agents",
            "Nobody can say that a task has started or stopped.",
            f"{_PAGES}/APIReference/API_SubmitTaskStateChange.html",
        ),
        Gap(
            "tasks_of_service",
            "ListTasks gives a service the tasks of others too.",
            f"{_PAGES}/APIReference/API_ListTasks.html",
        ),
        Gap(
            "missing_task",
            "DescribeTasks says nothing of a task that is not there.",
            f"{_PAGES}/APIReference/API_DescribeTasks.html",
        ),
        Gap(
            "address_in_subnet",
            "A task's address is not in its subnet.",
            f"{_PAGES}/developerguide/fargate-task-networking.html",
        ),
        Gap(
            "spread_over_subnets",
            "All tasks of a service are in its first subnet.",
            f"{_PAGES}/developerguide/service-rebalancing.html",
        ),
        Gap(
            "interface_released",
            "A stopped task's network interface stays.",
            f"{_PAGES}/developerguide/fargate-task-networking.html",
        ),
    ),
    backend=EC2ContainerServiceBackend,
    response=EC2ContainerServiceResponse,
)
