"""CreateService, UpdateService, DescribeServices, ListServices and DeleteService."""

from typing import Any

from moto.ecs import responses
from moto.ecs.exceptions import ECSException, InvalidParameterException, ServiceNotFoundException

from stage.control_plane.extensions.ecs import services
from stage.control_plane.extensions.ecs.state import EcsState, Service, to_json
from stage.control_plane.extensions.registration import overrides


class ServiceOperations(responses.EC2ContainerServiceResponse):
    """Requests about services."""

    @overrides
    def create_service(self) -> str:
        """Create a service and keep every field of the request; no task is started."""
        request, backend = self._get_params(), self.ecs_backend
        state = backend.state
        with state.lock:
            cluster = backend._get_cluster(request.get("cluster") or "default")  # noqa: SLF001 - moto has no other
            moto_service = backend.services.get(f"{cluster.name}:{request['serviceName']}")
            if moto_service is not None:
                _refuse_another(state, state.services[moto_service.arn])
            # moto validates the request, and lets autoscaling and tagging find the service.
            super().create_service()
            moto_service = backend.services[f"{cluster.name}:{request['serviceName']}"]
            service = services.create(moto_service, request)
            state.services[service.arn] = service
            return to_json({"service": services.describe(state, service, moto_service.tags)})

    @overrides
    def update_service(self) -> str:
        """Change what the request names and keep the rest; a new deployment only where AWS makes one."""
        request, backend = self._get_params(), self.ecs_backend
        state = backend.state
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

    @overrides
    def describe_services(self) -> str:
        """Describe services with counts derived from their tasks."""
        request, backend = self._get_params(), self.ecs_backend
        state = backend.state
        with state.lock:
            found, failures = backend.describe_services(
                request.get("cluster") or "default", request.get("services") or []
            )
            with_tags = "TAGS" in (request.get("include") or [])
            described = []
            for known in found:
                service = state.services[known.arn]
                services.settle(state, service)
                known.status = service.status
                described.append(services.describe(state, service, known.tags if with_tags else None))
            return to_json({"services": described, "failures": failures})

    @overrides
    def list_services(self) -> str:
        """List a cluster's services without those that were deleted.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteService.html
        """
        request, backend = self._get_params(), self.ecs_backend
        listed = backend.list_services(
            request.get("cluster") or "default",
            request.get("schedulingStrategy"),
            launch_type=request.get("launchType"),
        )
        state = backend.state
        with state.lock:
            return to_json({"serviceArns": [arn for arn in listed if state.services[arn].status == "ACTIVE"]})

    @overrides
    def delete_service(self) -> str:
        """Delete a service once its tasks, which are meant to stop from now on, do."""
        request, backend = self._get_params(), self.ecs_backend
        state = backend.state
        with state.lock:
            service, moto_service = _find(backend, request.get("cluster"), request["service"])
            if service.desired_count > 0 and not request.get("force"):
                raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
            services.delete(state, service)
            moto_service.status = service.status
            moto_service.desired_count = 0
            return to_json({"service": services.describe(state, service, moto_service.tags)})


def _refuse_another(state: EcsState, service: Service) -> None:
    """Refuse to create a service under the name of one that is there."""
    services.settle(state, service)
    if service.status == "ACTIVE":
        raise InvalidParameterException("Creation of service was not idempotent.")
    if service.status == "DRAINING":
        raise InvalidParameterException("Unable to Start a service that is still Draining.")


def _find(backend: Any, cluster: str | None, name: str) -> tuple[Service, Any]:
    found, _ = backend.describe_services(cluster or "default", [name])
    if not found:
        raise ServiceNotFoundException
    return backend.state.services[found[0].arn], found[0]
