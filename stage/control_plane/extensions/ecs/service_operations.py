"""CreateService, UpdateService, DescribeServices, ListServices and DeleteService."""

from typing import Any

from moto.ecs.exceptions import ECSException, InvalidParameterException, ServiceNotFoundException
from moto.ecs.responses import EC2ContainerServiceResponse

from stage.control_plane.extensions.ecs import services
from stage.control_plane.extensions.ecs.state import Service, state_of
from stage.control_plane.extensions.ecs.wire import to_json

# moto's own create_service validates the request and lets autoscaling and tagging find the service.
_create_in_moto = EC2ContainerServiceResponse.create_service


def create_service(self: EC2ContainerServiceResponse) -> str:
    """Create a service and keep every field of the request; no task is started."""
    request, backend = self._get_params(), self.ecs_backend
    state = state_of(backend)
    with state.lock:
        cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
        moto_service = backend.services.get(f"{cluster.name}:{request['serviceName']}")
        if moto_service is not None and moto_service.status == "ACTIVE":
            raise InvalidParameterException("Creation of service was not idempotent.")
        _create_in_moto(self)
        moto_service = backend.services[f"{cluster.name}:{request['serviceName']}"]
        service = services.create(moto_service, request)
        state.services[service.arn] = service
        return to_json({"service": services.describe(state, service, moto_service.tags)})


def update_service(self: EC2ContainerServiceResponse) -> str:
    """Change what the request names and keep the rest; a new deployment only where AWS makes one."""
    request, backend = self._get_params(), self.ecs_backend
    state = state_of(backend)
    with state.lock:
        service, moto_service = _find(backend, request.get("cluster"), request["service"])
        if service.status != "ACTIVE":
            raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
        if request.get("taskDefinition"):
            request["taskDefinition"] = backend.describe_task_definition(request["taskDefinition"]).arn
        services.update(service, request)
        moto_service.desired_count = service.desired_count
        moto_service.task_definition = service.task_definition
        return to_json({"service": services.describe(state, service, moto_service.tags)})


def describe_services(self: EC2ContainerServiceResponse) -> str:
    """Describe services with counts derived from their tasks."""
    request, backend = self._get_params(), self.ecs_backend
    state = state_of(backend)
    with state.lock:
        found, failures = backend.describe_services(
            request.get("cluster") or "default", request.get("services") or []
        )
        with_tags = "TAGS" in (request.get("include") or [])
        described = [
            services.describe(state, state.services[known.arn], known.tags if with_tags else None)
            for known in found
        ]
        return to_json({"services": described, "failures": failures})


def list_services(self: EC2ContainerServiceResponse) -> str:
    """List a cluster's services without those that were deleted.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
    """
    request, backend = self._get_params(), self.ecs_backend
    listed = backend.list_services(
        request.get("cluster") or "default",
        request.get("schedulingStrategy"),
        launch_type=request.get("launchType"),
    )
    state = state_of(backend)
    with state.lock:
        return to_json({"serviceArns": [arn for arn in listed if state.services[arn].status == "ACTIVE"]})


def delete_service(self: EC2ContainerServiceResponse) -> str:
    """Delete a service at once, and mean its tasks to stop.

    AWS lets it drain first; here nobody need be there to stop the tasks.
    """
    request, backend = self._get_params(), self.ecs_backend
    state = state_of(backend)
    with state.lock:
        service, moto_service = _find(backend, request.get("cluster"), request["service"])
        if service.desired_count > 0 and not request.get("force"):
            raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
        services.delete(state, service)
        moto_service.status = service.status
        moto_service.desired_count = 0
        return to_json({"service": services.describe(state, service, moto_service.tags)})


def _find(backend: Any, cluster: str | None, name: str) -> tuple[Service, Any]:
    found, _ = backend.describe_services(cluster or "default", [name])
    if not found:
        raise ServiceNotFoundException
    return state_of(backend).services[found[0].arn], found[0]


OPERATIONS = (create_service, update_service, describe_services, list_services, delete_service)
