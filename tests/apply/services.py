"""ECS services with their task definitions, as ECS describes them."""

from typing import Any

from common.pages import described_services, listed
from tests.apply.clients import Clients
from tests.apply.phases import Applied


def services_of(aws: Clients, cluster: str) -> dict[str, dict[str, Any]]:
    """All services of a cluster by name; none where there is no cluster yet."""
    ecs = aws("ecs")
    try:
        arns = listed(ecs, "list_services", "serviceArns", cluster=cluster)
    except ecs.exceptions.ClusterNotFoundException:
        return {}
    return {service["serviceName"]: service for service in described_services(ecs, cluster, arns)}


def described(applied: Applied) -> dict[str, dict[str, Any]]:
    """All services of the applied cluster by name."""
    return services_of(applied.aws, applied.outputs["cluster_name"])


def task_definition(applied: Applied, service: dict[str, Any]) -> dict[str, Any]:
    """The task definition that a service runs."""
    answer = applied.aws("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    return dict(answer["taskDefinition"])


def containers(applied: Applied) -> dict[tuple[str, str], dict[str, Any]]:
    """Every container by service and name."""
    return {
        (name, container["name"]): container
        for name, service in described(applied).items()
        for container in task_definition(applied, service)["containerDefinitions"]
    }


def images(applied: Applied) -> dict[str, str]:
    """The image of each service's own container, by service."""
    return {
        service: container["image"]
        for (service, name), container in containers(applied).items()
        if name == service
    }
