"""Cloud Map: services of the namespace, and their instances, which ECS registers."""

from collections.abc import Iterator
from typing import Any

from common.pages import listed
from ops.drift.aws import Aws, addresses, tasks
from ops.drift.finding import NONE, PRESENT, Finding, compared
from ops.drift.state import Declared, State


def discovery(aws: Aws, state: State) -> Iterator[Finding]:
    """Services and instances that were registered or deregistered by hand."""
    client = aws("servicediscovery")
    yield from _services(client, state)
    before = tasks(aws, state)
    registered = {
        service["arn"]: listed(client, "list_instances", "Instances", ServiceId=service["id"])
        for service in state.of("aws_service_discovery_service")
    }
    # Tasks come and go while instances are read: one that ran before and after is registered all the time.
    after = tasks(aws, state)
    both = [*before, *after]
    known, ours = {_id(task) for task in both}, addresses(both)
    for service in state.of("aws_service_discovery_service"):
        instances = registered[service["arn"]]
        for instance in instances:
            address = instance.get("Attributes", {}).get("AWS_INSTANCE_IPV4")
            if instance["Id"] not in known and address not in ours:
                shown = address or PRESENT
                yield Finding(service.address, f"instance[{instance['Id']}]", "a task of this cluster", shown)
        yield from _missing(service, instances, _steady(before) & _steady(after), both, state)


def _services(client: Any, state: State) -> Iterator[Finding]:
    for namespace in state.of("aws_service_discovery_private_dns_namespace"):
        found = {
            one["Arn"]: one
            for one in listed(
                client,
                "list_services",
                "Services",
                Filters=[{"Name": "NAMESPACE_ID", "Values": [namespace["id"]], "Condition": "EQ"}],
            )
        }
        for service in state.of("aws_service_discovery_service"):
            one = found.pop(service["arn"], None)
            if one is None:
                yield Finding(service.address, "resource", PRESENT, NONE)
                continue
            config = (service["dns_config"] or [{}])[0]
            actual = one.get("DnsConfig", {})
            yield from compared(
                service.address,
                {
                    "dns_config.dns_records": (
                        [(record["type"], record["ttl"]) for record in config.get("dns_records", [])],
                        [(record["Type"], record["TTL"]) for record in actual.get("DnsRecords", [])],
                    ),
                },
            )
        for one in found.values():
            yield Finding(namespace.address, f"service[{one['Name']}]", NONE, one["Arn"])


def _missing(
    service: Declared, instances: list[Any], steady: set[str], both: list[dict[str, Any]], state: State
) -> Iterator[Finding]:
    """Tasks that run, and that nobody can find by name."""
    groups = {
        f"service:{known['name']}"
        for known in state.of("aws_ecs_service")
        if service["arn"] in [one["registry_arn"] for one in known["service_registries"] or []]
    }
    ids = {instance["Id"] for instance in instances}
    at = {instance.get("Attributes", {}).get("AWS_INSTANCE_IPV4") for instance in instances}
    told = set()
    for task in both:
        name = _id(task)
        if name not in steady or task.get("group") not in groups or name in told:
            continue
        if name not in ids and not addresses([task]) & at:
            told.add(name)
            yield Finding(service.address, f"instance[{name}]", "registered by ECS", NONE)


def _id(task: dict[str, Any]) -> str:
    return str(task["taskArn"].rpartition("/")[2])


def _steady(found: list[dict[str, Any]]) -> set[str]:
    return {_id(task) for task in found if task["lastStatus"] == task["desiredStatus"] == "RUNNING"}
