"""Decides where listeners answer and what Envoy's files hold; pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from stage.clock import Clock
from stage.load_balancer.envoy_config import cluster, endpoints, listener, resources
from stage.load_balancer.envoy_routes import route_configuration, route_name
from stage.load_balancer.model import Listener, Target, Topology

_FIRST_UNPRIVILEGED_PORT = 1024
_PRIVILEGED_OFFSET = 8000

Address = tuple[str, int]
Files = Mapping[str, dict[str, Any]]
"""Contents by name, in the order in which they are written."""


def answers_at(
    declared: Listener, wanted: Address | None, taken: Collection[Address], gateway: str
) -> Address:
    """Address at which a new listener answers.

    That is the wanted one, for the first that comes; else the declared port, or one that is 8000 higher if
    that port needs privileges.

    Args:
        declared: The listener.
        wanted: What a person asked for.
        taken: Where other listeners answer.
        gateway: Address of the load balancer itself.
    """
    if wanted is not None and wanted not in taken:
        return wanted
    privileged = declared.port < _FIRST_UNPRIVILEGED_PORT
    return gateway, declared.port + (_PRIVILEGED_OFFSET if privileged else 0)


def topology_files(
    topology: Topology, before: Topology, bound: Mapping[str, Address], clock: Clock, folder: Path
) -> Files:
    """Files that follow from listeners, rules and target groups; none is named before it is written.

    Args:
        topology: What is declared now.
        before: What was declared at the last look. A group that is gone since stays for one more, until
            no route can name it.
        bound: Where each listener answers, by the name of its routes.
        clock: Paces health checks.
        folder: Envoy's.
    """
    idle = topology.idle_timeout_seconds
    groups = {group.name: group for group in (*before.target_groups, *topology.target_groups)}
    return {
        "cds.json": resources(cluster(group, clock, idle, folder) for group in groups.values()),
        **{
            f"rds-{route_name(declared)}.json": resources([route_configuration(declared)])
            for declared in topology.listeners
        },
        "lds.json": resources(
            listener(
                declared,
                bound[route_name(declared)],
                idle,
                folder,
                drop_invalid_headers=topology.drop_invalid_headers,
            )
            for declared in topology.listeners
        ),
    }


def endpoint_files(
    topology: Topology,
    targets: Mapping[str, Sequence[Target]],
    out: Collection[str],
    real_address: Callable[[str], str],
) -> Files:
    """Files with the targets of each group that get requests.

    Args:
        topology: The groups.
        targets: Registered targets by the group's ARN.
        out: Real addresses that get no requests any more.
        real_address: Where the target with a given private IPv4 address listens.
    """
    files = {}
    for group in topology.target_groups:
        addresses = ((real_address(target.ip), target.port) for target in targets.get(group.arn, ()))
        live = [(address, port) for address, port in addresses if address not in out]
        files[f"eds-{group.name}.json"] = resources([endpoints(group, live)])
    return files
