"""ECS services, and the tasks that run in the cluster."""

from collections.abc import Iterator
from typing import Any

from ops.drift.aws import Aws, services, tasks
from ops.drift.finding import NONE, PRESENT, Finding, compared
from ops.drift.scheduled import bounds
from ops.drift.state import Declared, State

_COMPLETED = "COMPLETED"


def ecs_services(aws: Aws, state: State) -> Iterator[Finding]:
    """Services that run something else than declared, or were changed or scaled by hand."""
    found = {service["serviceName"]: service for service in services(aws, state)}
    for known in state.of("aws_ecs_service"):
        service = found.get(known["name"])
        if service is None or service["status"] != "ACTIVE":
            yield Finding(known.address, "resource", PRESENT, NONE)
            continue
        yield from compared(known.address, _attributes(known, service))
        yield from _desired(known, service, state)
    running = tasks(aws, state)
    yield from _other_revisions(running, found, state)
    yield from _started_by_hand(running, state)


def _attributes(known: Declared, service: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    network = (known["network_configuration"] or [{}])[0]
    actual = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    deployment = service.get("deploymentConfiguration", {})
    breaker = (known["deployment_circuit_breaker"] or [{}])[0]
    actual_breaker = deployment.get("deploymentCircuitBreaker", {})
    rollback = (known["alarms"] or [{}])[0]
    actual_rollback = deployment.get("alarms", {})
    return {
        "task_definition": (known["task_definition"], service["taskDefinition"]),
        "enable_execute_command": (
            bool(known["enable_execute_command"]),
            bool(service.get("enableExecuteCommand")),
        ),
        "network_configuration.subnets": (network.get("subnets"), actual.get("subnets")),
        "network_configuration.security_groups": (
            network.get("security_groups"),
            actual.get("securityGroups"),
        ),
        "network_configuration.assign_public_ip": (
            bool(network.get("assign_public_ip")),
            actual.get("assignPublicIp") == "ENABLED",
        ),
        "deployment_circuit_breaker.enable": (
            bool(breaker.get("enable")),
            bool(actual_breaker.get("enable")),
        ),
        "deployment_circuit_breaker.rollback": (
            bool(breaker.get("rollback")),
            bool(actual_breaker.get("rollback")),
        ),
        "alarms.enable": (bool(rollback.get("enable")), bool(actual_rollback.get("enable"))),
        "alarms.rollback": (bool(rollback.get("rollback")), bool(actual_rollback.get("rollback"))),
        "alarms.alarm_names": (rollback.get("alarm_names"), actual_rollback.get("alarmNames")),
        "load_balancer": (
            [one["target_group_arn"] for one in known["load_balancer"] or []],
            [one["targetGroupArn"] for one in service.get("loadBalancers", [])],
        ),
        "service_registries": (
            [one["registry_arn"] for one in known["service_registries"] or []],
            [one["registryArn"] for one in service.get("serviceRegistries", [])],
        ),
    }


def _desired(known: Declared, service: dict[str, Any], state: State) -> Iterator[Finding]:
    """A count of tasks that no scaling would choose.

    A canary's bounds follow its weight, and scaling follows them after a while: one task is enough.
    """
    resource = f"service/{state.cluster}/{known['name']}"
    target = state.one_by("aws_appautoscaling_target", "resource_id", resource)
    if target is None:
        return
    pairs = [(target["min_capacity"], target["max_capacity"]), *bounds(state, resource)]
    low, high = min(low for low, _ in pairs), max(high for _, high in pairs)
    if known["name"].endswith("-canary"):
        low = min(low, 1)
    if not low <= service["desiredCount"] <= high:
        yield Finding(known.address, "desired_count", f"{low} to {high}", str(service["desiredCount"]))


def _other_revisions(
    running: list[dict[str, Any]], found: dict[str, dict[str, Any]], state: State
) -> Iterator[Finding]:
    """Tasks of a service whose deployments are over, with another task definition than it has."""
    for task in running:
        name = task.get("group", "").removeprefix("service:")
        service = found.get(name)
        if service is None or task["lastStatus"] != "RUNNING" or task["desiredStatus"] != "RUNNING":
            continue
        over = [one.get("rolloutState") for one in service["deployments"]] == [_COMPLETED]
        known = state.one_by("aws_ecs_service", "name", name)
        if over and known and task["taskDefinitionArn"] != service["taskDefinition"]:
            attribute = f"task[{task['taskArn'].rpartition('/')[2]}].task_definition"
            yield Finding(known.address, attribute, service["taskDefinition"], task["taskDefinitionArn"])


def _started_by_hand(running: list[dict[str, Any]], state: State) -> Iterator[Finding]:
    """Tasks that no service has started; those of the load generator are started so."""
    of_services = {_family(known["task_definition"]) for known in state.of("aws_ecs_service")}
    alone = {_family(known["arn"]) for known in state.of("aws_ecs_task_definition")} - of_services
    (cluster,) = state.of("aws_ecs_cluster")[:1]
    for task in running:
        if task.get("group", "").startswith("service:") or task["desiredStatus"] != "RUNNING":
            continue
        if _family(task["taskDefinitionArn"]) not in alone:
            name = task["taskArn"].rpartition("/")[2]
            yield Finding(cluster.address, f"task[{name}]", "started by a service", task["taskDefinitionArn"])


def _family(arn: str) -> str:
    """ARN of a task definition without its revision."""
    return arn.rpartition(":")[0]
