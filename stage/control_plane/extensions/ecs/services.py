"""A service and its deployments, as far as the control plane sees them."""

from typing import Any

from moto.moto_api._internal import mock_random

from stage.control_plane.extensions.ecs import tasks
from stage.control_plane.extensions.ecs.state import Deployment, EcsState, Service, Task, now

_PENDING = ("PROVISIONING", "PENDING", "ACTIVATING")
_STOPPING = ("STOPPING", "DEPROVISIONING", "STOPPED")

# What CreateService takes and DescribeServices gives back unchanged.
_KEPT = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "deploymentController",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "launchType",
    "loadBalancers",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
    "schedulingStrategy",
    "serviceRegistries",
)
# What a deployment shows of its service, some of it nowhere else.
_DEPLOYED = (
    "capacityProviderStrategy",
    "launchType",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
# "This parameter triggers a new service deployment":
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
_DEPLOYING = (
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceConnectConfiguration",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
)
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
_DEFAULTS: dict[str, Any] = {
    "availabilityZoneRebalancing": "ENABLED",
    "deploymentController": {"type": "ECS"},
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "loadBalancers": [],
    "placementConstraints": [],
    "placementStrategy": [],
    "platformVersion": "LATEST",
    "propagateTags": "NONE",
    "schedulingStrategy": "REPLICA",
    "serviceRegistries": [],
}
_DEPLOYMENT_DEFAULTS: dict[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}


def create(moto_service: Any, request: dict[str, Any]) -> Service:
    """The service that a CreateService request asks for, with its first deployment."""
    given = {key: value for key, value in request.items() if value is not None}
    service = Service(
        arn=moto_service.arn,
        name=moto_service.name,
        cluster_arn=moto_service.cluster_arn,
        fields={**_DEFAULTS, **given},
        desired_count=request.get("desiredCount") or 0,
        task_definition=moto_service.task_definition,
        created_at=now(),
    )
    if not given.get("capacityProviderStrategy"):
        service.fields.setdefault("launchType", "EC2")
    _merge_deployment_configuration(service, given.get("deploymentConfiguration"))
    _deploy(service)
    return service


def update(service: Service, request: dict[str, Any]) -> None:
    """Change what an UpdateService request names, and deploy where that asks for it."""
    given = {key: value for key, value in request.items() if value is not None}
    deploys = bool(given.pop("forceNewDeployment", False)) or any(
        key in given and given[key] != service.fields.get(key) for key in _DEPLOYING
    )
    if given.get("taskDefinition", service.task_definition) != service.task_definition:
        service.task_definition = given["taskDefinition"]
        deploys = True
    service.desired_count = given.pop("desiredCount", service.desired_count)
    configuration = given.pop("deploymentConfiguration", None)
    service.fields.update(given)
    _merge_deployment_configuration(service, configuration)
    if deploys:
        _deploy(service)
    service.deployments[0].updated_at = now()


def deploy_anew(service: Service) -> None:
    """Begin a service's newest deployment again, and forget those before it."""
    service.deployments.clear()
    _deploy(service)


def delete(state: EcsState, service: Service) -> None:
    """Mean all tasks of a service to stop, and let it drain until each of them does.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    for task in state.tasks_of(service):
        deployment_id = task["startedBy"] or service.deployments[0].id
        tasks.ask_to_stop(task, f"Scaling activity initiated by (deployment {deployment_id})")
    service.status = "DRAINING"
    service.desired_count = 0
    settle(state, service)


def settle(state: EcsState, service: Service) -> None:
    """Call a service that drains inactive once its last task is stopping."""
    if service.status == "DRAINING" and all(
        task["lastStatus"] in _STOPPING for task in state.tasks_of(service)
    ):
        service.status = "INACTIVE"


def describe(state: EcsState, service: Service, tags: list[dict[str, str]] | None) -> dict[str, Any]:
    """A service as DescribeServices shows it, with `tags` unless they are None."""
    own = state.tasks_of(service)
    described = {key: service.fields[key] for key in _KEPT if key in service.fields}
    described |= {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status,
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "runningCount": _running(own),
        "pendingCount": _pending(own),
        "createdAt": service.created_at,
        "platformFamily": "Linux",
        "deployments": _describe_deployments(service, own),
        "events": list(service.events),
        "taskSets": [],
    }
    if tags is not None:
        described["tags"] = tags
    return described


def _deploy(service: Service) -> None:
    moment = now()
    # Nineteen digits, as AWS's own have.
    deployment_id = f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}"
    service.deployments.insert(
        0,
        Deployment(
            id=deployment_id,
            task_definition=service.task_definition,
            launch=_launch(service),
            created_at=moment,
            updated_at=moment,
            rollout_state_reason=f"ECS deployment {deployment_id} in progress.",
        ),
    )


def _launch(service: Service) -> dict[str, Any]:
    """Fields of its service that a deployment shows; of Service Connect that is turned off none.

    https://github.com/hashicorp/terraform-provider-aws/pull/43871
    """
    shown = {key: service.fields[key] for key in _DEPLOYED if key in service.fields}
    if not shown.get("serviceConnectConfiguration", {}).get("enabled"):
        shown.pop("serviceConnectConfiguration", None)
    return shown


def _merge_deployment_configuration(service: Service, given: dict[str, Any] | None) -> None:
    before = service.fields.get("deploymentConfiguration") or _DEPLOYMENT_DEFAULTS
    told = {key: value for key, value in (given or {}).items() if value is not None}
    service.fields["deploymentConfiguration"] = {**_DEPLOYMENT_DEFAULTS, **before, **told}


def _describe_deployments(service: Service, own: list[Task]) -> list[dict[str, Any]]:
    """The newest deployment, and those older ones that still have tasks."""
    if service.status != "ACTIVE":
        return []
    described = []
    for deployment in service.deployments:
        is_primary = deployment is service.deployments[0]
        placed = [task for task in own if task["startedBy"] == deployment.id]
        if not is_primary and all(task["lastStatus"] == "STOPPED" for task in placed):
            continue
        meant_to_run = sum(task["desiredStatus"] == "RUNNING" for task in placed)
        described.append(
            {
                **deployment.launch,
                "id": deployment.id,
                "status": "PRIMARY" if is_primary else "ACTIVE",
                "taskDefinition": deployment.task_definition,
                "desiredCount": service.desired_count if is_primary else meant_to_run,
                "runningCount": _running(placed),
                "pendingCount": _pending(placed),
                "failedTasks": deployment.failed_tasks,
                "rolloutState": deployment.rollout_state,
                "rolloutStateReason": deployment.rollout_state_reason,
                "createdAt": deployment.created_at,
                "updatedAt": deployment.updated_at,
                "platformFamily": "Linux",
            }
        )
    return described


def _running(some: list[Task]) -> int:
    return sum(task["lastStatus"] == "RUNNING" for task in some)


def _pending(some: list[Task]) -> int:
    return sum(task["lastStatus"] in _PENDING for task in some)
